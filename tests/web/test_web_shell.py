import re
from collections.abc import Iterator

import pytest
import web_cast as cast
from django.core.cache import cache
from django.test import Client, RequestFactory
from web_cast import text_of

from leadline.accounts.models import User
from leadline.web.views import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]
SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    yield
    cache.clear()


@pytest.mark.parametrize(
    ("role", "lands"), [("sales", "/call-next"), ("marketing", "/overview"), ("administrator", "/system")]
)
def test_everybody_lands_where_their_work_is(role: str, lands: str) -> None:
    who = cast.user(role)
    client = Client()
    answer = client.post(SIGN_IN, {"login": who.email, "password": cast.PASSWORD}, follow=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").headers["Location"] == lands


def test_a_wrong_password_is_said_on_the_page() -> None:
    page = Client().post(SIGN_IN, {"login": cast.user().email, "password": "wrong"})
    assert "E-mail address or password is wrong." in text_of(page)


@pytest.mark.parametrize("path", ["/", "/call-next", "/leads", "/leads/1", "/system", "/system/quarantine"])
def test_nothing_is_shown_to_those_who_have_not_signed_in(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{SIGN_IN}?next={path}")


@pytest.mark.parametrize("path", [SIGN_IN, "/accounts/signup/", "/accounts/inactive/"])
def test_the_pages_around_signing_in_have_the_look(path: str) -> None:
    page = Client().get(path)
    assert page.status_code == 200
    assert b"web/tokens.css" in page.content


@pytest.mark.parametrize("path", ["/accounts/logout/", "/accounts/password/change/", "/you"])
def test_the_pages_of_ones_own_account_have_the_look(browser: Client, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    assert b"web/tokens.css" in page.content


def test_sign_up_is_closed() -> None:
    assert "Sign-up is closed" in text_of(Client().get("/accounts/signup/"))
    Client().post("/accounts/signup/", {"email": "new@example.com", "password1": cast.PASSWORD})
    assert not User.objects.filter(email="new@example.com").exists()


def test_signing_out(browser: Client) -> None:
    assert browser.post("/accounts/logout/").headers["Location"] == SIGN_IN
    assert browser.get("/leads").status_code == 302


def test_the_navigation_shows_what_a_role_may_use(browser: Client, admin_browser: Client) -> None:
    assert 'href="/system"' not in browser.get("/leads").content.decode()
    body = admin_browser.get("/leads").content.decode()
    assert re.search(r'href="/leads" aria-current="page"', body)
    assert body.index('href="/call-next"') < body.index('href="/leads"') < body.index('href="/system"')


def test_the_theme_is_rendered_by_the_server(browser: Client) -> None:
    assert b"data-theme" not in browser.get("/leads").content
    answer = browser.post("/preferences/theme", {"theme": "dark", "next": "/leads?stage=qualified"})
    assert answer.headers["Location"] == "/leads?stage=qualified"
    assert b'<html lang="en" data-theme="dark">' in browser.get("/leads").content


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_the_theme_leads_nowhere_else(browser: Client, elsewhere: str) -> None:
    answer = browser.post("/preferences/theme", {"theme": "light", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_theme_that_does_not_exist(browser: Client) -> None:
    assert browser.post("/preferences/theme", {"theme": "pink"}).status_code == 400


def test_times_are_in_the_users_zone_else_the_browsers(browser: Client, sales: User) -> None:
    assert "Times are in UTC." in text_of(browser.get("/leads"))
    browser.cookies["zone"] = "Asia%2FManila"
    assert "Times are in Asia/Manila." in text_of(browser.get("/leads"))
    sales.time_zone = "Europe/Berlin"
    sales.save()
    assert "Times are in Europe/Berlin." in text_of(browser.get("/leads"))


@pytest.mark.parametrize("zone", ["Nowhere", "../../etc/passwd", "Europe", "%00", "x" * 5000])
def test_a_zone_that_does_not_exist_is_utc(browser: Client, zone: str) -> None:
    browser.cookies["zone"] = zone
    assert "Times are in UTC." in text_of(browser.get("/leads"))


@pytest.mark.parametrize("path", ["/call-next", "/leads", "/accounts/password/change/"])
def test_no_page_has_styles_or_scripts_of_its_own(browser: Client, path: str) -> None:
    cast.platform()
    page = browser.get(path)
    body = page.content.decode()
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert " style=" not in body
    assert "<style" not in body
    assert not re.search(r"<script(?![^>]*src=)", body)
    assert not re.search(r"\son[a-z]+=", body)


def test_conversion_never_stands_alone(browser: Client) -> None:
    people = cast.platform()
    for path in ("/call-next", "/leads", f"/leads/{people['Amelia Hart'].pk}"):
        assert not re.search(r"\bconversions?\b(?! signals)", text_of(browser.get(path)), flags=re.I)


def test_an_address_that_leads_nowhere() -> None:
    page = Client().get("/nothing-here")
    assert page.status_code == 404
    assert "There is nothing here" in text_of(page)


def test_programs_get_errors_as_json() -> None:
    answer = Client().get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "detail"}


def test_a_failure_has_a_page_that_needs_nothing() -> None:
    page = errors.failed(RequestFactory().get("/leads"))
    assert page.status_code == 500
    assert "This page failed" in text_of(page)
    sent = errors.failed(RequestFactory().post("/leads", headers={"Referer": "http://testserver/leads"}))
    assert "Go back Go to the first page" in text_of(sent), "nobody can mend it there"
