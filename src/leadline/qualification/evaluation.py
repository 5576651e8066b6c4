"""The stage machine: where a lead belongs at one instant, and the move that takes it there.

Pure and deterministic. Evaluating again at the same instant with the same facts changes nothing, and an evaluation
that sees no new facts and makes no move leaves no trace; so how events are batched cannot show, other than that a
held total begins at an evaluation.

In order of precedence:

1. A visitor (not known) never leaves initial_engagement: no trigger, deal or disqualification counts.
2. A won deal makes a customer, also of a disqualified lead; the order in which the two arrive must not matter.
   Customers are never demoted or disqualified, only recycled after silence; not while a disqualification is open,
   since a recycled lead would be disqualified at once.
3. A lead in the hands of sales (accepted, or with an open opportunity) never falls and is never recycled. While a
   disqualification is open it does not move at all: a person decides.
4. An open disqualification disqualifies. When none is open any more, the lead is placed by entry conditions, as from
   initial_engagement.
5. A recycled lead comes back when it was active since and some entry condition holds; older triggers are spent.
6. Else the lead climbs to the highest stage that it may enter, with no dwell; or, when its stay condition fails and
   its dwell is over, falls to the highest lower stage whose stay condition holds; or is recycled after silence.
"""

from dataclasses import replace
from datetime import datetime

from leadline.qualification.conditions import (
    Situation,
    active_again,
    dwells,
    enters,
    holding_name,
    in_hands_of_sales,
    reaches,
    recycles,
    stays,
    wins,
)
from leadline.qualification.sentences import reasons_for
from leadline.qualification.stages import LADDER, RUNG, Decision, LeadFacts, Stage, StageState, Transition
from leadline.scoring.ruleset import Ruleset, StageRule


def evaluate(ruleset: Ruleset, state: StageState, facts: LeadFacts, at: datetime) -> Decision:
    """Decide where a lead belongs at `at`.

    Args:
        state: what the last evaluation returned, or `StageState.beginning`.
        facts: as they are known at `at`.

    Returns:
        The state to remember, and one transition straight to the new stage or none.
    """
    rules = {rule.name: rule for rule in ruleset.stages}
    situation = Situation(ruleset, rules, _remember(rules, state, facts, at), facts, at)
    target = _target(situation)
    if target is state.stage:
        return Decision(situation.state)
    transition = Transition(state.stage, target, at, reasons_for(situation, target))
    return Decision(_moved(situation.state, target, at), (transition,))


def entry_factors(ruleset: Ruleset) -> frozenset[str]:
    """The names of the factors that some stage's threshold mentions: no other factor moves a lead by itself."""
    return frozenset(name for rule in ruleset.stages for name in _factors_of(rule))


def _factors_of(rule: StageRule) -> list[str]:
    thresholds = [threshold for threshold in (rule.enter, rule.stay) if threshold is not None]
    return [name for threshold in thresholds for name, _ in threshold.factors]


def _remember(rules: dict[str, StageRule], state: StageState, facts: LeadFacts, at: datetime) -> StageState:
    """The state with `holding` as this evaluation sees it: what holds keeps its beginning, what fails is forgotten."""
    totals = {rule.enter_total for rule in rules.values() if rule.enter_total is not None}
    names = sorted(holding_name(points) for points in totals if reaches(facts.total_micro, points))
    holding = {name: state.holding.get(name, at) for name in names}
    return state if holding == state.holding else replace(state, holding=holding)


def _moved(state: StageState, target: Stage, at: datetime) -> StageState:
    if target is not Stage.RECYCLED:
        return replace(state, stage=target, since=at)
    left = at if state.stage is Stage.CUSTOMER else state.left_customer_at
    return replace(state, stage=target, since=at, recycled_at=at, left_customer_at=left)


def _target(situation: Situation) -> Stage:
    stage, facts = situation.state.stage, situation.facts
    if stage is Stage.CUSTOMER:
        return Stage.RECYCLED if recycles(situation, stage) and not facts.disqualifications else stage
    if wins(situation):
        return Stage.CUSTOMER
    if facts.disqualifications and facts.known:
        return stage if in_hands_of_sales(facts) else Stage.DISQUALIFIED
    if stage is Stage.DISQUALIFIED:
        return _climb(situation, Stage.INITIAL_ENGAGEMENT)
    if stage is Stage.RECYCLED:
        return _reactivated(situation)
    return _on_the_ladder(situation)


def _reactivated(situation: Situation) -> Stage:
    if not active_again(situation):
        return Stage.RECYCLED
    reached = _climb(situation, Stage.INITIAL_ENGAGEMENT)
    return Stage.RECYCLED if reached is Stage.INITIAL_ENGAGEMENT else reached


def _on_the_ladder(situation: Situation) -> Stage:
    stage = situation.state.stage
    reached = _climb(situation, stage)
    if reached is not stage:
        return reached
    place = stage if _keeps(situation) else _fall(situation)
    return Stage.RECYCLED if recycles(situation, place) else place


def _keeps(situation: Situation) -> bool:
    return stays(situation, situation.state.stage) or in_hands_of_sales(situation.facts) or dwells(situation)


def _climb(situation: Situation, start: Stage) -> Stage:
    """The highest stage that the lead may enter from `start`; `start` itself when there is none."""
    reached = start
    for stage in LADDER[RUNG[start] + 1 :]:
        if enters(situation, stage, reached):
            reached = stage
    return reached


def _fall(situation: Situation) -> Stage:
    """The highest stage below whose stay condition holds."""
    below = LADDER[: RUNG[situation.state.stage]]
    return next((stage for stage in reversed(below) if stays(situation, stage)), Stage.INITIAL_ENGAGEMENT)
