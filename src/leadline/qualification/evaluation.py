"""The stage machine: where a lead belongs at one instant, and the move that takes it there.

Pure and deterministic. Evaluating again at the same instant with the same facts changes nothing, and an evaluation
that sees no new facts and makes no move leaves no trace; so how events are batched cannot show, other than that a
held total begins at an evaluation.

In order of precedence:

1. A visitor (not known) never leaves initial_engagement: no trigger, deal, disqualification or word of sales counts.
2. An override keeps a lead in the stage that somebody chose, whatever happens meanwhile, until it expires or is
   released. Then the lead is placed by the rules below, as from initial_engagement; one in the hands of sales as from
   the stage it has, so that the end of an override does not demote it.
3. A won deal makes a customer, also of a disqualified or rejected lead; the order in which they arrive must not matter.
   Customers are never demoted, disqualified or rejected, only recycled after silence; not while a disqualification is
   open, since a recycled lead would be disqualified at once.
4. A rejection puts the lead where its reason says (ruleset, `rejections`), over acceptance and an open opportunity. One
   that disqualifies does so until the lead is requalified. One that recycles does so once: 7. says how the lead comes
   back. A requalified lead is placed by entry conditions, as from initial_engagement.
5. A lead in the hands of sales (accepted, or with an open opportunity) never falls and is never recycled. While a
   disqualification is open it does not move at all: a person decides. Recycling ends acceptance.
6. An open disqualification disqualifies. When none is open any more, the lead is placed by entry conditions, as from
   initial_engagement.
7. A recycled lead comes back when it was active since and some entry condition holds; older triggers are spent.
8. Else the lead climbs to the highest stage that it may enter, with no dwell; or, when its stay condition fails and
   its dwell is over, falls to the highest lower stage whose stay condition holds; or is recycled after silence.
"""

from dataclasses import replace
from datetime import datetime

from leadline.qualification.conditions import (
    Situation,
    active_again,
    dwells,
    enters,
    forgiven,
    holding_name,
    in_hands_of_sales,
    is_answered,
    is_requalified,
    overriding,
    reaches,
    recycles,
    rejected_to,
    rejects,
    stays,
    wins,
)
from leadline.qualification.sentences import reasons_for
from leadline.qualification.stages import LADDER, RUNG, Decision, LeadFacts, Stage, StageState, Transition
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import StageRule


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
    after = _answered(situation, target)
    if target is state.stage:
        return Decision(after)
    transition = Transition(state.stage, target, at, reasons_for(situation, target))
    return Decision(_moved(situation, after, target), (transition,))


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


def _answered(situation: Situation, target: Stage) -> StageState:
    """The state with what it remembers of sales: whether an override holds it, and which rejection it answered."""
    state = situation.state
    overridden = overriding(situation) is not None
    if overridden != state.overridden:
        state = replace(state, overridden=overridden)
    if not overridden:
        return _answer_rejection(situation, state, target)
    is_rejected = state.rejected_at is None or rejected_to(situation) is not None
    return state if is_rejected else replace(state, rejected_at=None)


def _answer_rejection(situation: Situation, state: StageState, target: Stage) -> StageState:
    if target is rejects(situation):
        return state if is_answered(situation) else replace(state, rejected_at=_rejection_seen_at(situation))
    if state.rejected_at is None or (target is state.stage and not is_requalified(situation)):
        return state
    # What a rejection ended stays ended once the lead has come back; not when the rejection was taken back.
    spent = state.recycled_at if is_requalified(situation) else state.spent_until
    return replace(state, rejected_at=None, recycled_at=spent)


def _rejection_seen_at(situation: Situation) -> datetime:
    """Not before anything that was known then: a lead comes back by what it does later, by any clock."""
    moments = (situation.at, situation.facts.rejected_at, situation.facts.last_seen_at)
    return max(moment for moment in moments if moment is not None)


def _moved(situation: Situation, state: StageState, target: Stage) -> StageState:
    at = situation.at
    by_silence = target is Stage.RECYCLED and not state.overridden and rejects(situation) is not target
    if not by_silence:
        return replace(state, stage=target, since=at)
    left = at if state.stage is Stage.CUSTOMER else state.left_customer_at
    return replace(state, stage=target, since=at, recycled_at=at, left_customer_at=left)


def _target(situation: Situation) -> Stage:
    chosen = overriding(situation)
    if chosen is not None:
        return chosen
    return _by_rules(_released(situation) if situation.state.overridden else situation)


def _released(situation: Situation) -> Situation:
    """As the rules see a lead whose override has ended: its stage was nobody's but the override's."""
    state = situation.state
    held = state.stage in RUNG and in_hands_of_sales(situation)
    return situation if held else replace(situation, state=replace(state, stage=Stage.INITIAL_ENGAGEMENT))


def _by_rules(situation: Situation) -> Stage:
    stage, facts = situation.state.stage, situation.facts
    if stage is Stage.CUSTOMER:
        return Stage.RECYCLED if recycles(situation, stage) and not facts.disqualifications else stage
    if wins(situation):
        return Stage.CUSTOMER
    barred = _barred(situation)
    if barred is not None:
        return barred
    if is_requalified(situation):
        return _climb(forgiven(situation), Stage.INITIAL_ENGAGEMENT)
    if stage is Stage.DISQUALIFIED:
        return _climb(situation, Stage.INITIAL_ENGAGEMENT)
    if stage is Stage.RECYCLED:
        return _reactivated(situation)
    return _on_the_ladder(situation)


def _barred(situation: Situation) -> Stage | None:
    """Where a rejection or an open disqualification puts or keeps a lead."""
    rejected, held = rejects(situation), in_hands_of_sales(situation)
    gated = bool(situation.facts.disqualifications) and situation.facts.known
    if rejected is Stage.DISQUALIFIED or (gated and not held):
        return Stage.DISQUALIFIED
    if rejected is not None:
        return rejected
    return situation.state.stage if gated else None


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
    return stays(situation, situation.state.stage) or in_hands_of_sales(situation) or dwells(situation)


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
