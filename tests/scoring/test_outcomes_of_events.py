"""Conversions that a backtest judges by, from events."""

from score_cast import DEFAULT, event

from leadline.scoring.leakage import conversion_named
from leadline.scoring.outcomes import Occurrence, occurrences
from leadline.tracking.events import Event


def found(name: str, *events: Event) -> list[Occurrence]:
    rule = conversion_named(DEFAULT, name)
    assert rule is not None
    return occurrences(rule, events)


def test_a_conversion_counts_once_per_key_at_its_earliest() -> None:
    later = event(3, "Quote Requested", quote_id="q1", seats=3, identity=2)
    first = event(5, "Quote Requested", quote_id="q1", seats=4, identity=1)
    [only] = found("quote_requested", later, first)
    assert (only.identity, only.occurred_micros) == (1, first.occurred_micros)
    assert only.facts["seats"] == 4


def test_a_cancellation_counts_from_when_it_came() -> None:
    booked, off = event(5, "Strategy Call Booked", call_id="c"), event(2, "Strategy Call Cancelled", call_id="c")
    [call] = found("strategy_call", off, booked)
    assert call.cancelled_micros == off.occurred_micros
    assert found("strategy_call", off) == []


def test_a_lost_opportunity_was_one_all_the_same() -> None:
    opened, lost = event(9, "Opportunity Opened", opportunity_id="o"), event(2, "Opportunity Lost", opportunity_id="o")
    [opportunity] = found("opportunity", opened, lost)
    assert opportunity.cancelled_micros is None


def test_noise_and_pages_convert_nobody() -> None:
    page = event(1, "Quote Requested", kind="page", quote_id="q")
    robot = Event(1, "track", "Quote Requested", 1, page.occurred_micros, {"quote_id": "q"}, "bot")
    assert found("quote_requested", page, robot) == []
