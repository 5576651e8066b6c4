"""Repairing and replaying what is in quarantine: each message is stored once, whatever happens in between."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from pipeline_cast import MONDAY, Installation, hours, track, user

from leadline.eventstore import queries
from leadline.kernel.errors import NotFoundError
from leadline.pipeline import quarantine
from leadline.pipeline.accounting import account
from leadline.pipeline.quarantine import (
    MISFIT,
    REPLAYED,
    UNREPAIRABLE,
    HeldFilter,
    quarantine_list,
    quarantine_replay,
    quarantine_show,
    replay,
    try_out,
)
from leadline.tracking.models import EventSource, QuarantinedMessage, SourceHour
from leadline.tracking.repair import Step

LATER = MONDAY + hours(1)
CAST = Step("cast", "properties.seats", "integer")
ALL = HeldFilter()


def quote(number: int, seats: object, **properties: object) -> dict[str, Any]:
    return track(user("ann"), "Quote Requested", MONDAY, quote_id=f"q{number}", seats=seats, **properties)


def events(place: Installation) -> list[tuple[str, datetime, dict[str, Any]]]:
    with place.engine.store.cursor() as cursor:
        found = queries.latest_events(cursor, 50)
    return [(each.name, each.occurred_at, dict(each.properties)) for each in found]


def test_a_repaired_message_is_stored_as_if_it_had_been_well(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"))
    assert events(place) == []
    trial = try_out(place.engine, ALL, [CAST], LATER)
    assert (trial.messages, trial.valid, trial.replayed) == (1, 1, 0)
    assert replay(place.engine, ALL, [CAST], LATER).replayed == 1
    place.tick(LATER)
    assert events(place) == [("Quote Requested", MONDAY, {"quote_id": "q1", "seats": 4})]
    row = QuarantinedMessage.objects.get()
    assert (row.replayed_at, row.repair) == (LATER, [CAST.as_json()])


def test_what_a_repair_sets_is_sealed(place: Installation) -> None:
    place.receive(MONDAY, quote(1, 4) | {"timestamp": "never"})
    steps = [Step("set", "timestamp", value=MONDAY.isoformat()), Step("set", "userId", value="canary@works.example")]
    assert replay(place.engine, ALL, steps, LATER).replayed == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT repair FROM tracking_quarantinedmessage")
        ((stored,),) = cursor.fetchall()
    assert b"canary" not in bytes(stored)
    assert QuarantinedMessage.objects.get().repair == [step.as_json() for step in steps]


def test_a_preview_writes_nothing(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"))
    before = place.stored()
    try_out(place.engine, ALL, [CAST], LATER)
    assert place.stored() == before


def test_only_what_is_valid_now_is_sent_and_the_rest_is_told_by_reason(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"), quote(2, "many"), quote(3, "5", currency=7), b'"text"')
    done = replay(place.engine, ALL, [CAST], LATER)
    place.tick(LATER)
    assert done.replayed == 1
    assert done.by_code == {"valid": 1, MISFIT: 1, "Datatype-Mismatch": 1, UNREPAIRABLE: 1}
    assert done.examples["Datatype-Mismatch"] == "currency is integer, planned is string"
    assert "'many', which is no integer" in done.examples[MISFIT]
    assert QuarantinedMessage.objects.filter(replayed_at=None).count() == 3
    assert len(events(place)) == 1


def test_replayed_twice_it_is_stored_once(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"))
    again = HeldFilter(replayed="any")
    for _ in range(2):
        assert replay(place.engine, again, [CAST], LATER).replayed == 1
    report = place.tick(LATER)
    assert (report.stored, report.duplicates) == (1, 1)
    assert replay(place.engine, ALL, [CAST], LATER).messages == 0


def test_replayed_otherwise_it_is_refused_since_both_would_be_stored(place: Installation) -> None:
    place.receive(MONDAY, quote(1, 4) | {"timestamp": "never"})
    right, wrong = (Step("set", "timestamp", value=moment.isoformat()) for moment in (MONDAY, MONDAY - hours(24 * 90)))
    again = HeldFilter(replayed="any")
    assert replay(place.engine, again, [wrong], LATER).replayed == 1
    assert replay(place.engine, again, [right], LATER).by_code == {REPLAYED: 1}
    place.tick(LATER)
    assert len(events(place)) == 1
    assert quarantine_show(place.engine, QuarantinedMessage.objects.get().pk)["now"]["code"] == "valid"


@pytest.mark.parametrize("with_id", [True, False])
def test_a_crash_between_spool_and_mark_costs_nothing(
    place: Installation, monkeypatch: pytest.MonkeyPatch, with_id: bool
) -> None:
    message = quote(1, "4")
    if not with_id:
        del message["messageId"]
    place.receive(MONDAY, message)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr("django.db.models.query.QuerySet.update", crash)
        with pytest.raises(KeyboardInterrupt):
            replay(place.engine, ALL, [CAST], LATER)
    place.restart()
    assert QuarantinedMessage.objects.get().replayed_at is None
    assert place.tick(LATER).stored == 1
    assert replay(place.engine, ALL, [CAST], LATER).replayed == 1
    assert place.tick(LATER).duplicates == 1
    assert len(events(place)) == 1


def test_more_messages_than_one_chunk(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "CHUNK", 3)
    place.receive(MONDAY, *(quote(number, "4") for number in range(8)))
    done = replay(place.engine, ALL, [CAST], LATER, most=4)
    assert (done.messages, done.replayed, done.more) == (4, 4, True)
    done = replay(place.engine, ALL, [CAST], LATER)
    assert (done.messages, done.replayed, done.more) == (4, 4, False)
    assert place.tick(LATER).stored == 8


def test_the_time_of_sending_still_corrects_the_clock(place: Installation) -> None:
    late = track(user("ann"), "Quote Requested", MONDAY - hours(3), quote_id="q1", seats="4")
    place.receive(MONDAY, {**late, "sentAt": (MONDAY - hours(2)).isoformat()})
    replay(place.engine, ALL, [CAST], LATER)
    place.tick(LATER)
    assert events(place)[0][1] == MONDAY - hours(1)


def test_messages_stay_accounted_for_and_did_not_arrive_twice(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"), quote(2, "5"))
    before = account(place.engine)
    replay(place.engine, HeldFilter(ids=(QuarantinedMessage.objects.order_by("pk")[0].pk,)), [CAST], LATER)
    place.tick(LATER)
    after = account(place.engine)
    assert (before.accepted, before.quarantined) == (2, 2)
    assert (after.accepted, after.stored, after.quarantined) == (2, 1, 1)
    assert sum(SourceHour.objects.values_list("received", flat=True)) == 2


def test_the_mode_of_the_source_is_asked_at_the_replay(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "four"))
    assert try_out(place.engine, ALL, [], LATER).valid == 0
    EventSource.objects.update(mode="warn")
    trial = try_out(place.engine, ALL, [], LATER)
    assert trial.valid == 1


def test_a_message_of_a_deleted_source_cannot_be_sent(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"))
    QuarantinedMessage.objects.update(source=None)
    assert try_out(place.engine, ALL, [CAST], LATER).by_code == {UNREPAIRABLE: 1}


def test_what_is_filtered(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"), track(user("ann"), "Tool Used", MONDAY))
    place.use_source("crm")
    place.receive(LATER, quote(2, "4"))

    def count(now: datetime = LATER, **wanted: Any) -> int:
        return HeldFilter(**wanted).rows(now).count()

    assert (count(), count(reason="Datatype-Mismatch"), count(source="crm")) == (3, 2, 1)
    assert count(event="Tool Used") == 1
    assert count(source="website", event="Quote Requested") == 1
    assert (count(days=1), count(LATER + hours(24), days=1)) == (3, 1)
    replay(place.engine, HeldFilter(source="crm"), [CAST], LATER)
    assert (count(), count(replayed="yes"), count(replayed="any")) == (2, 1, 3)


@time_machine.travel(LATER)  # it is loaded now, and each midnight since then would be evaluated
def test_the_commands(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4"))
    (listed,) = quarantine_list(place.engine, reason="Datatype-Mismatch")
    assert (listed["event"], listed["source"], listed["replayed_at"]) == ("Quote Requested", "website", None)
    shown = quarantine_show(place.engine, listed["id"])
    assert shown["body"]["properties"]["seats"] == "4"
    assert shown["now"] == {"code": "Datatype-Mismatch", "reason": "seats is string, planned is integer"}
    steps = [CAST.as_json()]
    tried = quarantine_replay(place.engine, steps, dry_run=True, ids=[listed["id"]])
    assert (tried["valid"], tried["replayed"]) == (1, 0)
    assert quarantine_replay(place.engine, steps, source="website")["replayed"] == 1
    assert len(events(place)) == 1  # loaded at once
    assert quarantine_list(place.engine) == []


def test_what_is_not_there_is_said(place: Installation) -> None:
    with pytest.raises(NotFoundError, match="no message 7 in quarantine"):
        quarantine_show(place.engine, 7)
    with pytest.raises(NotFoundError, match="no source 'shop'"):
        quarantine_list(place.engine, source="shop")


def test_what_would_be_stored_is_told_with_its_warnings(place: Installation) -> None:
    place.receive(MONDAY, quote(1, "4", other=True))
    row = QuarantinedMessage.objects.get()
    found = quarantine.verdict(place.engine.desk.normaliser(), row, [CAST])
    assert (found.is_valid, found.warnings) == (True, ("other is not in the plan",))
    assert found.reason == "It would be stored as Quote Requested."
    assert row.received_at.tzinfo is UTC
