"""What somebody typed about a person goes into no other address, no file, no error answer and no log line."""

import logging
import tempfile
from io import StringIO
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse

from leadline.analytics.models import SavedView
from leadline.tracking.scrub import without_people
from leadline.web.lead_filter import LeadFilter
from leadline.web.request_id import RequestId
from leadline.web.sign_in_first import without_people_asked

pytestmark = pytest.mark.django_db
EMAIL, TELEPHONE = "ada@canary.example", "+49 30 5557 4711"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What is logged from now on."""
    (handler,) = [each for each in logging.getLogger().handlers if any(isinstance(f, RequestId) for f in each.filters)]
    stream = StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return stream


def test_the_sign_in_leads_back_without_whom_somebody_searched_for(client: Client) -> None:
    answer = client.get("/leads", {"q": EMAIL, "grade": ["A", "B"]})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=/leads%3Fgrade%3DA%26grade%3DB"
    assert client.get("/leads", {"q": EMAIL})["Location"] == f"{reverse('account_login')}?next=/leads"


@pytest.mark.parametrize("typed", [EMAIL, TELEPHONE, f"mail:{EMAIL}", "203.0.113.7"])
def test_what_names_somebody_is_left_out_of_what_was_asked_for(typed: str) -> None:
    given = QueryDict(mutable=True)
    given.setlist("q", [typed, "acme"])
    given["stage"] = "qualified"
    assert without_people_asked(given).urlencode() == "q=acme&stage=qualified"


def test_a_saved_view_keeps_whom_it_searches_for_sealed_and_out_of_addresses(browser: Client) -> None:
    saved = browser.post("/leads/views", {"name": "Ada", "query": f"?q={EMAIL}&stage=qualified"})
    assert urlencode({"q": EMAIL}) in str(SavedView.objects.get().query)
    with connection.cursor() as cursor:
        ((kept,),) = cursor.execute("SELECT query FROM analytics_savedview").fetchall()
    assert EMAIL.partition("@")[0].encode() not in bytes(kept)
    assert EMAIL.partition("@")[0] not in saved.headers["Location"]
    assert LeadFilter.from_query(QueryDict(saved.headers["Location"].partition("?")[2])).search == EMAIL


@pytest.mark.usefixtures("engine")
def test_uploads_lie_in_memory_and_in_no_file(admin_browser: Client, tmp_path: Path) -> None:
    content = b"day,channel,amount,currency\n" + b"2026-01-01,search,1,USD\n" * 150_000
    assert len(content) > 2_621_440, "larger than what Django keeps in memory by itself"
    folder = tmp_path / "temporary"
    folder.mkdir()
    upload = {"what": "spend", "file": SimpleUploadedFile("spend.csv", content)}
    request = RequestFactory().post("/conversions/money/upload", upload)
    with (
        mock.patch.object(TemporaryFileUploadHandler, "new_file", side_effect=AssertionError("a file was made")),
        mock.patch.object(tempfile, "tempdir", str(folder)),
    ):
        assert isinstance(request.FILES["file"], InMemoryUploadedFile)
        admin_browser.post("/conversions/money/upload", {**upload, "file": SimpleUploadedFile("x.csv", content)})
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "address", [f"/api/v1/leads/{EMAIL}/score", f"/api/v1/exports/leads?segment={EMAIL}", f"/api/v1/crm/{EMAIL}"]
)
@pytest.mark.usefixtures("engine")
def test_refused_calls_repeat_no_address(admin_browser: Client, address: str, log: StringIO) -> None:
    answer = admin_browser.get(address)
    assert 400 <= answer.status_code < 500
    assert EMAIL not in answer.content.decode()
    assert "canary" not in log.getvalue()


def test_error_pages_and_what_is_logged_of_them_repeat_no_address(admin_browser: Client, log: StringIO) -> None:
    answer = admin_browser.post("/preferences/theme", {"theme": EMAIL})
    assert answer.status_code == 400
    assert "There is no theme" in answer.content.decode()
    assert EMAIL not in answer.content.decode()
    assert "Bad Request: /preferences/theme" in log.getvalue()
    assert EMAIL not in log.getvalue()


def test_an_address_that_is_not_ascii_is_not_logged_either(admin_browser: Client, log: StringIO) -> None:
    assert admin_browser.get(f"/leads/\u00fc{EMAIL}").status_code == 404
    assert "Not Found: an address that nothing has" in log.getvalue()


def test_a_host_or_a_referrer_that_is_refused_is_not_logged(log: StringIO) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/", headers={"host": "ada.canary.example"}).status_code == 400
    headers = {"referer": f"https://else.canary/{EMAIL}", "origin": "https://else.canary"}
    assert client.post("/accounts/login/", {"login": EMAIL}, headers=headers).status_code == 403
    assert "A request was refused." in log.getvalue()
    assert "https://else.canary" in log.getvalue(), "which site it came from helps to set LEADLINE_ORIGINS"
    assert "ada" not in log.getvalue()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"There is no lead '{EMAIL}'.", "There is no lead"),
        (f"{TELEPHONE} is known already.", "[telephone] is known already."),
        ("Came from 203.0.113.7:80.", "Came from [address]:80."),
        ("Ruleset 12 of 2026-05-01 is not there.", "Ruleset 12 of 2026-05-01 is not there."),
        ("", ""),
    ],
)
def test_messages_are_told_without_addresses_and_numbers(text: str, left: str) -> None:
    told = without_people(text)
    assert told.startswith(left)
    assert EMAIL not in told
