"""What is counted of each source: by hour what came, by day in which ways events broke the tracking plan; once."""

from datetime import timedelta
from typing import Any

import pytest
from tracking_cast import KEY, NOON, NOON_MICROS, Office, batch, message, record, tables

from leadline.tracking import plan_tallies
from leadline.tracking.arrivals import forget_taking
from leadline.tracking.models import EventSource, QuarantinedMessage, SourceHour, TakenSegment, ViolationTally
from leadline.tracking.spool import SpoolRecord

BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)"
HOUR_MICROS = 3_600_000_000


@pytest.fixture
def shop(db: None) -> EventSource:  # noqa: ARG001  # opens the database
    """The source that the cast's records come from."""
    return EventSource.objects.create(pk=7, name="shop")


def quote(**properties: Any) -> dict[str, Any]:
    return message(event="Quote Requested", properties=properties)


def hours() -> list[tuple[int, int, int, int]]:
    rows = SourceHour.objects.order_by("hour")
    return [(row.received, row.quarantined, row.violations, row.noise) for row in rows]


def tallies() -> dict[tuple[str, str, str], tuple[int, int]]:
    return {(row.event, row.kind, row.property): (row.count, row.blocked) for row in ViolationTally.objects.all()}


def test_an_hour_counts_what_came(office: Office, shop: EventSource) -> None:
    robot = message("page", context={"userAgent": BOT})
    office.take(message(), quote(), quote(quote_id="q", other=1), robot, {"type": "nonsense"})
    office.take(message(), received=NOON_MICROS + HOUR_MICROS)
    assert hours() == [(5, 2, 3, 1), (1, 0, 1, 0)]
    row = SourceHour.objects.order_by("hour").first()
    assert row is not None
    assert (row.source, row.hour, row.last_received_at) == (shop, NOON, NOON)


def test_the_violations_of_a_day_are_counted_with_an_example(office: Office, shop: EventSource) -> None:
    office.take(quote(), quote(), quote(quote_id="q", other=1), message())
    office.take(quote(seats="two"), received=NOON_MICROS + 1)
    assert tallies() == {
        ("Quote Requested", "Required-Missing", "quote_id"): (3, 3),
        ("Quote Requested", "Additional-Properties", "other"): (1, 0),
        ("Quote Requested", "Datatype-Mismatch", "seats"): (1, 1),
        ("Tool Used", "Unplanned-Event", ""): (1, 0),
    }
    row = ViolationTally.objects.get(kind="Required-Missing")
    assert (row.source, row.day) == (shop, NOON.date())
    assert row.example["properties"] == {"seats": "two"}
    assert row.last_seen_at == NOON + timedelta(microseconds=1)
    assert row.text == "quote_id is missing"


@pytest.mark.usefixtures("shop")
def test_a_segment_taken_again_is_not_counted_again(office: Office) -> None:
    office.take(quote(), message())
    before = tables()
    office.again(office.segments[0])
    office.desk.take_in(office.segments[0], [KEY])
    assert tables() == before
    assert hours() == [(2, 1, 2, 0)]


@pytest.mark.usefixtures("shop")
def test_that_a_segment_was_taken_is_forgotten_with_its_file(office: Office) -> None:
    office.take(message())
    assert list(TakenSegment.objects.values_list("name", flat=True)) == [office.segments[0].name]
    forget_taking(office.segments[0].name)
    assert not TakenSegment.objects.exists()


def test_sources_that_do_not_exist_are_not_counted(office: Office) -> None:
    office.take(quote())
    assert not SourceHour.objects.exists()
    assert not ViolationTally.objects.exists()


def test_a_source_in_warn_mode_stores_what_breaks_the_plan(office: Office, shop: EventSource) -> None:
    EventSource.objects.filter(pk=shop.pk).update(mode="warn")
    intake = office.take(quote(seats="two"))
    assert [draft.properties for draft in intake.drafts] == [{"seats": "two"}]
    assert not QuarantinedMessage.objects.exists()
    assert tallies()["Quote Requested", "Datatype-Mismatch", "seats"] == (1, 0)


def test_a_source_in_allow_mode_checks_nothing(office: Office, shop: EventSource) -> None:
    EventSource.objects.filter(pk=shop.pk).update(mode="allow")
    assert office.take(quote(seats="two"), message()).quarantined == 0
    assert tallies() == {}


def test_of_a_test_source_nothing_is_kept_but_counts(office: Office, shop: EventSource) -> None:
    EventSource.objects.filter(pk=shop.pk).update(test=True)
    intake = office.take(message(), quote(), {"type": "nonsense"})
    assert (list(intake.drafts), list(intake.identities), intake.quarantined) == ([], [], 0)
    assert [draft.name for draft in intake.rehearsals] == ["Tool Used"]
    assert [rejection.code for rejection in intake.rejections] == ["Required-Missing", "unknown_type"]
    assert not QuarantinedMessage.objects.exists()
    assert hours() == [(3, 2, 2, 0)]


def test_other_sources_beside_a_test_source_are_stored(office: Office, shop: EventSource) -> None:
    EventSource.objects.filter(pk=shop.pk).update(test=True)
    other = EventSource.objects.create(name="crm")
    stored = record(message(), "track")
    intake = office.take_records([batch(message()), SpoolRecord(other.pk, NOON_MICROS, "track", stored.body)])
    assert [draft.source for draft in intake.drafts] == [other.pk]
    assert [draft.source for draft in intake.rehearsals] == [shop.pk]


@pytest.mark.usefixtures("shop")
def test_what_is_replayed_did_not_arrive_again(office: Office) -> None:
    office.take_records([record({"batch": [message()]}, "replay")])
    assert hours() == []
    assert tallies() == {("Tool Used", "Unplanned-Event", ""): (1, 0)}


@pytest.mark.usefixtures("shop")
def test_too_many_different_violations_are_counted_together(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_tallies, "APART", 3)
    office.take(*(message(event=f"Viewed {number}") for number in range(5)))
    office.take(*(message(event=f"Viewed {number}") for number in (0, 9)))
    counts = tallies()
    assert counts["Viewed 0", "Unplanned-Event", ""] == (2, 0)
    assert counts["(others)", "Unplanned-Event", ""] == (3, 0)
    assert len(counts) == 4


@pytest.mark.usefixtures("shop")
def test_old_violations_go_with_their_examples(office: Office) -> None:
    office.take(message())
    office.take(message(), received=NOON_MICROS + 100 * 24 * HOUR_MICROS)
    assert [row.day for row in ViolationTally.objects.all()] == [(NOON + timedelta(days=100)).date()]


@pytest.mark.usefixtures("shop")
def test_a_quarantined_message_means_the_same_without_its_request(office: Office) -> None:
    alone = record({"event": "Quote Requested", "userId": "u1"}, "track")
    together = record(
        {"batch": [quote()], "sentAt": NOON.isoformat(), "context": {"app": {"name": "till"}}, "writeKey": "k"}, "batch"
    )
    agent = {"user-agent": "till/1", "internal": "1"}
    office.take_records([alone, SpoolRecord(7, NOON_MICROS, "batch", together.body, agent)])
    first, second = QuarantinedMessage.objects.order_by("position")
    assert first.body == {"event": "Quote Requested", "userId": "u1", "type": "track"}
    assert second.body == {**quote(), "sentAt": NOON.isoformat(), "context": {"app": {"name": "till"}}}
    assert (first.headers, second.headers) == (None, agent)


@pytest.mark.usefixtures("shop")
def test_a_field_that_is_no_text_costs_nothing_but_its_message(office: Office) -> None:
    odd = b'{"type": "track", "event": "Odd", "userId": "u1", "other": "\xff"}'
    deep = b'{"type": "track", "event": "Odd", "userId": "u1", "other": ' + b"[" * 300 + b"]" * 300 + b"}"
    office.take_records([record(odd, "t"), record(deep, "t")])
    assert tallies() == {("Odd", "Unplanned-Event", ""): (2, 0)}
