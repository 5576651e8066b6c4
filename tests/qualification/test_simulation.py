"""A history walked from nothing, without any store."""

from datetime import UTC, datetime, timedelta

import pytest

from leadline.kernel.clock import to_micros
from leadline.qualification.facts import conversions_of, facts_of
from leadline.qualification.sales_words import SalesWord, Word
from leadline.qualification.simulation import might_move, simulate
from leadline.qualification.stages import Stage, StageState
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.scoring.engine import LeadScoringEngine
from leadline.tracking.events import Event, TraitChange

RULES = read_ruleset(bundled_ruleset("offshore-staffing"))
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
KINDS = ("user_id", "anonymous_id")


def event(number: int, name: str, days: float = 0, source: int = 1, noise: str = "", **properties: object) -> Event:
    micros = to_micros(MONDAY + timedelta(days=days))
    return Event(number, "track", name, 1, micros, properties, noise, source)


def email(days: float = 0) -> TraitChange:
    return TraitChange(1, "email", None, True, to_micros(MONDAY + timedelta(days=days)), 1)


def midnights(count: int) -> list[datetime]:
    return [MONDAY.replace(hour=0) + timedelta(days=day) for day in range(1, count + 1)]


def test_a_quote_qualifies_until_it_is_old() -> None:
    found = simulate(
        RULES, [event(1, "Quote Requested", quote_id="q", seats=2)], [email()], KINDS, [MONDAY, *midnights(90)]
    )
    assert [move.to_stage for move in found.transitions] == [Stage.QUALIFIED, Stage.INITIAL_ENGAGEMENT]
    assert found.transitions[-1].at == datetime(2026, 6, 4, tzinfo=UTC)
    assert len(found.scores) == 91


def test_an_accepted_lead_is_not_recycled_by_silence() -> None:
    quote = event(1, "Quote Requested", quote_id="q", seats=2)
    taken = [SalesWord(Word.ACCEPT, MONDAY + timedelta(hours=1))]
    found = simulate(RULES, [quote], [email()], KINDS, [MONDAY, *midnights(90)], taken)
    assert found.state.stage is Stage.QUALIFIED


def test_nothing_of_later_is_seen() -> None:
    quote = event(1, "Quote Requested", days=3, quote_id="q", seats=2)
    found = simulate(RULES, [quote], [email()], KINDS, [MONDAY, *midnights(2)])
    assert not found.transitions
    assert found.facts.triggers == ()


def test_a_walk_may_go_on_where_another_ended() -> None:
    events, instants = [event(1, "Quote Requested", quote_id="q", seats=2)], [MONDAY, *midnights(70)]
    whole = simulate(RULES, events, [email()], KINDS, instants)
    first = simulate(RULES, events, [email()], KINDS, instants[:30])
    rest = simulate(RULES, events, [email()], KINDS, instants[30:], state=first.state)
    assert rest.state == whole.state
    assert first.transitions + rest.transitions == whole.transitions


def test_a_walk_needs_an_instant() -> None:
    with pytest.raises(ValueError, match="one instant"):
        simulate(RULES, [], [], KINDS, [])


def test_a_conversion_is_once_per_key_and_cancelled_by_its_own_source() -> None:
    booked = event(1, "Strategy Call Booked", call_id="c")
    again = event(2, "Strategy Call Booked", days=1, call_id="c")
    elsewhere = event(3, "Strategy Call Cancelled", days=2, source=2, call_id="c")
    (call,) = conversions_of(RULES, [again, booked, elsewhere])
    assert (call.occurred_at, call.cancelled) == (MONDAY, False)
    (call,) = conversions_of(RULES, [event(4, "Strategy Call Cancelled", call_id="c"), booked])
    assert call.cancelled
    assert conversions_of(RULES, [event(5, "Strategy Call Booked", noise="bot", call_id="c")]) == []


def test_a_cancelled_or_later_conversion_triggers_nothing() -> None:
    events = [event(1, "Strategy Call Booked", call_id="c"), event(2, "Strategy Call Cancelled", call_id="c")]
    later = [event(3, "Quote Requested", days=1, quote_id="q", seats=2)]
    score = LeadScoringEngine(RULES).score_history(events, [], MONDAY.date())
    facts = facts_of(RULES, score, [*events, *later], [email()], KINDS, MONDAY)
    assert facts.triggers == ()
    assert (facts.known, facts.reachable) == (True, True)
    assert facts.last_seen_at == MONDAY + timedelta(days=1)


def test_an_evaluation_of_everybody_looks_at_whom_a_condition_concerns() -> None:
    begun = StageState.beginning(MONDAY)
    assert not might_move(RULES, begun, {}, 0, 0, ())
    assert might_move(RULES, begun, {}, 0, 55_000_000, ())
    assert might_move(RULES, begun, {"tool_usage": 50_000_000, "time_spent": 40_000_000}, 0, 0, ())
    assert might_move(RULES, begun, {}, 0, 0, ("competitor",))
    assert might_move(RULES, StageState(Stage.RECYCLED, MONDAY), {}, 0, 0, ())
