"""The pages of channel rules and of money: who may change them, and what a change does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from web_cast import user

from leadline.accounts.models import User
from leadline.analytics.channel_rules import read_rules, rules_digest
from leadline.analytics.models import ChannelRule, ExchangeRate, Spend
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine

pytestmark = pytest.mark.django_db(transaction=True)
CHANNELS, CHANGE = "/conversions/channels", "/conversions/channels/change"
MONEY, UPLOAD = "/conversions/money", "/conversions/money/upload"
RULE = {"channel": "Podcast", "field": ["medium", ""], "test": ["is", "is"], "values": ["podcast, audio", ""]}


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    opened = Engine.open(tmp_path)
    monkeypatch.setattr(runtime, "running", type("Running", (), {"engine": opened}))
    yield opened
    opened.close()


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(user(role))
    return client


def change(client: Client, act: str, place: object = "new", **given: object) -> int:
    return client.post(CHANGE, {"was": rules_digest(), "act": act, "place": str(place), **given}).status_code


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("engine")
def test_marketing_adds_moves_changes_and_removes_a_rule_and_goes_back() -> None:
    client = signed_in(User.Role.MARKETING)
    bundled = len(read_rules().rules)
    assert change(client, "save", **RULE) == 302
    assert read_rules().rules[-1].channel == "Podcast"
    assert change(client, "up", bundled + 1) == 302
    assert read_rules().rules[-2].channel == "Podcast"
    assert change(client, "save", bundled, **{**RULE, "channel": "Audio", "test": ["not contains", "is"]}) == 302
    assert "medium does not contain podcast or audio" in text(client, CHANNELS)
    assert change(client, "remove", bundled) == 302
    assert "Audio" not in read_rules().channels
    assert change(client, "bundled", "") == 302
    assert ChannelRule.objects.count() == 0


@pytest.mark.usefixtures("engine")
def test_a_preview_changes_nothing_and_keeps_what_was_typed() -> None:
    client = signed_in(User.Role.ADMINISTRATOR)
    answer = client.post(CHANGE, {"was": rules_digest(), "act": "preview", "place": "new", **RULE})
    assert "It would take 0 visits" in answer.content.decode()
    assert "podcast, audio" in answer.content.decode()
    assert ChannelRule.objects.count() == 0


@pytest.mark.usefixtures("engine")
def test_a_rule_without_conditions_and_an_old_page_are_refused_with_words() -> None:
    client = signed_in(User.Role.ADMINISTRATOR)
    assert change(client, "save", channel="All", field=[""], test=["is"], values=[""]) == 422
    for typed in ({"channel": " "}, {"channel": "x" * 61}, {"field": ["medium"], "test": ["is"], "values": [""]}):
        answer = client.post(CHANGE, {"was": rules_digest(), "act": "save", "place": "3", **RULE, **typed})
        assert answer.status_code == 422
        assert 'id="fault"' in answer.content.decode().partition("channel-form")[2]  # what was typed stays
        assert "&quot;channel&quot;" not in answer.content.decode()  # how a document is written helps nobody here
    answer = client.post(CHANGE, {"was": "another", "act": "up", "place": "2"})
    assert (answer.status_code, "Somebody changed the rules meanwhile" in answer.content.decode()) == (422, True)
    for place in ("0", "999", "x", "²"):
        assert change(client, "remove", place) == 422
    assert ChannelRule.objects.count() == 0


@pytest.mark.usefixtures("engine")
def test_sales_reads_and_changes_nothing() -> None:
    client = signed_in(User.Role.SALES)
    assert "Add a rule" not in text(client, CHANNELS)
    assert "Upload spend" not in text(client, MONEY)
    assert change(client, "bundled", "") == 403
    assert client.post(UPLOAD, {"what": "spend", "text": "x"}).status_code == 403


@pytest.mark.usefixtures("engine")
def test_a_file_of_spend_is_taken_in_and_shown_by_month() -> None:
    client = signed_in(User.Role.MARKETING)
    file = SimpleUploadedFile(
        "spend.csv", b"day,channel,amount\n2026-05-01,Paid search,10\n2026-05-02,Paid search,5.5\n"
    )
    answer = client.post(UPLOAD, {"what": "spend", "file": file}).content.decode()
    assert "2 rows for 2 days, 0 were replaced" in answer
    assert "15.50 USD" in text(client, MONEY)


@pytest.mark.usefixtures("engine")
def test_faults_of_a_file_are_told_by_line_and_nothing_is_written() -> None:
    client = signed_in(User.Role.MARKETING)
    pasted = "day,channel,amount\n2026-05-01,A,1\n2026-05-02,A,one"
    answer = client.post(UPLOAD, {"what": "spend", "text": pasted})
    assert answer.status_code == 422
    assert "Line 3: the amount" in answer.content.decode()
    assert "2026-05-02,A,one" in answer.content.decode()
    assert client.post(UPLOAD, {"what": "spend", "file": SimpleUploadedFile("a.csv", b"\xff\xfe")}).status_code == 422
    assert client.post(UPLOAD, {"what": "nothing"}).status_code == 422
    assert Spend.objects.count() == 0


@pytest.mark.usefixtures("engine")
def test_rates_are_pasted_shown_and_removed() -> None:
    client = signed_in(User.Role.MARKETING)
    client.post(UPLOAD, {"what": "rates", "text": "currency,day,rate\nEUR,2026-05-01,1.08\n"})
    assert "1.08" in text(client, MONEY)
    assert client.post(f"{MONEY}/remove", {"currency": "EUR", "day": "2026-05-01"}).status_code == 200
    assert ExchangeRate.objects.count() == 0
    assert client.post(f"{MONEY}/remove", {"currency": "EUR", "day": "soon"}).status_code == 422
