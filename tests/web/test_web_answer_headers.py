"""What every answer says, whatever its address: tried on every page and every operation."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import access_cast
import pytest
import web_cast as cast
from django.core.cache import cache as attempts
from django.test import Client

from leadline.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")")
KEPT = {"chart_bundle"}
"""What browsers may keep."""


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    attempts.clear()
    yield
    attempts.clear()


@dataclass(frozen=True)
class Seen:
    """One answer, kept for all tests: to ask for them all takes half a minute."""

    name: str
    status: int
    headers: Mapping[str, str]
    body: str


@cache
def answers() -> tuple[Seen, ...]:
    """Every address, looked at by an administrator; and by nobody."""
    cast.platform()
    return tuple(looked_at(cast.user("administrator")))


def looked_at(administrator: User) -> Iterator[Seen]:
    browser = cast.signed_in(administrator)
    for route in [*access_cast.pages(), *access_cast.operations()]:
        if route.method == "GET":
            yield seen(route.name, browser.get(route.path))
            yield seen(f"{route.name} for nobody", Client().get(route.path))
        if route.name == "account_logout":
            browser = cast.signed_in(administrator)


def seen(name: str, answer: Any) -> Seen:
    body = "" if answer.streaming else answer.content.decode()
    answer.close()
    return Seen(name, answer.status_code, dict(answer.headers), body)


def is_guarded(headers: Mapping[str, str]) -> bool:
    policy = headers.get("Content-Security-Policy", "")
    return (
        headers.get("X-Content-Type-Options") == "nosniff"
        and headers.get("X-Frame-Options") == "DENY"
        and headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}
        and headers.get("Cross-Origin-Opener-Policy") == "same-origin"
        and "camera=()" in headers.get("Permissions-Policy", "")
        and set(policy.split("; ")) >= {"default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"}
        and "unsafe" not in policy
    )


def test_every_answer_has_the_headers_that_guard_a_browser() -> None:
    assert len(answers()) > 300
    assert [each.name for each in answers() if not is_guarded(each.headers)] == []


def test_nothing_keeps_a_page_or_an_answer() -> None:
    kept = [each.name for each in answers() if "no-store" not in each.headers.get("Cache-Control", "")]
    assert [name for name in kept if name.partition(" for ")[0] not in KEPT] == []


def test_every_answer_says_what_it_is_and_in_which_letters() -> None:
    """Where there is something to read."""
    told = [(each, each.headers.get("Content-Type", "")) for each in answers() if each.status not in (204, 302)]
    loose = [each.name for each, kind in told if kind.startswith("text/") and "charset=utf-8" not in kind]
    assert [each.name for each, kind in told if not kind] == loose == []


def test_no_page_has_a_script_or_style_of_its_own() -> None:
    """What the policy forbids would not work either."""
    pages = [each for each in answers() if each.headers.get("Content-Type", "").startswith("text/html")]
    assert len(pages) > 60
    ours = [each for each in pages if not each.name.startswith("api:openapi-view")]  # Swagger's, which has a policy too
    assert [(each.name, found[0]) for each in ours if (found := INLINE.search(each.body))] == []


def test_no_answer_names_versions_of_what_it_is_made_with() -> None:
    telling = {"Server", "X-Powered-By", "X-AspNet-Version", "Via"}
    assert [each.name for each in answers() if telling & set(each.headers)] == []


def test_no_other_site_may_read_pages_or_the_api() -> None:
    for path in ("/api/v1/leads", "/leads", "/you"):
        answer = cast.signed_in(cast.user("administrator")).get(path, headers={"origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_another_name_for_this_server_is_refused() -> None:
    answer = Client().get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_does_not_make_a_request_another(header: str) -> None:
    user = cast.user("sales")
    cast.signed_in(user).get("/you/zone", {"zone": "Europe/Oslo", "_method": "POST"}, headers={header: "POST"})
    user.refresh_from_db()
    assert user.time_zone == ""


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT", "BREW"])
def test_methods_that_nobody_uses_are_refused(method: str) -> None:
    browser = cast.signed_in(cast.user("administrator"))
    for path in ("/leads", "/you/zone", "/api/v1/leads"):
        assert browser.generic(method, path).status_code in (403, 405), path


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(address: str) -> None:
    who = cast.user("sales")
    browser, who_signs_in = Client(), {"login": who.email, "password": cast.PASSWORD}
    told = [
        browser.post(f"/accounts/login/?next={address}", {**who_signs_in, "next": address}),
        browser.post("/preferences/theme", {"theme": "dark", "next": address}),
    ]
    assert [(each.status_code, each.headers["Location"]) for each in told] == [(302, "/"), (302, "/")]


@pytest.mark.parametrize("path", ["//leads", "/leads/", "/leads/..", "/leads;x", "/LEADS", "/leads%2f", "/./leads"])
def test_another_way_to_write_an_address_leads_nowhere(path: str) -> None:
    """An address that the table of access does not know must not lead to a page that it does."""
    assert cast.signed_in(cast.user("administrator")).generic("GET", path).status_code in (302, 404)
    answer = Client().generic("GET", path)
    assert answer.status_code in (302, 404)
    assert b"Amelia" not in answer.content


def test_static_files_are_served_one_by_one_and_nothing_beside_them() -> None:
    for path in (
        "/static/",
        "/static/web/",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static/web/.git",
    ):
        assert Client().get(path).status_code in (302, 404), path
