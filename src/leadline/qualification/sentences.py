"""Why a lead moved, in sentences that a salesperson reads and values that a program reads."""

from datetime import timedelta

from leadline.qualification.conditions import (
    Situation,
    forgiven,
    is_requalified,
    missing_needs,
    overriding,
    reaches,
    rejects,
    silence,
    total_held,
    triggers_for,
)
from leadline.qualification.stages import LADDER, RUNG, Reason, ReasonCode, Stage, Trigger
from leadline.scoring.stage_terms import StageRule, Threshold

TRIGGERS_NAMED = 3
"""The newest so many triggers are named; a lead that requests twenty quotes gets no twenty sentences."""

NEED_SENTENCES = {
    "known": "No e-mail address or user id any more",
    "reachable": "No e-mail address or telephone number that works any more",
    "permitted": "No permission for profiling any more",
}


def reasons_for(situation: Situation, target: Stage) -> tuple[Reason, ...]:
    """The reasons of the move from the present stage to `target`, at least one."""
    if overriding(situation) is target:
        return (_overridden(situation, target),)
    if situation.state.overridden:
        over = Reason(ReasonCode.OVERRIDE_OVER, "No longer held by hand")
        return (over, *_beside(situation, target)) if target not in RUNG else (over, *_placed(situation, target))
    return _beside(situation, target) or _along(situation, target)


def _beside(situation: Situation, target: Stage) -> tuple[Reason, ...]:
    """Why a lead left the ladder; nothing for a stage of the ladder."""
    if target is Stage.CUSTOMER:
        return (_won(situation),)
    if target in (Stage.DISQUALIFIED, Stage.RECYCLED) and rejects(situation) is target:
        return (_rejected(situation),)
    if target is Stage.DISQUALIFIED:
        return tuple(_gate(situation, name) for name in situation.facts.disqualifications)
    return (_silent(situation),) if target is Stage.RECYCLED else ()


def _placed(situation: Situation, target: Stage) -> tuple[Reason, ...]:
    return _entry(situation, Stage.INITIAL_ENGAGEMENT, target)


def _along(situation: Situation, target: Stage) -> tuple[Reason, ...]:
    """Why a lead came to a stage of the ladder."""
    stage = situation.state.stage
    if is_requalified(situation):
        return (Reason(ReasonCode.REQUALIFIED, "Requalified by sales"), *_placed(forgiven(situation), target))
    if stage is Stage.DISQUALIFIED:
        return (_readmitted(situation), *_entry(situation, Stage.INITIAL_ENGAGEMENT, target))
    if stage is Stage.RECYCLED:
        return (_active_again(situation), *_entry(situation, Stage.INITIAL_ENGAGEMENT, target))
    if RUNG[target] > RUNG[stage]:
        return _entry(situation, stage, target)
    return _exit(situation, stage)


def points_text(points: int) -> str:
    """Thousandths of a point as people write them: 55000 -> "55", 55500 -> "55.5"."""
    return f"{points / 1000:g}"


def score_text(micro: int, beside: int) -> str:
    """A score in micro points, cut (not rounded) to the precision of the threshold it stands beside.

    Cut, so that 49.9 beside a threshold of 50 does not read as 50.
    """
    step = 1000 if beside % 1000 == 0 else 1
    return points_text(micro // 1000 // step * step)


def _won(situation: Situation) -> Reason:
    won_at = situation.facts.won_at
    return Reason(ReasonCode.WON_DEAL, "Won a deal", {"won_at": won_at.isoformat() if won_at else None})


def _overridden(situation: Situation, target: Stage) -> Reason:
    until = situation.facts.override_until
    end = f" until {until.day} {until:%B %Y}" if until else ""
    detail = {"stage": target.value, "until": until.isoformat() if until else None}
    return Reason(ReasonCode.OVERRIDE, f"Put here by hand{end}", detail)


def _rejected(situation: Situation) -> Reason:
    name = situation.facts.rejection
    labels = {rejection.name: rejection.label for rejection in situation.ruleset.rejections}
    return Reason(ReasonCode.REJECTED, f"Rejected by sales: {labels.get(name) or _plain(name)}", {"rejection": name})


def _gate(situation: Situation, name: str) -> Reason:
    sentences = {gate.name: gate.sentence for gate in situation.ruleset.disqualifications}
    return Reason(ReasonCode.DISQUALIFICATION, sentences.get(name) or _plain(name), {"gate": name})


def _silent(situation: Situation) -> Reason:
    days = silence(situation) // timedelta(days=1)
    limit = situation.ruleset.recycling.after_silent_days
    return Reason(ReasonCode.SILENCE, f"No activity for {_count(days, 'day')}", {"days": days, "needs": limit})


def _readmitted(situation: Situation) -> Reason:
    if not situation.facts.known:
        return _need("known")
    return Reason(ReasonCode.DISQUALIFICATION_OVER, "No longer disqualified")


def _active_again(situation: Situation) -> Reason:
    seen = situation.facts.last_seen_at
    return Reason(
        ReasonCode.ACTIVE_AGAIN, "Active again after a silence", {"last_seen_at": seen.isoformat() if seen else None}
    )


def _need(name: str) -> Reason:
    return Reason(ReasonCode.NEED_MISSING, NEED_SENTENCES[name], {"need": name})


def _entry(situation: Situation, start: Stage, target: Stage) -> tuple[Reason, ...]:
    """Why `target` was entered; nothing for initial_engagement, where everyone may be.

    A trigger or a held total is reason enough; without them it was the factors, of every stage passed on the way.
    """
    rule = situation.rules.get(target)
    if rule is None:
        return ()
    newest = sorted(triggers_for(situation, rule), key=_newest_first)[:TRIGGERS_NAMED]
    reasons = [_trigger(trigger) for trigger in newest]
    if total_held(situation, rule):
        reasons.append(_total_held(situation, rule))
    return tuple(reasons) or _factors_reached(situation, start, target)


def _newest_first(trigger: Trigger) -> tuple[float, str, str]:
    return -trigger.occurred_at.timestamp(), trigger.conversion, trigger.sentence


def _trigger(trigger: Trigger) -> Reason:
    detail = {"conversion": trigger.conversion, "occurred_at": trigger.occurred_at.isoformat()}
    return Reason(ReasonCode.TRIGGER, trigger.sentence or _plain(trigger.conversion), detail)


def _total_held(situation: Situation, rule: StageRule) -> Reason:
    needed, hours = rule.enter_total or 0, rule.enter_total_hours
    total = score_text(situation.facts.total_micro, needed)
    sentence = f"Total is {total} and has been {points_text(needed)} or more for {_count(hours, 'hour')}"
    detail = {"total_micro": situation.facts.total_micro, "needs_micro": needed * 1000, "hours": hours}
    return Reason(ReasonCode.TOTAL_HELD, sentence, detail)


def _factors_reached(situation: Situation, start: Stage, target: Stage) -> tuple[Reason, ...]:
    passed = reversed(LADDER[RUNG[start] + 1 : RUNG[target] + 1])
    rules = [situation.rules[stage] for stage in passed if stage in situation.rules]
    return tuple(
        _factor(situation, ReasonCode.FACTOR_REACHED, name, points)
        for rule in rules
        for name, points in _sides(situation, rule.enter, reached=True)
    )


def _exit(situation: Situation, stage: Stage) -> tuple[Reason, ...]:
    rule = situation.rules.get(stage)
    if rule is None:
        return (Reason(ReasonCode.RULE_CHANGED, f"The rules have no stage {_plain(stage)} any more"),)
    missing = missing_needs(situation, rule)
    if missing:
        return tuple(_need(name) for name in missing)
    return _too_low(situation, rule) or (Reason(ReasonCode.RULE_CHANGED, "No rule keeps it in its stage any more"),)


def _too_low(situation: Situation, rule: StageRule) -> tuple[Reason, ...]:
    """Each thing that would have kept the lead in its stage and did not."""
    low = _sides(situation, rule.stay or rule.enter, reached=False)
    reasons = [_factor(situation, ReasonCode.FACTOR_LOW, name, points) for name, points in low]
    kept_from = rule.enter_total if rule.stay_total is None else rule.stay_total
    if kept_from is not None:
        return (*reasons, _total_low(situation, rule, kept_from))
    return (*reasons, _no_trigger(rule)) if _can_trigger(situation, rule) else tuple(reasons)


def _total_low(situation: Situation, rule: StageRule, kept_from: int) -> Reason:
    sentence = f"Total below {points_text(kept_from)}"
    if reaches(situation.facts.total_micro, kept_from):  # high, but not held: the ruleset has no stay_total
        sentence = f"Total not {points_text(kept_from)} for long enough"
    if _can_trigger(situation, rule):
        sentence += f" and no trigger for {_count(rule.trigger_days, 'day')}"
    detail = {"total_micro": situation.facts.total_micro, "needs_micro": kept_from * 1000}
    return Reason(ReasonCode.TOTAL_LOW, sentence, detail)


def _no_trigger(rule: StageRule) -> Reason:
    sentence = f"No trigger for {_count(rule.trigger_days, 'day')}"
    return Reason(ReasonCode.NO_TRIGGER, sentence, {"days": rule.trigger_days})


def _can_trigger(situation: Situation, rule: StageRule) -> bool:
    return any(rule.name in conversion.triggers for conversion in situation.ruleset.conversions)


def _sides(situation: Situation, threshold: Threshold | None, *, reached: bool) -> list[tuple[str, int]]:
    """The factors of a threshold that reach their points, or those that do not."""
    pairs = () if threshold is None else threshold.factors
    return [(name, points) for name, points in pairs if reaches(_score(situation, name), points) is reached]


def _factor(situation: Situation, code: ReasonCode, name: str, points: int) -> Reason:
    labels = {factor.name: factor.label for factor in situation.ruleset.factors}
    score = _score(situation, name)
    verb, purpose = ("reached", "") if code is ReasonCode.FACTOR_REACHED else ("is at", " to stay")
    label = labels.get(name) or _plain(name)
    sentence = f"{label} {verb} {score_text(score, points)} (needs {points_text(points)}{purpose})"
    return Reason(code, sentence, {"factor": name, "micro": score, "needs_micro": points * 1000})


def _score(situation: Situation, factor: str) -> int:
    return situation.facts.factors.get(factor, 0)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()
