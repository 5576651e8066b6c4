"""Whatever order its events come in and however they are cut into segments, a conversion is the same: its earliest
event says when and whose, its latest amount says how much, and its latest word whether it stands."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.kernel.clock import to_micros
from leadline.privacy.fields import lookup_hasher
from leadline.tracking.conversions import ConversionBook
from leadline.tracking.models import Conversion, Identity
from leadline.tracking.recognition import ConversionRecipe

RECIPE = ConversionRecipe("won_deal", "Deal Won", (), "deal_id", "amount", "currency", ("Deal Cancelled",), ("plan",))
BEGAN = to_micros(datetime(2026, 5, 4, tzinfo=UTC))


@dataclass
class Said:
    """What a draft says of a deal, as far as conversions look at it."""

    name: str
    occurred_micros: int
    properties: dict[str, Any]
    identity: int
    kind: str = "track"
    noise: str = ""
    source: int = 1
    message_key: int = field(default=0)


def said(event: str, minute: int, who: int, amount: float | None, plan: str) -> Said:
    properties: dict[str, Any] = {"deal_id": "d1", "plan": plan}
    if amount is not None:
        properties |= {"amount": amount, "currency": "EUR"}
    return Said(event, BEGAN + minute * 60_000_000, properties, who)


SAID = st.builds(
    said,
    st.sampled_from(["Deal Won", "Deal Won", "Deal Cancelled"]),
    st.integers(0, 4),
    st.integers(0, 1),
    st.sampled_from([None, 10.0, 20.5]),
    st.sampled_from(["a", "b"]),
)


def kept(people: list[int], *segments: list[Said]) -> tuple[Any, ...] | None:
    """What stands in the record store after these segments."""
    Conversion.objects.all().delete()
    for segment in segments:
        book = ConversionBook(lookup_hasher(), [RECIPE])
        for each in segment:
            book.note(people[each.identity], each)  # type: ignore[arg-type]  # as much of a draft as it reads
        book.save()
    row = Conversion.objects.first()
    return row and (row.identity_id, row.occurred_at, row.cancelled_at, row.amount, row.currency, row.facts)


@pytest.fixture
def people(db: None) -> list[int]:  # noqa: ARG001  # the rows are what it is for
    at = datetime(2026, 5, 1, tzinfo=UTC)
    rows = [
        Identity(kind="email", digest=bytes([n]) * 16, value=f"{n}@works.example", first_seen_at=at) for n in (1, 2)
    ]
    return [row.pk for row in Identity.objects.bulk_create(rows)]


@given(st.lists(SAID, min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(0, 6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_segments_change_nothing(people: list[int], story: list[Said], chance: Any, cut: int) -> None:
    shuffled = story.copy()
    chance.shuffle(shuffled)
    assert kept(people, story) == kept(people, shuffled[:cut], shuffled[cut:])


def test_the_latest_amount_counts_and_what_says_none_changes_nothing(people: list[int]) -> None:
    story = [said("Deal Won", 1, 0, 10.0, "a"), said("Deal Won", 3, 1, 20.5, "b"), said("Deal Won", 4, 0, None, "b")]
    row = kept(people, story)
    assert row is not None
    assert (row[0], row[3], row[5]) == (people[0], Decimal("20.50"), {"plan": "a"})


def test_made_again_after_it_was_cancelled_it_stands(people: list[int]) -> None:
    made, gone = said("Deal Won", 1, 0, 10.0, "a"), said("Deal Cancelled", 2, 0, None, "a")
    again = said("Deal Won", 3, 0, 10.0, "a")
    assert (kept(people, [made, gone]) or ())[2] == datetime(2026, 5, 4, 0, 2, tzinfo=UTC)
    assert (kept(people, [made, gone], [again]) or (0, 0, 0))[2] is None
    assert (kept(people, [again, gone], [made]) or (0, 0, 0))[2] is None
