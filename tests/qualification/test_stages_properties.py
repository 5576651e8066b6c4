"""What holds of the stage machine for any facts, any history and any (even odd) thresholds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from stage_cast import READER, RULESET, START, day, lead, micro, run

from leadline.qualification.evaluation import entry_factors, evaluate
from leadline.qualification.stages import LADDER, RUNG, LeadFacts, Stage, StageState, Transition, Trigger
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import Recycling, StageRule, Threshold

FACTORS = sorted(entry_factors(RULESET))
RULED = tuple(str(stage) for stage in LADDER[1:])
DAYS = st.integers(-200, 200).map(lambda halves: START + timedelta(days=halves / 2))
POINTS = st.sampled_from([0, 10, 20, 29, 30, 40, 50, 54, 55, 60, 100])
GATES = st.sets(st.sampled_from(["job_application", "competitor"]), max_size=1).map(tuple)
TRIGGERS = st.builds(Trigger, st.just("quote_requested"), DAYS, st.sets(st.sampled_from(RULED)).map(tuple), st.just(""))
LIKELY = st.sampled_from([True, True, True, False])
UNLIKELY = st.sampled_from([False, False, False, True])
REASONS = st.sampled_from(["", "", "", "not_hiring", "vendor", "not_in_the_ruleset"])
OVERRIDES = st.one_of(st.just(""), st.just(""), st.sampled_from([str(stage) for stage in Stage]))
SCORES = st.one_of(
    st.sampled_from([0, 35, 100]).map(lambda points: dict.fromkeys(FACTORS, points)),
    st.fixed_dictionaries(dict.fromkeys(FACTORS, POINTS)),
)
FACTS = st.builds(
    LeadFacts,
    factors=SCORES.map(micro),
    total_micro=POINTS.map(lambda points: points * 1_000_000),
    known=LIKELY,
    reachable=LIKELY,
    permitted=LIKELY,
    disqualifications=st.one_of(st.just(()), st.just(()), GATES),
    triggers=st.lists(TRIGGERS, max_size=2).map(tuple),
    won_at=st.one_of(st.none(), st.none(), DAYS),
    last_seen_at=st.one_of(st.none(), DAYS, DAYS),
    accepted=UNLIKELY,
    open_opportunity=UNLIKELY,
    accepted_at=st.one_of(st.none(), DAYS),
    rejection=REASONS,
    rejected_at=st.one_of(st.none(), DAYS, DAYS),
    override_stage=OVERRIDES,
    override_until=st.one_of(st.none(), DAYS, DAYS),
)
STATES = st.builds(
    StageState,
    st.sampled_from(Stage),
    DAYS,
    st.dictionaries(st.just("total_55"), DAYS),
    st.one_of(st.none(), DAYS),
    st.one_of(st.none(), DAYS),
    UNLIKELY,
    st.one_of(st.none(), st.none(), DAYS),
)
LET_BE = {"rejection": "", "override_stage": ""}
"""Facts on which sales has no say."""
THRESHOLDS = st.builds(
    Threshold,
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from(FACTORS), POINTS.map(lambda points: points * 1000)), max_size=3).map(tuple),
)
TOTALS = st.one_of(st.none(), st.sampled_from([20_000, 55_000]))


def _rule(name: str) -> st.SearchStrategy[StageRule]:
    return st.builds(
        StageRule,
        st.just(name),
        enter=st.one_of(st.none(), THRESHOLDS),
        stay=st.one_of(st.none(), THRESHOLDS),
        enter_total=TOTALS,
        enter_total_hours=st.sampled_from([0, 24]),
        stay_total=TOTALS,
        trigger_days=st.sampled_from([1, 30, 90]),
        dwell_days=st.sampled_from([0, 3]),
        needs=st.sets(st.sampled_from(["known", "reachable", "permitted"])).map(tuple),
    )


@st.composite
def _rulesets(draw: st.DrawFn) -> Ruleset:
    """The default ruleset or one whose stages are arbitrary, even where the document's reader would refuse."""
    stages = tuple(draw(_rule(name)) for name in RULED if draw(LIKELY))
    recycled = draw(st.sets(st.sampled_from([*RULED, "customer"])).map(tuple))
    odd = replace(RULESET, stages=stages, recycling=Recycling(draw(st.sampled_from([1, 60])), recycled))
    return draw(st.sampled_from([RULESET, odd]))


RULESETS = _rulesets()
GAPS = st.integers(0, 60).map(lambda halves: timedelta(days=halves / 2))
HISTORIES = st.lists(st.tuples(GAPS, FACTS, st.integers(0, 3)), min_size=1, max_size=6)


def _steps(history: Sequence[tuple[timedelta, LeadFacts, int]]) -> list[tuple[datetime, LeadFacts, bool]]:
    """Instants with facts and whether they are new; each fact is followed by evaluations that see nothing new. The end
    of an override is news."""
    steps, at = [], START
    for gap, facts, repeats in history:
        for repeat in range(repeats + 1):
            at += gap
            ended = facts.override_until is not None and at - gap < facts.override_until <= at
            steps.append((at, facts, repeat == 0 or ended))
    return steps


def _untouched(state: StageState) -> StageState:
    """A state in which sales never said anything that holds a lead."""
    return replace(state, overridden=False, rejected_at=None)


@given(RULESETS, STATES, FACTS, DAYS)
def test_evaluating_again_at_the_same_instant_changes_nothing(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime
) -> None:
    first = evaluate(ruleset, state, facts, at)
    again = evaluate(ruleset, first.state, facts, at)
    assert (again.state, again.transitions) == (first.state, ())
    assert evaluate(ruleset, state, facts, at) == first


@given(RULESETS, STATES, FACTS, DAYS)
def test_a_move_is_one_transition_from_the_old_stage_to_the_new_with_reasons(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime
) -> None:
    decision = evaluate(ruleset, state, facts, at)
    if decision.state.stage is state.stage:
        assert (decision.transitions, decision.state.since) == ((), state.since)
        return
    (transition,) = decision.transitions
    assert transition.from_stage is state.stage
    assert (transition.to_stage, transition.at) == (decision.state.stage, decision.state.since)
    assert transition.reasons
    assert all(reason.sentence for reason in transition.reasons)


@given(STATES, FACTS, DAYS)
def test_nobody_is_qualified_who_must_not_be(state: StageState, facts: LeadFacts, at: datetime) -> None:
    facts = replace(facts, override_stage="")
    after = evaluate(RULESET, state, facts, at).state.stage
    allowed = facts.known and facts.reachable and facts.permitted and not facts.disqualifications
    kept_by_sales = state.stage is Stage.QUALIFIED and (facts.accepted or facts.open_opportunity)
    assert after is not Stage.QUALIFIED or allowed or kept_by_sales


@given(RULESETS, HISTORIES)
def test_a_visitor_stays_in_initial_engagement(
    ruleset: Ruleset, history: list[tuple[timedelta, LeadFacts, int]]
) -> None:
    state = StageState.beginning(START)
    for at, facts, _ in _steps(history):
        state = evaluate(ruleset, state, replace(facts, known=False), at).state
    assert state.stage is Stage.INITIAL_ENGAGEMENT


@given(RULESETS, STATES, HISTORIES)
def test_evaluations_that_see_nothing_new_and_move_nobody_leave_no_trace(
    ruleset: Ruleset, state: StageState, history: list[tuple[timedelta, LeadFacts, int]]
) -> None:
    def follow(steps: list[tuple[datetime, LeadFacts, bool]]) -> tuple[StageState, list[Transition]]:
        current, made = state, []
        for at, facts, _ in steps:
            decision = evaluate(ruleset, current, facts, at)
            current = decision.state
            made += decision.transitions
        return current, made

    steps = _steps(history)
    every = follow(steps)
    moved_at = {transition.at for transition in every[1]}
    assert follow([step for step in steps if step[2] or step[0] in moved_at]) == every


@given(RULESETS, STATES, FACTS, DAYS)
def test_nobody_falls_before_dwell_is_over_but_who_lacks_a_need(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime
) -> None:
    state, facts = _untouched(state), replace(facts, **LET_BE)
    after = evaluate(ruleset, state, facts, at).state.stage
    rule = next((rule for rule in ruleset.stages if rule.name == state.stage), None)
    falls = state.stage in RUNG and after in RUNG and RUNG[after] < RUNG[state.stage]
    lacks = rule is not None and not all(getattr(facts, need) for need in ("known", *rule.needs))
    if falls and rule is not None and not lacks:
        assert at - state.since >= timedelta(days=rule.dwell_days)


@given(RULESETS, STATES, FACTS, DAYS)
def test_what_sales_has_in_hand_never_falls_and_is_never_disqualified_or_recycled(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime
) -> None:
    facts = replace(facts, open_opportunity=True, **LET_BE)
    after = evaluate(ruleset, _untouched(state), facts, at).state.stage
    if state.stage in RUNG:
        assert after is Stage.CUSTOMER or RUNG[after] >= RUNG[state.stage]
    assert after is state.stage or after not in (Stage.DISQUALIFIED, Stage.RECYCLED)


WOBBLES = st.lists(st.floats(30, 54.99), min_size=5, max_size=40)


@given(WOBBLES, st.sampled_from([Stage.INITIAL_ENGAGEMENT, Stage.QUALIFIED]))
def test_a_total_that_wobbles_between_exit_and_entry_moves_nobody(totals: list[float], stage: Stage) -> None:
    steps = [(day(number), lead(total=total, last_seen_at=day(number))) for number, total in enumerate(totals)]
    assert run(steps, StageState(stage, START))[1] == []


@given(st.lists(st.floats(30, 49.99), min_size=5, max_size=40), st.booleans())
def test_factors_that_wobble_between_exit_and_entry_move_nobody(scores: list[float], developing: bool) -> None:
    stage = Stage.PROFILE_DEVELOPMENT if developing else Stage.INITIAL_ENGAGEMENT
    steps = [
        (day(number), lead({"tool_usage": score, "content_completion": score}, last_seen_at=day(number)))
        for number, score in enumerate(scores)
    ]
    assert run(steps, StageState(stage, START))[1] == []


@given(st.lists(st.booleans(), min_size=10, max_size=60))
def test_factors_that_jump_over_both_thresholds_each_hour_move_a_lead_at_most_once_per_dwell(ups: list[bool]) -> None:
    steps = [(day(number / 24), lead(READER if up else {})) for number, up in enumerate(ups)]
    _, made = run(steps)
    assert len(made) <= 1  # sixty hours are less than the three days of dwell


@given(STATES)
def test_any_state_survives_json(state: StageState) -> None:
    assert StageState.from_dict(state.as_dict()) == state


@given(RULESETS, STATES, FACTS, DAYS, st.sampled_from(Stage))
def test_an_override_puts_a_known_lead_into_its_stage_while_it_lasts(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime, stage: Stage
) -> None:
    held = replace(facts, known=True, override_stage=stage.value, override_until=at + timedelta(microseconds=1))
    after = evaluate(ruleset, state, held, at).state
    assert (after.stage, after.overridden) == (stage, True)
    ended = evaluate(ruleset, after, held, at + timedelta(microseconds=1)).state
    assert not ended.overridden


@given(RULESETS, STATES, FACTS, DAYS)
def test_an_override_that_ends_leaves_no_trace_in_the_stage(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime
) -> None:
    free = replace(facts, known=True, **LET_BE, accepted=False, open_opportunity=False)
    begun = _untouched(StageState(Stage.INITIAL_ENGAGEMENT, START, recycled_at=state.recycled_at))
    held = evaluate(ruleset, begun, replace(free, override_stage="customer"), at).state
    assert evaluate(ruleset, held, free, at).state.stage is evaluate(ruleset, begun, free, at).state.stage


@given(RULESETS, STATES, FACTS, DAYS)
def test_a_rejection_moves_a_known_lead_that_is_no_customer_whatever_sales_said_before(
    ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime
) -> None:
    said = replace(facts, known=True, rejection="vendor", rejected_at=at, won_at=None, override_stage="")
    after = evaluate(ruleset, _untouched(state), said, at).state.stage
    assert after in (Stage.DISQUALIFIED, Stage.CUSTOMER, Stage.RECYCLED)
    assert after is Stage.DISQUALIFIED or state.stage is Stage.CUSTOMER
    later = replace(said, rejection="not_hiring")
    first = evaluate(ruleset, _untouched(replace(state, stage=Stage.QUALIFIED, recycled_at=None)), later, at)
    assert first.state.stage is (Stage.DISQUALIFIED if _barred(later) else Stage.RECYCLED)


def _barred(facts: LeadFacts) -> bool:
    in_hands = facts.accepted or facts.open_opportunity
    return bool(facts.disqualifications) and not in_hands


@given(FACTS, DAYS, st.sampled_from(["vendor", "not_hiring"]))
def test_requalifying_undoes_a_rejection(facts: LeadFacts, at: datetime, reason: str) -> None:
    free = replace(facts, **LET_BE, accepted=False, open_opportunity=False)
    begun = StageState.beginning(START)
    rejected = evaluate(RULESET, begun, replace(free, rejection=reason, rejected_at=at), at).state
    again = evaluate(RULESET, rejected, free, at).state
    assert again.stage is evaluate(RULESET, begun, free, at).state.stage
    assert again.rejected_at is None
