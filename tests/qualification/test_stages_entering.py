"""How leads rise: thresholds, triggers, a held total, and what each stage needs."""

from datetime import timedelta

import pytest
from stage_cast import BUILDER, READER, RULESET, START, day, lead, moves, premium, quote, run, sentences, standing

from leadline.qualification.evaluation import entry_factors, evaluate
from leadline.qualification.stages import LeadFacts, Stage, StageState, Trigger

BEGINNING = StageState.beginning(START)
DEVELOPING = standing(Stage.PROFILE_DEVELOPMENT)


def test_two_of_three_engagement_factors_enter_profile_development() -> None:
    assert moves(BEGINNING, lead(READER), START) == (Stage.PROFILE_DEVELOPMENT,)
    assert moves(BEGINNING, lead({"tool_usage": 100}), START) == ()


def test_a_threshold_is_reached_at_its_very_value() -> None:
    assert moves(BEGINNING, lead({"tool_usage": 50, "time_spent": 40}), START) == (Stage.PROFILE_DEVELOPMENT,)
    assert moves(BEGINNING, lead({"tool_usage": 49.999999, "time_spent": 40}), START) == ()


def test_a_visitor_never_leaves_initial_engagement_even_with_triggers_a_deal_or_a_disqualification() -> None:
    visitor = lead(
        READER | BUILDER, 90, known=False, triggers=(quote(),), won_at=START, disqualifications=("job_application",)
    )
    assert moves(BEGINNING, visitor, START) == ()
    held = standing(Stage.INITIAL_ENGAGEMENT, holding={"total_55": day(-9)})
    assert moves(held, visitor, START) == ()


def test_both_thresholds_together_lead_straight_to_conversion_signals() -> None:
    assert moves(BEGINNING, lead(READER | BUILDER), START) == (Stage.CONVERSION_SIGNALS,)


def test_a_newcomer_with_conversion_factors_alone_needs_the_entry_values_of_profile_development() -> None:
    lukewarm = {"tool_usage": 35, "content_completion": 35}
    assert moves(BEGINNING, lead(lukewarm | BUILDER), START) == ()
    assert moves(BEGINNING, lead(BUILDER), START) == ()


def test_who_is_in_profile_development_needs_only_its_stay_values_to_rise() -> None:
    lukewarm = {"tool_usage": 35, "content_completion": 35}
    assert moves(DEVELOPING, lead(lukewarm | BUILDER), START) == (Stage.CONVERSION_SIGNALS,)
    assert moves(DEVELOPING, lead({"tool_usage": 35} | BUILDER), START) == ()


def test_a_premium_upgrade_alone_reaches_conversion_signals_and_no_further() -> None:
    assert moves(BEGINNING, lead(triggers=(premium(),)), START) == (Stage.CONVERSION_SIGNALS,)


def test_a_quote_qualifies_at_once() -> None:
    assert moves(BEGINNING, lead(triggers=(quote(),)), START) == (Stage.QUALIFIED,)


def test_a_trigger_counts_for_less_than_thirty_days() -> None:
    facts = lead(triggers=(quote(),))
    assert moves(BEGINNING, facts, day(30) - timedelta(microseconds=1)) == (Stage.QUALIFIED,)
    assert moves(BEGINNING, facts, day(30)) == ()


def test_a_trigger_of_another_stage_does_not_count() -> None:
    assert moves(BEGINNING, lead(triggers=(Trigger("other", START, ("customer",), ""),)), START) == ()


@pytest.mark.parametrize("missing", ["reachable", "permitted"])
def test_who_is_not_reachable_or_not_permitted_gets_a_trigger_to_conversion_signals_only(missing: str) -> None:
    facts = lead(triggers=(quote(),), **{missing: False})
    assert moves(BEGINNING, facts, START) == (Stage.CONVERSION_SIGNALS,)


def test_a_total_of_55_qualifies_once_held_for_a_day() -> None:
    facts = lead(total=55)
    state, transitions = run([(day(0), facts), (day(0.9), facts)])
    assert (state.stage, transitions) == (Stage.INITIAL_ENGAGEMENT, [])
    assert state.holding == {"total_55": START}
    assert moves(state, facts, day(1)) == (Stage.QUALIFIED,)


def test_a_total_that_was_seen_below_55_begins_to_be_held_anew() -> None:
    high, low = lead(total=60), lead(total=54.999999)
    state, transitions = run([(day(0), high), (day(0.5), low), (day(0.6), high), (day(1.5), high)])
    assert (transitions, state.holding) == ([], {"total_55": day(0.6)})
    assert moves(state, high, day(1.6)) == (Stage.QUALIFIED,)


def test_nobody_waits_for_dwell_to_rise() -> None:
    assert moves(DEVELOPING, lead(READER, triggers=(quote(),)), START) == (Stage.QUALIFIED,)


def test_an_evaluation_makes_one_transition_straight_to_the_target() -> None:
    decision = evaluate(RULESET, BEGINNING, lead(READER | BUILDER, triggers=(quote(),)), day(1))
    (transition,) = decision.transitions
    assert (transition.from_stage, transition.to_stage) == (Stage.INITIAL_ENGAGEMENT, Stage.QUALIFIED)
    assert (transition.at, decision.state.since, decision.state.stage) == (day(1), day(1), Stage.QUALIFIED)


def test_a_lead_that_has_been_silent_too_long_does_not_rise() -> None:
    assert moves(BEGINNING, lead(READER, last_seen_at=day(-60)), START) == ()
    assert moves(BEGINNING, lead(READER, last_seen_at=None), START) == (Stage.PROFILE_DEVELOPMENT,)


def test_the_reasons_name_each_factor_with_its_score_and_what_was_needed() -> None:
    assert sentences(BEGINNING, lead(READER | {"tool_usage": 54.9}), START) == [
        "Tool usage reached 54 (needs 50)",
        "Content completion reached 51 (needs 50)",
    ]


def test_the_reasons_of_a_skipped_stage_are_given_too() -> None:
    assert sentences(BEGINNING, lead(READER | BUILDER), START) == [
        "Profile reached 62 (needs 60)",
        "Role builder reached 55 (needs 50)",
        "Tool usage reached 54 (needs 50)",
        "Content completion reached 51 (needs 50)",
    ]


def test_the_reason_of_a_trigger_is_its_sentence_newest_first() -> None:
    facts = lead(READER | BUILDER, triggers=(quote(), Trigger("strategy_call", day(1), ("qualified",), "Booked")))
    assert sentences(BEGINNING, facts, day(2)) == ["Booked", "Requested a quote for 4 bookkeepers"]


def test_of_many_triggers_the_three_newest_are_named() -> None:
    facts = lead(triggers=tuple(Trigger("quote_requested", day(n), ("qualified",), f"Quote {n}") for n in range(9)))
    assert sentences(BEGINNING, facts, day(9)) == ["Quote 8", "Quote 7", "Quote 6"]


def test_a_trigger_without_a_sentence_is_called_by_its_name() -> None:
    facts = lead(triggers=(Trigger("strategy_call", START, ("qualified",), ""),))
    assert sentences(BEGINNING, facts, START) == ["Strategy call"]


def test_the_reason_of_a_held_total_says_how_high_and_how_long() -> None:
    state = standing(Stage.CONVERSION_SIGNALS, holding={"total_55": START})
    assert sentences(state, lead(total=61.7), day(2)) == ["Total is 61 and has been 55 or more for 24 hours"]


def test_entry_factors_are_those_that_thresholds_mention() -> None:
    assert entry_factors(RULESET) == {
        *("tool_usage", "content_completion", "time_spent"),
        *("profile_completion", "quiz_results", "role_builder_progress"),
    }


def test_a_state_survives_json() -> None:
    state = standing(Stage.RECYCLED, holding={"total_55": day(0.1)}, recycled_at=day(3), left_customer_at=day(4))
    assert StageState.from_dict(state.as_dict()) == state
    assert StageState.from_dict({"stage": "qualified", "since": day(1).isoformat()}) == standing(
        Stage.QUALIFIED, day(1)
    )


def test_nobody_moves_without_facts() -> None:
    assert moves(BEGINNING, LeadFacts(), day(100)) == ()
