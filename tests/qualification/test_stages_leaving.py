"""How leads fall: hysteresis, dwell, what a stage needs, and the hands of sales."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stage_cast import BUILDER, READER, RULESET, START, day, lead, moves, premium, quote, sentences, standing

from leadline.qualification.evaluation import evaluate
from leadline.qualification.stages import Stage
from leadline.scoring.stage_terms import Threshold

DEVELOPING = standing(Stage.PROFILE_DEVELOPMENT)
SIGNALLING = standing(Stage.CONVERSION_SIGNALS)
QUALIFIED = standing(Stage.QUALIFIED)
INSTANT = timedelta(microseconds=1)


def test_profile_development_stays_down_to_its_exit_values() -> None:
    assert moves(DEVELOPING, lead({"tool_usage": 30, "time_spent": 20}), day(9)) == ()
    assert moves(DEVELOPING, lead({"tool_usage": 29.999999, "time_spent": 20}), day(9)) == (Stage.INITIAL_ENGAGEMENT,)


def test_profile_development_is_not_left_within_three_days() -> None:
    assert moves(DEVELOPING, lead(), day(3) - INSTANT) == ()
    assert moves(DEVELOPING, lead(), day(3)) == (Stage.INITIAL_ENGAGEMENT,)


def test_conversion_signals_stays_by_its_own_exit_values_without_those_of_profile_development() -> None:
    assert moves(SIGNALLING, lead({"profile_completion": 40, "quiz_results": 40}), day(9)) == ()
    assert moves(SIGNALLING, lead({"profile_completion": 40, "quiz_results": 39}), day(9)) != ()


def test_conversion_signals_stays_while_a_trigger_is_younger_than_thirty_days() -> None:
    facts = lead(triggers=(premium(),))
    assert moves(SIGNALLING, facts, day(30) - INSTANT) == ()
    assert moves(SIGNALLING, facts, day(30)) == (Stage.INITIAL_ENGAGEMENT,)


def test_conversion_signals_falls_to_profile_development_by_its_exit_values() -> None:
    assert moves(SIGNALLING, lead({"tool_usage": 31, "time_spent": 21}), day(1)) == (Stage.PROFILE_DEVELOPMENT,)


def test_qualified_stays_while_the_total_is_30_or_a_trigger_is_young() -> None:
    assert moves(QUALIFIED, lead(total=30), day(50)) == ()
    assert moves(QUALIFIED, lead(triggers=(quote(day(21)),)), day(50)) == ()
    assert moves(QUALIFIED, lead(total=29.999999), day(50)) == (Stage.INITIAL_ENGAGEMENT,)


def test_qualified_is_not_left_within_fourteen_days() -> None:
    assert moves(QUALIFIED, lead(), day(14) - INSTANT) == ()
    assert moves(QUALIFIED, lead(), day(14)) == (Stage.INITIAL_ENGAGEMENT,)


def test_qualified_falls_to_the_highest_lower_stage_that_keeps_it() -> None:
    builder = {"quiz_results": 40, "role_builder_progress": 30}
    reader = {"content_completion": 30, "time_spent": 20}
    assert moves(QUALIFIED, lead(reader | builder), day(20)) == (Stage.CONVERSION_SIGNALS,)
    assert moves(QUALIFIED, lead(triggers=(premium(day(9)),)), day(20)) == (Stage.CONVERSION_SIGNALS,)
    assert moves(QUALIFIED, lead(reader), day(20)) == (Stage.PROFILE_DEVELOPMENT,)


@pytest.mark.parametrize("missing", ["reachable", "permitted"])
def test_who_is_not_reachable_or_permitted_any_more_leaves_qualified_at_once_in_spite_of_dwell(missing: str) -> None:
    facts = lead(READER | BUILDER, 90, triggers=(quote(),), **{missing: False})
    assert moves(QUALIFIED, facts, day(1)) == (Stage.CONVERSION_SIGNALS,)


@pytest.mark.parametrize("state", [DEVELOPING, SIGNALLING, QUALIFIED])
def test_who_is_not_known_any_more_falls_to_initial_engagement_at_once(state) -> None:
    facts = lead(READER | BUILDER, 90, triggers=(quote(),), known=False)
    assert moves(state, facts, START) == (Stage.INITIAL_ENGAGEMENT,)


@pytest.mark.parametrize("hands", ["accepted", "open_opportunity"])
@pytest.mark.parametrize("state", [DEVELOPING, SIGNALLING, QUALIFIED])
def test_nothing_demotes_disqualifies_or_recycles_what_sales_has_in_hand(state, hands: str) -> None:
    facts = lead(reachable=False, **{hands: True})
    assert moves(state, facts, day(300)) == ()
    assert moves(state, replace(facts, disqualifications=("job_application",)), day(300)) == ()


def test_what_sales_has_in_hand_still_rises_unless_a_disqualification_is_open() -> None:
    facts = lead(triggers=(quote(),), accepted=True)
    assert moves(SIGNALLING, facts, START) == (Stage.QUALIFIED,)
    assert moves(SIGNALLING, replace(facts, disqualifications=("job_application",)), START) == ()


def test_a_total_between_exit_and_entry_moves_nobody() -> None:
    facts = lead(total=54.9)
    assert moves(QUALIFIED, facts, day(40)) == ()
    assert moves(SIGNALLING, replace(facts, triggers=(premium(day(39)),)), day(40)) == ()


def test_a_stage_that_the_ruleset_dropped_is_left_at_once() -> None:
    fewer = replace(RULESET, stages=RULESET.stages[1:])
    (transition,) = evaluate(fewer, DEVELOPING, lead(READER), START).transitions
    assert transition.to_stage is Stage.INITIAL_ENGAGEMENT
    assert transition.reasons[0].sentence == "The rules have no stage Profile development any more"


def test_who_meets_the_entry_values_stays_even_when_the_ruleset_asks_for_more_to_stay() -> None:
    strict = Threshold(3, (("tool_usage", 90_000), ("content_completion", 90_000), ("time_spent", 90_000)))
    odd = replace(RULESET, stages=(replace(RULESET.stages[0], stay=strict), *RULESET.stages[1:]))
    assert evaluate(odd, DEVELOPING, lead(READER), day(9)).transitions == ()


def test_the_reason_to_leave_qualified_names_the_total_and_the_missing_trigger() -> None:
    assert sentences(QUALIFIED, lead(total=12), day(40)) == ["Total below 30 and no trigger for 30 days"]


def test_the_reasons_to_leave_profile_development_name_each_low_factor() -> None:
    assert sentences(DEVELOPING, lead({"tool_usage": 80, "time_spent": 19.99}), day(5)) == [
        "Content completion is at 0 (needs 30 to stay)",
        "Time spent is at 19 (needs 20 to stay)",
    ]


def test_the_reasons_to_leave_conversion_signals_name_factors_and_the_missing_trigger() -> None:
    facts = lead({"profile_completion": 90, "quiz_results": 39})
    assert sentences(SIGNALLING, facts, day(5)) == [
        "Quiz is at 39 (needs 40 to stay)",
        "Role builder is at 0 (needs 30 to stay)",
        "No trigger for 30 days",
    ]


def test_the_reason_to_leave_says_which_need_is_missing() -> None:
    assert sentences(QUALIFIED, lead(reachable=False), START) == [
        "No e-mail address or telephone number that works any more"
    ]
