"""Quarantine: browse, filter, look at one message, repair it with a preview, and replay."""

from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.kernel.clock import utc_now
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine
from leadline.pipeline.tick import tick
from leadline.tracking.models import EventSource, QuarantinedMessage

CAST = {"do": ["cast"], "path": ["properties.seats"], "to": ["integer"]}
NOTHING = {"do": ["set"], "path": [""], "to": [""]}


def held(position: int = 0, body: Any = None, source: str = "website", **fields: Any) -> QuarantinedMessage:
    owner = EventSource.objects.get_or_create(name=source)[0] if source else None
    message = {
        "type": "track",
        "event": "Quote Requested",
        "userId": "jane@acme.example",
        "properties": {"quote_id": f"q{position}", "seats": "4"},
    }
    given = {
        "segment": "100-1-1.seg",
        "position": position,
        "source": owner,
        "received_at": utc_now() - timedelta(minutes=5),
        "code": "Datatype-Mismatch",
        "reason": "seats is string, planned is integer",
        "name": "Quote Requested",
        "body": message if body is None else body,
    }
    return QuarantinedMessage.objects.create(**{**given, **fields})


def test_messages_by_reason_without_their_bodies(admin_browser: Client) -> None:
    cast.quarantine()
    everything = text_of(admin_browser.get("/quarantine"))
    for words in ("Quote Requestd", "website", "seats is 'four', expected a number.", "3 minutes ago"):
        assert words in everything
    assert "secret@example.com" not in everything
    one = text_of(admin_browser.get("/quarantine?reason=bad_property"))
    assert "expected a number" in one
    assert "ISO 8601" not in one


@pytest.mark.django_db
def test_filters(admin_browser: Client) -> None:
    held()
    held(1, source="crm", name="Deal Won")
    held(2, replayed_at=utc_now())
    held(3, received_at=utc_now() - timedelta(days=9))

    def count(query: str) -> int:
        return len(admin_browser.get(f"/quarantine{query}").context["held"])

    assert (count(""), count("?replayed=yes"), count("?replayed=any")) == (3, 1, 4)
    assert (count("?source=crm"), count("?event=Quote+Requested"), count("?days=7")) == (1, 2, 2)
    assert count("?replayed=nonsense&days=3") == 3
    assert "No message fits" in text_of(admin_browser.get("/quarantine?source=nowhere"))


def test_in_pages_that_keep_the_filter(admin_browser: Client) -> None:
    cast.quarantine(60)
    first = admin_browser.get("/quarantine?reason=unknown_event")
    assert "reason=unknown_event" in first.context["next"]
    second = admin_browser.get("/quarantine" + first.context["next"])
    assert len(first.context["held"]) == 50
    assert 0 < len(second.context["held"]) < 50


def test_htmx_gets_the_list_alone(admin_browser: Client) -> None:
    cast.quarantine()
    page = admin_browser.get("/quarantine", headers={"HX-Request": "true"})
    assert b"<html" not in page.content
    assert b"Quote Requestd" in page.content


def test_an_empty_quarantine(admin_browser: Client) -> None:
    assert "No message is held" in text_of(admin_browser.get("/quarantine"))


def test_the_first_address_leads_here_with_its_filter(admin_browser: Client, browser: Client) -> None:
    moved = admin_browser.get("/system/quarantine?reason=no_event")
    assert moved.status_code == 302
    assert moved.headers["Location"] == "/quarantine?reason=no_event"
    assert browser.get("/system/quarantine").status_code == 403


@pytest.mark.django_db
def test_only_administrators_see_and_repair(browser: Client, marketing_browser: Client) -> None:
    number = held().pk
    for each in (browser, marketing_browser):
        for path in ("/quarantine", f"/quarantine/{number}", "/quarantine/repair"):
            assert each.get(path).status_code == 403
        assert each.post(f"/quarantine/{number}", {**CAST, "act": "replay"}).status_code == 403


@pytest.mark.usefixtures("engine")
def test_one_message_whole_with_where_it_is_from(admin_browser: Client) -> None:
    page = admin_browser.get(f"/quarantine/{held().pk}")
    said = text_of(page)
    for words in ("jane@acme.example", "Datatype-Mismatch", "100-1-1.seg", "website", "properties.seats"):
        assert words in said or words in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert admin_browser.get("/quarantine/999999").status_code == 404


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("body", "source", "said"),
    [
        ({"undecodable": b"{broken".hex()}, "website", "It can't be read as JSON"),
        ("text", "website", "It is no JSON object"),
        (None, "", "Its source is not known"),
    ],
)
def test_what_cannot_be_repaired_is_shown_and_said(admin_browser: Client, body: Any, source: str, said: str) -> None:
    page = admin_browser.get(f"/quarantine/{held(body=body, source=source).pk}")
    assert said in text_of(page)
    assert b"<form" not in page.content.split(b"<main")[1]
    if isinstance(body, dict):
        assert "{broken" in text_of(page)


@pytest.mark.usefixtures("engine")
def test_a_preview_shows_what_would_change_and_happen(admin_browser: Client) -> None:
    row = held()
    page = admin_browser.post(f"/quarantine/{row.pk}", {**CAST, "act": "preview"})
    said = text_of(page)
    assert "Valid It would be stored as Quote Requested." in said
    assert "Replay this message" in said
    lines = [(line.change, line.text.strip()) for line in page.context["lines"] if line.change in {"new", "gone"}]
    assert lines == [("gone", '"seats": "4"'), ("new", '"seats": 4')]
    row.refresh_from_db()
    assert row.replayed_at is None


@pytest.mark.usefixtures("engine")
def test_a_preview_that_does_not_help_says_the_next_reason(admin_browser: Client) -> None:
    removal = {"do": ["remove"], "path": ["properties.quote_id"], "to": [""], "act": "preview"}
    said = text_of(admin_browser.post(f"/quarantine/{held().pk}", removal))
    assert "Still held quote_id is missing; seats is string, planned is integer" in said
    assert "Replay this message" not in said


@pytest.mark.usefixtures("engine")
def test_a_step_that_makes_no_sense_is_refused_with_advice(admin_browser: Client) -> None:
    number = held().pk
    wrong = {**CAST, "to": ["text"], "act": "preview"}
    page = admin_browser.post(f"/quarantine/{number}", wrong)
    assert page.status_code == 422
    assert "is no type to cast to. Use one of string" in text_of(page)
    partial = admin_browser.post(f"/quarantine/{number}", wrong, headers={"HX-Request": "true"})
    assert partial.status_code == 200  # htmx swaps nothing else in
    assert b"<html" not in partial.content


@pytest.mark.usefixtures("engine")
def test_another_step_keeps_what_was_typed(admin_browser: Client) -> None:
    page = admin_browser.post(f"/quarantine/{held().pk}", {**CAST, "act": "add"})
    assert [row.path for row in page.context["repair"].rows] == ["properties.seats", ""]


def test_a_replayed_message_is_stored_once_and_says_so(admin_browser: Client, engine: Engine) -> None:
    row = held()
    for _ in range(2):
        said = text_of(admin_browser.post(f"/quarantine/{row.pk}", {**CAST, "act": "replay"}))
        assert "1 message replayed." in said
    report = tick(engine, utc_now())
    assert (report.stored, report.duplicates) == (1, 1)
    row.refresh_from_db()
    assert row.replayed_at is not None
    shown = admin_browser.get(f"/quarantine/{row.pk}")
    assert [each.path for each in shown.context["repair"].rows] == ["properties.seats"]


def test_many_at_once_by_the_filter(admin_browser: Client, engine: Engine) -> None:
    for position in range(3):
        held(position)
    held(3, body={"type": "track", "event": "Quote Requested", "userId": "u", "properties": {"seats": "many"}})
    held(4, source="crm")
    address = "/quarantine/repair?source=website"
    assert "Repair 4 messages" in text_of(admin_browser.get(address))
    tried = admin_browser.post(address, {**CAST, "act": "preview"})
    said = text_of(tried)
    assert "3 of 4 would be stored." in said
    assert "which is no integer" in said
    assert "Replay 3 messages" in said
    assert QuarantinedMessage.objects.filter(replayed_at=None).count() == 5
    done = admin_browser.post(address, {**CAST, "act": "replay"}, headers={"HX-Request": "true"})
    assert "3 messages replayed." in text_of(done)
    assert tick(engine, utc_now()).stored == 3
    assert QuarantinedMessage.objects.filter(replayed_at=None).count() == 2


@pytest.mark.usefixtures("engine")
def test_a_filter_that_means_nothing_is_said(admin_browser: Client) -> None:
    assert "No message fits" in text_of(admin_browser.get("/quarantine/repair?source=nowhere"))
    assert admin_browser.post("/quarantine/repair?source=nowhere", {**NOTHING, "act": "preview"}).status_code == 200


def test_without_a_pipeline_nothing_is_tried(admin_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_running", None)
    page = admin_browser.post(f"/quarantine/{held().pk}", {**CAST, "act": "replay"})
    assert "The pipeline has not started yet." in text_of(page)


@pytest.mark.django_db
def test_a_constant_number_of_queries(admin_browser: Client, django_assert_max_num_queries: Any) -> None:
    for position in range(20):
        held(position)
    admin_browser.get("/quarantine")  # the first request notes that the session is used
    with django_assert_max_num_queries(14):  # four are the audit trail's
        admin_browser.get("/quarantine")
