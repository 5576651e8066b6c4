"""Customers, disqualified leads and recycled leads."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stage_cast import BUILDER, READER, START, day, lead, moves, premium, quote, run, sentences, standing

from leadline.qualification.stages import LADDER, Stage, StageState

CUSTOMER = standing(Stage.CUSTOMER)
DISQUALIFIED = standing(Stage.DISQUALIFIED)
RECYCLED = standing(Stage.RECYCLED, recycled_at=START)
INSTANT = timedelta(microseconds=1)
GATE = ("job_application",)


@pytest.mark.parametrize("stage", [*LADDER, Stage.DISQUALIFIED])
def test_a_won_deal_makes_a_customer_from_any_stage(stage: Stage) -> None:
    assert moves(standing(stage), lead(won_at=START), START) == (Stage.CUSTOMER,)
    assert sentences(standing(stage), lead(won_at=START), START) == ["Won a deal"]


def test_a_customer_is_never_demoted_or_disqualified() -> None:
    facts = lead(won_at=START, disqualifications=GATE, known=False, reachable=False)
    assert moves(CUSTOMER, facts, day(59)) == ()


def test_a_won_deal_and_a_disqualification_make_a_customer_in_either_order() -> None:
    won, gated = lead(won_at=START), lead(disqualifications=GATE)
    both = replace(won, disqualifications=GATE)
    for first in (won, gated, both):
        state, _ = run([(day(0), first), (day(1), both)])
        assert state.stage is Stage.CUSTOMER


@pytest.mark.parametrize("heard", ["last_seen_at", "won_at", "since"])
def test_a_customer_is_recycled_after_sixty_days_since_it_was_last_heard_of(heard: str) -> None:
    moments = {"last_seen_at": day(-9), "won_at": day(-9), "since": day(-9), heard: START}
    state = standing(Stage.CUSTOMER, moments.pop("since"))
    assert moves(state, lead(**moments), day(60) - INSTANT) == ()
    assert moves(state, lead(**moments), day(60)) == (Stage.RECYCLED,)


def test_a_customer_with_an_open_disqualification_is_not_recycled() -> None:
    silent = lead(last_seen_at=day(0), won_at=day(0))
    assert moves(standing(Stage.CUSTOMER), silent, day(100)) == (Stage.RECYCLED,)
    assert moves(standing(Stage.CUSTOMER), replace(silent, disqualifications=GATE), day(100)) == ()


def test_an_open_opportunity_keeps_a_customer_from_being_recycled_and_acceptance_does_not() -> None:
    assert moves(CUSTOMER, lead(won_at=START, open_opportunity=True), day(90)) == ()
    assert moves(CUSTOMER, lead(won_at=START, accepted=True), day(90)) == (Stage.RECYCLED,)


def test_a_recycled_customer_becomes_a_customer_again_by_a_newer_deal_only() -> None:
    state, _ = run([(day(60), lead(won_at=START))], CUSTOMER)
    assert (state.stage, state.left_customer_at) == (Stage.RECYCLED, day(60))
    assert moves(state, lead(won_at=START), day(61)) == ()
    assert moves(state, lead(won_at=day(61)), day(61)) == (Stage.CUSTOMER,)


def test_an_old_deal_makes_no_customer_of_a_former_customer_that_has_moved_on() -> None:
    back = lead(READER, won_at=START, last_seen_at=day(70))
    state, _ = run([(day(60), lead(won_at=START)), (day(70), back)], CUSTOMER)
    assert state.stage is Stage.PROFILE_DEVELOPMENT
    assert moves(state, back, day(71)) == ()
    state, _ = run([(day(71), replace(back, disqualifications=GATE))], state)
    assert moves(state, back, day(72)) == (Stage.PROFILE_DEVELOPMENT,)


@pytest.mark.parametrize("stage", [*LADDER, Stage.RECYCLED])
def test_an_open_disqualification_beats_triggers_thresholds_and_dwell(stage: Stage) -> None:
    facts = lead(READER | BUILDER, 90, triggers=(quote(),), disqualifications=GATE)
    assert moves(standing(stage), facts, START) == (Stage.DISQUALIFIED,)


def test_the_reasons_of_a_disqualification_are_the_sentences_of_its_gates() -> None:
    facts = lead(disqualifications=("job_application", "competitor", "new_gate"))
    assert sentences(StageState.beginning(START), facts, START) == [
        "Applied for a job",
        "Works for a competitor or a staffing vendor",
        "New gate",
    ]


def test_a_lead_stays_disqualified_while_a_gate_is_open() -> None:
    assert moves(DISQUALIFIED, lead(READER, disqualifications=GATE), day(99)) == ()


def test_a_lead_that_is_disqualified_no_longer_is_placed_by_entry_conditions() -> None:
    lukewarm = {"tool_usage": 35, "content_completion": 35}
    assert moves(DISQUALIFIED, lead(lukewarm), day(1)) == (Stage.INITIAL_ENGAGEMENT,)
    assert moves(DISQUALIFIED, lead(READER), day(1)) == (Stage.PROFILE_DEVELOPMENT,)
    assert moves(DISQUALIFIED, lead(triggers=(quote(),)), day(1)) == (Stage.QUALIFIED,)
    assert sentences(DISQUALIFIED, lead(triggers=(quote(),)), day(1)) == [
        "No longer disqualified",
        "Requested a quote for 4 bookkeepers",
    ]


def test_a_disqualified_lead_that_is_not_known_any_more_is_a_visitor_again() -> None:
    facts = lead(disqualifications=GATE, known=False)
    assert moves(DISQUALIFIED, facts, START) == (Stage.INITIAL_ENGAGEMENT,)
    assert sentences(DISQUALIFIED, facts, START) == ["No e-mail address or user id any more"]


@pytest.mark.parametrize("stage", LADDER[1:])
def test_sixty_silent_days_recycle_every_ruled_stage(stage: Stage) -> None:
    facts = lead(READER | BUILDER, 90)
    assert Stage.RECYCLED not in moves(standing(stage), facts, day(60) - INSTANT)
    assert moves(standing(stage), facts, day(60)) == (Stage.RECYCLED,)
    assert sentences(standing(stage), facts, day(73.5)) == ["No activity for 73 days"]


def test_silence_leaves_initial_engagement_alone() -> None:
    assert moves(StageState.beginning(START), lead(), day(300)) == ()


def test_a_lead_that_would_fall_and_is_silent_is_recycled_in_one_move() -> None:
    facts = lead({"tool_usage": 31, "content_completion": 31})
    assert moves(standing(Stage.QUALIFIED), facts, day(60)) == (Stage.RECYCLED,)


def test_a_recycled_lead_comes_back_by_new_activity_and_an_entry_condition_together() -> None:
    assert moves(RECYCLED, lead(READER, last_seen_at=START), day(1)) == ()
    assert moves(RECYCLED, lead(last_seen_at=day(1)), day(1)) == ()
    assert moves(RECYCLED, lead(READER, last_seen_at=day(1)), day(1)) == (Stage.PROFILE_DEVELOPMENT,)
    assert sentences(RECYCLED, lead(READER, last_seen_at=day(1)), day(1))[0] == "Active again after a silence"


def test_triggers_from_before_the_recycling_are_spent_for_good() -> None:
    old = lead(READER, triggers=(quote(START),), last_seen_at=day(1))
    state, _ = run([(day(1), old)], RECYCLED)
    assert state.stage is Stage.PROFILE_DEVELOPMENT
    assert moves(state, old, day(2)) == ()
    newer = replace(old, triggers=(quote(START), premium(day(2))))
    assert moves(state, newer, day(2)) == (Stage.CONVERSION_SIGNALS,)


def test_a_recycled_lead_comes_back_by_a_new_trigger() -> None:
    facts = lead(triggers=(quote(day(1)),), last_seen_at=day(1))
    assert moves(RECYCLED, facts, day(1)) == (Stage.QUALIFIED,)
