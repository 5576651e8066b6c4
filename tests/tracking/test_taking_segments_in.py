"""Taking segments in: idempotent, in any order, and cheap in statements."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tracking_cast import (
    KEY,
    NOON_MICROS,
    QUOTE,
    STORY,
    Office,
    at,
    batch,
    message,
    new_desk,
    people,
    profiles,
    record,
    tables,
    write_segment,
)

from leadline.tracking.models import Account, Conversion, Lead


def conversions() -> list[tuple[object, ...]]:
    rows = Conversion.objects.select_related("identity").order_by("name", "occurred_at")
    return [
        (row.name, row.identity and row.identity.value, row.occurred_at, row.cancelled_at, row.amount, row.facts)
        for row in rows
    ]


def test_a_segment_taken_in_twice_changes_nothing(office: Office) -> None:
    for messages in STORY:
        office.take(*messages, {"type": "nonsense"})
    before = tables()
    for path in (*office.segments, *office.segments):
        office.again(path)
    assert tables() == before
    office.desk.take_in(office.segments[0], [KEY])  # by a desk that remembers
    assert tables() == before


def test_intake_says_the_same_when_a_segment_is_read_again(office: Office) -> None:
    first = office.take(*STORY[0], message(messageId=None), {"type": "nonsense"})
    again = office.again(office.segments[0])
    assert again.drafts == first.drafts
    assert again.identities == first.identities
    assert again.quarantined == first.quarantined == 1
    assert (again.first_received_micros, again.last_received_micros) == (NOON_MICROS, NOON_MICROS)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_segments_does_not_matter(office: Office, order: Sequence[int]) -> None:
    for number in order:
        office.take(*STORY[number])
    assert people() == {
        frozenset({("user_id", "u1"), ("email", "jane@acme.example"), ("anonymous_id", "v2"), ("anonymous_id", "v3")}),
        frozenset({("user_id", "u2"), ("anonymous_id", "v1"), ("anonymous_id", "v9")}),
    }
    traits = {name: value[0] for name, value in profiles()["user_id", "u1"].items()}
    assert traits["title"] == "COO"
    assert traits["email"] == "jane@acme.example"
    call, quote = conversions()[1], conversions()[0]
    assert quote[:2] == ("quote_requested", "u1")
    assert quote[5] == {"seats": 3}
    assert call[0] == "strategy_call"
    assert call[3] is not None


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_segments_does_not_matter_in_any_story(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)  # noqa: S311  # not for secrets
    segments = [[_moment(rng) for _ in range(rng.randrange(1, 9))] for _ in range(5)]
    outcomes = []
    for attempt in range(3):
        with transaction.atomic():
            place = Office(tmp_path / str(attempt))
            for messages in segments:
                place.take(*messages)
            outcomes.append((people(), profiles(), conversions()))
            transaction.set_rollback(True)
        rng.shuffle(segments)
    assert outcomes[0] == outcomes[1] == outcomes[2]


def _moment(rng: Random) -> dict[str, Any]:
    """Something that one of a few people does, at a minute of its own."""
    names = {"anonymousId": f"v{rng.randrange(5)}"}
    if rng.random() < 0.4:
        names["userId"] = f"u{rng.randrange(3)}"
    common = {**names, "timestamp": at(-rng.random() * 500), "messageId": str(rng.getrandbits(64))}
    kind = rng.choice(["identify", "identify", "track", "call", "alias"])
    if kind == "alias":
        return message("alias", **common | {"userId": f"u{rng.randrange(3)}", "previousId": f"v{rng.randrange(5)}"})
    if kind == "identify":
        traits = {"title": rng.choice(["A", "B", None])}
        if rng.random() < 0.6:
            traits["email"] = f"e{rng.randrange(3)}@x.example"
        return message("identify", **common, traits=traits)
    if kind == "call":
        return message(event=rng.choice(["Call Booked", "Call Cancelled"]), **common,
                       properties={"call_id": f"c{rng.randrange(3)}", "kind": "strategy"})  # fmt: skip
    return message(event="Quote Requested", **common, properties={**QUOTE, "quote_id": f"q{rng.randrange(3)}"})


def test_traits_of_the_same_instant_are_ordered_by_the_message(office: Office, tmp_path: Path) -> None:
    one = message("identify", userId="u1", timestamp=at(-5), messageId="x", traits={"title": "A"})
    two = message("identify", userId="u1", timestamp=at(-5), messageId="y", traits={"title": "B"})
    office.take(one)
    office.take(two)
    first = profiles()
    Lead.objects.update(merged_into=None)
    other = Office(tmp_path / "other")
    other.take(two)
    other.take(one)
    assert profiles() == first


def test_a_conversion_counts_once_per_key_and_from_its_earliest_event(office: Office) -> None:
    for minutes, seats in ((-10, 1), (-30, 2), (-20, 3)):
        office.take(
            message(event="Quote Requested", userId="u1", timestamp=at(minutes), properties={**QUOTE, "seats": seats})
        )
    (row,) = Conversion.objects.all()
    assert row.facts == {"seats": 2}
    assert (row.amount, row.currency) == (100, "EUR")


def test_equal_instants_give_the_same_conversion_in_any_order(office: Office) -> None:
    facts = []
    for key, seats in (("a", (1, 2)), ("b", (2, 1))):
        for each in seats:
            properties = {**QUOTE, "quote_id": key, "seats": each}
            office.take(message(event="Quote Requested", userId="u1", timestamp=at(-10), properties=properties))
        facts.append(Conversion.objects.order_by("pk").last().facts)
    assert facts[0] == facts[1]


def test_a_numbered_quote_is_one_conversion(office: Office) -> None:
    for message_id in "ab":
        office.take(
            message(event="Quote Requested", userId="u1", messageId=message_id, properties={"quote_id": "123456789"})
        )
    assert Conversion.objects.count() == 1


def test_a_cancellation_may_come_before_the_booking(office: Office) -> None:
    office.take(message(event="Call Cancelled", userId="u1", timestamp=at(-5), properties={"call_id": "c"}))
    (row,) = Conversion.objects.all()
    assert (row.identity, row.occurred_at) == (None, None)
    office.take(
        message(event="Call Booked", userId="u1", timestamp=at(-9), properties={"call_id": "c", "kind": "strategy"})
    )
    (row,) = Conversion.objects.all()
    assert row.occurred_at is not None
    assert row.cancelled_at is not None


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_people(tmp_path: Path) -> None:
    path = write_segment(tmp_path, [batch(*_crowd(300, 1_000))])
    desk = new_desk()
    with CaptureQueriesContext(
        connection,
    ) as new:
        desk.take_in(path, [KEY])
    with CaptureQueriesContext(connection) as known:
        desk.take_in(path, [KEY])
    assert len(new) < 80
    assert len(known) < 35
    assert Account.objects.count() == 100


def _crowd(people_count: int, events: int) -> list[dict[str, Any]]:
    crowd = []
    for number in range(events):
        who = number % people_count
        names = {"anonymousId": f"v{who}"} | ({"userId": f"u{who}"} if who % 2 else {})
        traits = {"email": f"p{who}@x.example", "company": f"Firm {who % 100}"}
        crowd.append(message("identify", **names, timestamp=at(-who), messageId=f"i{number}", traits=traits))
        crowd.append(message(**names, timestamp=at(-who), messageId=f"t{number}"))
        crowd.append(message("alias", userId=f"u{who}", previousId=f"u{who + 1}", messageId=f"a{number}"))
    return crowd[:events]


def test_an_unreadable_message_never_stops_a_segment(office: Office) -> None:
    deep = b'{"type":"track","event":"A","userId":"u1","properties":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}"
    bodies = (b"\xff", b'{"event":"\xff"}', b"[" * 9_000, deep, b'{"type":{"a":[]}}', b'{"type":"track"}')
    intake = office.take_records([record(body) for body in bodies] + [record(message(userId="u1"))])
    assert (intake.quarantined, len(intake.drafts)) == (6, 1)
