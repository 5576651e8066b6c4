import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from web_cast import text_of

from leadline.kernel.clock import utc_now
from leadline.tracking.models import EventSource, SourceHour, WriteKey
from leadline.tracking.sources import create_key, create_source, revoke_key, source_named

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def came(source: str, hours_ago: int, received: int, **parts: int) -> None:
    moment = utc_now() - timedelta(hours=hours_ago)
    hour = moment.replace(minute=0, second=0, microsecond=0)
    row = create_source(source) if not EventSource.objects.filter(name=source).exists() else source_named(source)
    SourceHour.objects.create(source=row, hour=hour, received=received, last_received_at=moment, **parts)


def row_of(page: Any, name: str) -> str:
    rows = re.findall(r"<tr data-row>.*?</tr>", page.content.decode(), flags=re.S)
    (row,) = (re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in rows if f">{name}<" in row)
    return str(row)


def test_a_row_for_each_source(admin_browser: Client) -> None:
    came("website", 0, 1200, quarantined=7, violations=9)
    came("website", 30, 300)
    came("website", 24 * 8, 5000)
    create_key("website")
    came("crm", 1, 3, quarantined=1, violations=1)
    EventSource.objects.filter(name="crm").update(test=True, mode="warn")
    page = admin_browser.get("/sources")
    row = row_of(page, "website")
    assert re.search(r"website Block 1 just now 1,200 in 24 hours, 9 violations in 7 days 1,500 7 9", row)
    kept = row_of(page, "crm")  # a test source: nothing of it is in quarantine, whatever was wrong
    assert re.search(r"crm Test Warn none 1 hour ago 3 in 24 hours, 1 violation in 7 days 3 . 1", kept)
    assert page.content.count(b"<rect") == 3


def test_a_source_from_which_nothing_came(admin_browser: Client) -> None:
    EventSource.objects.create(name="crm")
    assert re.search(r"crm Block none never . 0 in 24 hours 0 0 0", row_of(admin_browser.get("/sources"), "crm"))


def test_before_the_first_source(admin_browser: Client, marketing_browser: Client) -> None:
    assert "No event source yet" in text_of(admin_browser.get("/sources"))
    assert "An administrator can do that." in text_of(marketing_browser.get("/sources"))


def test_a_source_is_made_on_the_page(admin_browser: Client) -> None:
    made = admin_browser.post("/sources", {"name": " website "})
    assert made.headers["Location"] == "/sources/website?done=made"
    assert "It needs a write key" in text_of(admin_browser.get("/sources/website?done=made"))
    for name, fault in (("website", "already"), ("my shop", "cannot name an event source")):
        refused = admin_browser.post("/sources", {"name": name})
        assert refused.status_code == 422
        assert fault in text_of(refused)
        assert f'value="{name}"' in refused.content.decode()


def test_the_volume_as_a_picture_and_as_a_table(admin_browser: Client) -> None:
    came("website", 0, 12, quarantined=2, noise=1, violations=3)
    came("website", 24 * 20, 40)
    two_days = admin_browser.get("/sources/website")
    said = text_of(two_days)
    assert "valid 9" in said
    assert re.search(r"Received ?Valid ?Noise ?Quarantined ?Violations.*:00 ?12 ?9 ?1 ?2 ?3", said)
    assert 'aria-label="Events in the last 48 hours: 9 valid, 1 from bots' in two_days.content.decode()
    assert two_days.content.count(b'class="bar-') == 3 + 3
    month = admin_browser.get("/sources/website?span=30d")
    assert "Events in the last 30 days: 49 valid" in month.content.decode()
    assert "Nothing came in during the last 48 hours" in text_of(admin_browser.get(_empty()))


def _empty() -> str:
    create_source("crm")
    return "/sources/crm?span=nonsense"


def test_the_first_command_names_the_port_that_the_collector_has(
    admin_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_COLLECT_PORT", "8124")
    create_source("website")
    assert "http://testserver:8124/v1/page" in text_of(admin_browser.post("/sources/website/keys"))


def test_a_key_is_shown_once_with_the_first_command(admin_browser: Client, folder: Path) -> None:
    create_source("website")
    made = admin_browser.post("/sources/website/keys")
    key = re.findall(r'id="new-key" tabindex="0">([^<]+)<', made.content.decode())[0]
    assert len(key) == 32
    assert made.headers["Cache-Control"] == "no-store"
    assert f"curl -u '{key}:' http://testserver:8001/v1/page" in text_of(made)
    assert len(json.loads((folder / "keyring.json").read_text())["keys"]) == 1
    assert key not in admin_browser.get("/sources/website").content.decode()
    again = text_of(admin_browser.post("/sources/website/keys"))
    assert "other key stays valid" in again
    assert "2 valid keys" in again


def test_a_key_is_revoked_by_typing_its_ending(admin_browser: Client, folder: Path) -> None:
    key = create_key("website")
    address = f"/sources/website/keys/{WriteKey.objects.get().pk}/revoke"
    mistaken = admin_browser.post(address, {"ending": "nope"})
    assert mistaken.status_code == 422
    assert "was not revoked" in text_of(mistaken)
    assert WriteKey.objects.get().revoked_at is None
    done = admin_browser.post(address, {"ending": key[-4:]})
    assert done.headers["Location"] == "/sources/website?done=revoked"
    assert json.loads((folder / "keyring.json").read_text())["keys"] == {}
    said = text_of(admin_browser.get("/sources/website?done=revoked"))
    assert "0 valid keys" in said
    assert "revoked just now" in said


def test_a_key_of_another_source_is_not_revoked_here(admin_browser: Client) -> None:
    key = create_key("website")
    create_source("crm")
    refused = admin_browser.post(f"/sources/crm/keys/{WriteKey.objects.get().pk}/revoke", {"ending": key[-4:]})
    assert refused.status_code == 422
    assert WriteKey.objects.get().revoked_at is None


def test_settings_are_saved_and_published(admin_browser: Client, folder: Path) -> None:
    create_key("website")
    given = {"mode": "warn", "test": "on", "origins": "https://A.example\r\nhttps://*.a.example", "rate": "50"}
    saved = admin_browser.post("/sources/website/settings", given)
    assert saved.headers["Location"] == "/sources/website?done=settings"
    source = source_named("website")
    assert (source.mode, source.test, source.rate_limit) == ("warn", True, 50)
    (entry,) = json.loads((folder / "keyring.json").read_text())["keys"].values()
    assert (entry["origins"], entry["rate"]) == (["https://a.example", "https://*.a.example"], 50)
    said = text_of(admin_browser.get("/sources/website?done=settings"))
    assert "This is a test source." in said
    admin_browser.post("/sources/website/settings", {"mode": "allow", "origins": "", "rate": ""})
    source = source_named("website")
    assert (source.mode, source.test, source.origins, source.rate_limit) == ("allow", False, [], None)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"mode": "warn", "origins": "a.example"}, "no web origin"),
        ({"mode": "strict"}, "no mode"),
        ({"mode": "warn", "rate": "many"}, "no whole number"),
        ({"mode": "warn", "rate": "²"}, "no whole number"),
        ({"mode": "warn", "rate": "999999"}, "not between"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(admin_browser: Client, given: dict[str, str], fault: str) -> None:
    create_source("website")
    refused = admin_browser.post("/sources/website/settings", given)
    assert refused.status_code == 422
    assert fault in text_of(refused)
    assert source_named("website").mode == "block"
    assert (given.get("origins") or given.get("rate") or "") in refused.content.decode()


def test_marketing_reads_and_changes_nothing(marketing_browser: Client) -> None:
    create_key("website")
    number = WriteKey.objects.get().pk
    said = text_of(marketing_browser.get("/sources/website"))
    assert "An administrator can change these." in said
    assert "valid" in said
    for address in (
        "/sources",
        "/sources/website/keys",
        "/sources/website/settings",
        f"/sources/website/keys/{number}/revoke",
    ):
        assert marketing_browser.post(address, {"name": "x", "mode": "allow"}).status_code == 403
    assert (EventSource.objects.count(), WriteKey.objects.filter(revoked_at=None).count()) == (1, 1)
    assert b"<form" not in re.sub(rb"<nav.*?</nav>", b"", marketing_browser.get("/sources").content, flags=re.S)


def test_the_navigation_has_what_a_role_may_use(
    browser: Client, marketing_browser: Client, admin_browser: Client
) -> None:
    everything = ["/sources", "/live", "/plan", "/quarantine", "/identities"]
    for each, count in ((browser, 0), (marketing_browser, 3), (admin_browser, 5)):
        body = each.get("/call-next").content.decode()
        assert [address for address in everything if f'<li><a href="{address}"' in body] == everything[:count]


def test_sales_sees_none_of_it(browser: Client) -> None:
    create_source("website")
    for address in ("/sources", "/sources/website"):
        assert browser.get(address).status_code == 403


def test_those_who_have_not_signed_in_see_nothing() -> None:
    create_key("website")
    for address in ("/sources", "/sources/website"):
        assert Client().get(address).status_code == 302
    assert Client().post("/sources/website/keys").status_code == 302
    assert WriteKey.objects.count() == 1


def test_no_page_has_styles_or_scripts_of_its_own(admin_browser: Client) -> None:
    came("website", 0, 12, quarantined=2)
    pages = [admin_browser.get(address) for address in ("/sources", "/sources/website", "/live")]
    pages.append(admin_browser.post("/sources/website/keys"))
    for page in pages:
        body = page.content.decode()
        assert " style=" not in body
        assert not re.search(r"<script(?![^>]*src=)", body)
        assert not re.search(r"\son[a-z]+=", body)
        assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_a_request_from_elsewhere_is_refused(admin_browser: Client) -> None:
    create_source("website")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin_browser.cookies
    for address in ("/sources", "/sources/website/keys", "/sources/website/settings"):
        assert strict.post(address, {"name": "x"}).status_code == 403
    assert not WriteKey.objects.exists()


def test_a_source_that_is_not_there(admin_browser: Client) -> None:
    assert admin_browser.get("/sources/nothing").status_code == 404
    for action in ("keys", "settings"):
        assert admin_browser.post(f"/sources/nothing/{action}").status_code == 404
        assert admin_browser.get(f"/sources/nothing/{action}").status_code == 405
    assert not EventSource.objects.exists()


def test_a_name_from_before_names_were_checked_has_its_page(admin_browser: Client) -> None:
    EventSource.objects.create(name="my/old shop")
    assert "my/old shop" in text_of(admin_browser.get("/sources"))
    assert admin_browser.get("/sources/my/old%20shop").status_code == 200


def test_a_constant_number_of_queries(admin_browser: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        came(f"source-{number}", 1, 5)
        create_key(f"source-{number}")
    revoke_key(create_key("source-1"))
    admin_browser.get("/sources")  # the first request notes that the session is used
    with django_assert_max_num_queries(8):
        admin_browser.get("/sources")
    with django_assert_max_num_queries(8):
        admin_browser.get("/sources/source-1")
