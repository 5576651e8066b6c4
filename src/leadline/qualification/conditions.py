"""The conditions under which a stage is entered, kept and left: predicates over one lead at one instant.

Spans of time: a trigger counts for less than `trigger_days`; dwell, silence and a held total are over, reached and
held from exactly their length on. A trigger dated later than the evaluation (a clock that is ahead) counts.

Whoever meets a stage's own entry conditions also meets its stay conditions, whatever the ruleset says: otherwise a
lead could enter and leave at one instant.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from leadline.qualification.stages import LADDER, RUNG, LeadFacts, Stage, StageState, Trigger
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.stage_terms import StageRule, Threshold

MICRO_PER_THOUSANDTH = 1000

NEEDS: Mapping[str, Callable[[LeadFacts], bool]] = {
    need: attrgetter(need) for need in ("known", "reachable", "permitted")
}


@dataclass(frozen=True, slots=True)
class Situation:
    """One lead at one instant under one ruleset: what every condition looks at.

    Attributes:
        state: with `holding` brought up to `at`.
        rules: the stage rules by name.
    """

    ruleset: Ruleset
    rules: Mapping[str, StageRule]
    state: StageState
    facts: LeadFacts
    at: datetime


def enters(situation: Situation, stage: Stage, reached: Stage) -> bool:
    """Whether a lead that stands at `reached`, a lower stage of the ladder, may enter `stage`.

    All of: the lead is known; the stage's needs; no silence that would recycle it at once. And one of: a trigger; a
    held total; the stage's factor threshold together with those of the stages below it.
    """
    rule = situation.rules.get(stage)
    if rule is None or missing_needs(situation, rule) or _recycles_at_once(situation, stage):
        return False
    by_itself = bool(triggers_for(situation, rule)) or total_held(situation, rule)
    return by_itself or _thresholds_met(situation, rule, reached)


def stays(situation: Situation, stage: Stage) -> bool:
    """Whether the stage's stay condition holds, dwell aside. Everyone may be in initial_engagement."""
    rule = situation.rules.get(stage)
    if rule is None:
        return stage is Stage.INITIAL_ENGAGEMENT
    if missing_needs(situation, rule):
        return False
    high_enough = rule.stay_total is not None and reaches(situation.facts.total_micro, rule.stay_total)
    kept = high_enough or bool(triggers_for(situation, rule)) or total_held(situation, rule)
    return kept or _keeps_threshold(situation, rule)


def missing_needs(situation: Situation, rule: StageRule) -> tuple[str, ...]:
    """The stage's needs that the lead does not meet. Every ruled stage needs a known lead, said or not."""
    needs = rule.needs if "known" in rule.needs else ("known", *rule.needs)
    return tuple(need for need in needs if not NEEDS[need](situation.facts))


def triggers_for(situation: Situation, rule: StageRule) -> tuple[Trigger, ...]:
    """The triggers that count for a stage: young enough, and newer than the last recycling."""
    if not situation.facts.triggers:
        return ()
    oldest = situation.at - timedelta(days=rule.trigger_days)
    if situation.state.spent_until is not None:
        oldest = max(oldest, situation.state.spent_until)
    return tuple(t for t in situation.facts.triggers if rule.name in t.stages and t.occurred_at > oldest)


def total_held(situation: Situation, rule: StageRule) -> bool:
    """Whether every evaluation of the last `enter_total_hours` saw the total at `enter_total` or above."""
    if rule.enter_total is None:
        return False
    since = situation.state.holding.get(holding_name(rule.enter_total))
    return since is not None and situation.at - since >= timedelta(hours=rule.enter_total_hours)


def holding_name(points: int) -> str:
    """How `StageState.holding` calls a total of so many thousandths of a point or more: "total_55"."""
    return f"total_{points / 1000:g}"


def reaches(micro: int, points: int) -> bool:
    """Whether a score in micro points is at or above a threshold in thousandths of a point."""
    return micro >= points * MICRO_PER_THOUSANDTH


def meets(factors: Mapping[str, int], threshold: Threshold | None) -> bool:
    """Whether enough factors reach their points. No threshold is met by nobody."""
    if threshold is None:
        return False
    return sum(reaches(factors.get(name, 0), points) for name, points in threshold.factors) >= threshold.count


def dwells(situation: Situation) -> bool:
    """Whether the stage was entered too lately to fall from it.

    Dwell guards against scores that wobble. Whoever is not known, reachable or permitted any more falls at once.
    """
    rule = situation.rules.get(situation.state.stage)
    if rule is None or missing_needs(situation, rule):
        return False
    return situation.at - situation.state.since < timedelta(days=rule.dwell_days)


def in_hands_of_sales(situation: Situation) -> bool:
    """Whether a person decides about the lead: nothing demotes, disqualifies or recycles it automatically.

    An acceptance from before the last recycling is over.
    """
    return _accepted(situation) or situation.facts.open_opportunity


def overriding(situation: Situation) -> Stage | None:
    """The stage that somebody's override keeps a known lead in, while it lasts."""
    facts = situation.facts
    if not facts.known or not facts.override_stage:
        return None
    over = facts.override_until is not None and situation.at >= facts.override_until
    return None if over else Stage(facts.override_stage)


def rejected_to(situation: Situation) -> Stage | None:
    """Where the rejection that stands puts a known lead; a reason that the ruleset does not have disqualifies."""
    facts = situation.facts
    if not facts.known or not facts.rejection or facts.rejected_at is None:
        return None
    stages = {rejection.name: rejection.to_stage for rejection in situation.ruleset.rejections}
    return Stage(stages.get(facts.rejection, Stage.DISQUALIFIED))


def is_answered(situation: Situation) -> bool:
    """Whether the machine has acted on the rejection that stands: a recycled lead may come back after it."""
    spent, rejected_at = situation.state.spent_until, situation.facts.rejected_at
    return spent is not None and rejected_at is not None and spent >= rejected_at


def rejects(situation: Situation) -> Stage | None:
    """Where the rejection that stands puts the lead now. One that recycles does so once; after an override again."""
    stage, state = rejected_to(situation), situation.state
    once = stage is Stage.RECYCLED and is_answered(situation)
    return None if once and not (state.overridden and state.rejected_at is not None) else stage


def is_requalified(situation: Situation) -> bool:
    """Whether a rejection put the lead where it is, and none stands any more."""
    state = situation.state
    beside = state.stage in (Stage.DISQUALIFIED, Stage.RECYCLED) and situation.facts.known
    return beside and state.rejected_at is not None and rejected_to(situation) is None


def silence(situation: Situation) -> timedelta:
    """How long nothing was heard; from `since` for those who never had an event.

    A customer's silence counts from the latest of last event, won deal and becoming a customer.
    """
    facts, state = situation.facts, situation.state
    if state.stage is Stage.CUSTOMER:
        heard = (moment for moment in (facts.last_seen_at, facts.won_at, state.since) if moment is not None)
        return situation.at - max(heard)
    return situation.at - (facts.last_seen_at or state.since)


def recycles(situation: Situation, stage: Stage) -> bool:
    """Whether silence recycles a lead out of `stage`.

    An open opportunity prevents it. Acceptance does so up to the won deal: nearly every customer was accepted once.
    """
    recycling, facts = situation.ruleset.recycling, situation.facts
    held = facts.open_opportunity if stage is Stage.CUSTOMER else in_hands_of_sales(situation)
    if held or stage not in recycling.stages:
        return False
    return silence(situation) >= timedelta(days=recycling.after_silent_days)


def wins(situation: Situation) -> bool:
    """Whether a won deal makes the lead a customer: one that is newer than its last time as a customer."""
    facts, left = situation.facts, situation.state.left_customer_at
    if not facts.known or facts.won_at is None:
        return False
    return left is None or facts.won_at > left


def active_again(situation: Situation) -> bool:
    """Whether a recycled lead had an event since it was recycled."""
    seen, spent = situation.facts.last_seen_at, situation.state.spent_until
    return seen is not None and seen > max(situation.state.since, spent or situation.state.since)


def forgiven(situation: Situation) -> Situation:
    """A requalified lead as if it had never been rejected: nothing is spent by what was taken back."""
    return replace(situation, state=replace(situation.state, rejected_at=None))


def _accepted(situation: Situation) -> bool:
    facts, spent = situation.facts, situation.state.spent_until
    return facts.accepted and (facts.accepted_at is None or spent is None or facts.accepted_at > spent)


def _thresholds_met(situation: Situation, rule: StageRule, reached: Stage) -> bool:
    if not meets(situation.facts.factors, rule.enter):
        return False
    below = LADDER[: RUNG[Stage(rule.name)]]
    return all(_lower_holds(situation, stage, reached) for stage in below)


def _lower_holds(situation: Situation, lower: Stage, reached: Stage) -> bool:
    rule = situation.rules.get(lower)
    if rule is None or rule.enter is None:
        return True
    if RUNG[reached] >= RUNG[lower]:
        return _keeps_threshold(situation, rule)
    return meets(situation.facts.factors, rule.enter)


def _keeps_threshold(situation: Situation, rule: StageRule) -> bool:
    factors = situation.facts.factors
    return meets(factors, rule.stay) or meets(factors, rule.enter)


def _recycles_at_once(situation: Situation, stage: Stage) -> bool:
    # Without any event, silence counts from entering the stage: it cannot be long at that instant.
    seen, recycling = situation.facts.last_seen_at, situation.ruleset.recycling
    if seen is None or stage not in recycling.stages:
        return False
    return situation.at - seen >= timedelta(days=recycling.after_silent_days)
