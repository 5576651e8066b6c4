"""A ruleset taken apart into named parts with plain fields, so that two can be compared and told in words.

Everything that `load_ruleset` reads is in some part, but for order, which decides nothing. Numbers are shown as the
document has them; a list is a set of texts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from leadline.engagement.metrics import SCALE, Condition, Metric, Scalar
from leadline.scoring.ruleset import Example, Factor, Fit, Gate, Measure, Ruleset
from leadline.scoring.sales_terms import ContactPromise
from leadline.scoring.stage_terms import StageRule, Threshold

Shown = str | frozenset[str]
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Part:
    """One named part.

    Attributes:
        kind: such as "factor"; says how its fields are told.
        title: as sentences name it: "Tool usage", "Grade A".
        within: what it belongs to, such as its dimension; may be empty.
        fields: name as in the document -> value; "" is none.
    """

    kind: str
    title: str
    fields: Mapping[str, Shown]
    within: str = ""


def parts_of(ruleset: Ruleset) -> dict[str, Part]:
    """Each part by its path in a document."""
    return dict(_parts(ruleset))


def _parts(ruleset: Ruleset) -> Iterator[tuple[str, Part]]:
    yield "", Part("ruleset", "The ruleset", {"name": ruleset.name})
    for name, metric in ruleset.metrics.items():
        yield f"metrics.{name}", Part("metric", f"Metric {name}", _metric(metric))
    for name, weight in ruleset.dimension_weights.items():
        yield f"dimensions.{name}", Part("dimension", name.capitalize(), {"weight": _number(weight)})
    for factor in ruleset.factors:
        at = f"dimensions.{factor.dimension}.factors.{factor.name}"
        yield at, Part("factor", factor.label, _factor(factor), factor.dimension)
    yield from _gates(ruleset)
    for band in ruleset.grades:
        yield f"grades.{band.grade}", Part("grade", f"Grade {band.grade}", {"from": _number(band.from_points)})
    yield "grades.otherwise", Part("lowest grade", "The lowest grade", {"otherwise": ruleset.lowest_grade})
    yield from _moving(ruleset)
    yield from _selling(ruleset)
    for example in ruleset.examples:
        yield f"examples.{example.name}", Part("example", f"Example “{example.name}”", _example(example))


def _gates(ruleset: Ruleset) -> Iterator[tuple[str, Part]]:
    for each in ruleset.penalties:
        more = {"points": _number(each.points), "dimension": each.dimension}
        yield f"penalties.{each.gate.name}", Part("penalty", f"Penalty {each.gate.name}", _gate(each.gate) | more)
    for gate in ruleset.disqualifications:
        yield f"disqualifications.{gate.name}", Part("disqualification", f"Disqualification {gate.name}", _gate(gate))


def _moving(ruleset: Ruleset) -> Iterator[tuple[str, Part]]:
    for rule in ruleset.conversions:
        fields: dict[str, Shown] = {
            "event": rule.event,
            "where": _conditions(rule.where),
            "key": rule.key,
            "amount": rule.amount,
            "currency": rule.currency,
            "unless": frozenset(rule.unless),
            "triggers": frozenset(rule.triggers),
            "trigger_where": _conditions(rule.trigger_where),
            "facts": frozenset(rule.facts),
            "sentence": rule.sentence,
        }
        yield f"conversions.{rule.name}", Part("conversion", f"Conversion {rule.name}", fields)
    for stage in ruleset.stages:
        yield f"stages.{stage.name}", Part("stage", f"Stage {stage.name}", _stage(stage))
    recycling: dict[str, Shown] = {
        "after_silent_days": str(ruleset.recycling.after_silent_days),
        "stages": frozenset(ruleset.recycling.stages),
    }
    yield "recycling", Part("recycling", "Recycling", recycling)
    domains = {name: frozenset(getattr(ruleset.domains, name)) for name in ("own", "test", "competitors")}
    yield "domains", Part("domains", "E-mail domains", domains)


def _selling(ruleset: Ruleset) -> Iterator[tuple[str, Part]]:
    if ruleset.fit is not None:
        yield from _fit(ruleset.fit)
    accounts = {"people": str(ruleset.accounts.people), "further_share": _number(ruleset.accounts.further_share)}
    yield "accounts", Part("accounts", "A company's score", accounts)
    yield "contact", Part("contact", "The promise to call", _promise(ruleset.promise))
    for rejection in ruleset.rejections:
        fields = {"label": rejection.label, "to": rejection.to_stage}
        yield f"rejections.{rejection.name}", Part("rejection", f"Rejection {rejection.name}", fields)


def _fit(fit: Fit) -> Iterator[tuple[str, Part]]:
    yield "fit", Part("fit", "Fit", {"otherwise": str(fit.lowest)})
    for factor in fit.factors:
        yield f"fit.factors.{factor.name}", Part("factor", factor.label, _factor(factor), "fit")
    for band, points in fit.bands:
        yield f"fit.bands.{band}", Part("grade", f"Fit {band}", {"from": _number(points)})
    for square, words in fit.matrix.items():
        yield f"fit.matrix.{square}", Part("square", f"What to do for {square}", {"words": words})


def _metric(metric: Metric) -> dict[str, Shown]:
    return {
        "kind": metric.kind.value,
        "events": frozenset(metric.events),
        "property": metric.property,
        "where": _conditions(metric.where),
        "unless": frozenset(metric.unless),
        "traits": frozenset(metric.traits),
        "values": frozenset(metric.values),
        "because_of": frozenset(metric.because_of),
        "available_at": metric.available_at,
    }


def _measure(measure: Measure) -> dict[str, Shown]:
    return {
        "metric": measure.metric.name,
        "across": measure.across.value,
        "window_days": str(measure.window_days or ""),
        "half_life_days": "" if measure.half_life_days is None else f"{measure.half_life_days!r}".removesuffix(".0"),
        "daily_cap": "" if measure.daily_cap is None else _number(measure.daily_cap),
    }


def _factor(factor: Factor) -> dict[str, Shown]:
    return _measure(factor.measure) | {
        "weight": _number(factor.weight),
        "full_at": _number(factor.full_at),
        "curve": factor.curve.value,
        "label": factor.label,
        "reason": factor.reason,
        "unit": factor.unit,
        "action": factor.action,
    }


def _gate(gate: Gate) -> dict[str, Shown]:
    return _measure(gate.measure) | {"at_least": _number(gate.at_least), "sentence": gate.sentence}


def _stage(rule: StageRule) -> dict[str, Shown]:
    return {
        "enter": _threshold(rule.enter),
        "stay": _threshold(rule.stay),
        "enter_total": "" if rule.enter_total is None else _number(rule.enter_total),
        "for_hours": str(rule.enter_total_hours),
        "stay_total": "" if rule.stay_total is None else _number(rule.stay_total),
        "trigger_days": str(rule.trigger_days),
        "dwell_days": str(rule.dwell_days),
        "needs": frozenset(rule.needs),
    }


def _threshold(threshold: Threshold | None) -> str:
    if threshold is None:
        return ""
    factors = ", ".join(f"{name} {_number(points)}" for name, points in sorted(threshold.factors))
    return f"{threshold.count} of {factors}"


def _promise(promise: ContactPromise) -> dict[str, Shown]:
    hours = promise.hours
    return {
        "trigger": str(promise.trigger_minutes),
        "other": str(promise.other_minutes),
        "days": frozenset(WEEK[day] for day in hours.days),
        "opens": _clock(hours.opens),
        "closes": _clock(hours.closes),
        "zone": hours.zone,
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _example(example: Example) -> dict[str, Shown]:
    return {
        "history": json.dumps(example.history, sort_keys=True, default=str),
        "expect": frozenset(f"{name} {json.dumps(value, sort_keys=True)}" for name, value in example.expect.items()),
    }


def _conditions(where: Iterable[Condition]) -> frozenset[str]:
    return frozenset(f"{each.property} {' and '.join(_stated(each))}" for each in where)


def _stated(condition: Condition) -> Iterator[str]:
    if condition.values:
        yield f"is {_listed(condition.values)}"
    if condition.excluded:
        yield f"is not {_listed(condition.excluded)}"
    for name in ("at_least", "at_most", "above", "below"):
        if (bound := getattr(condition, name)) is not None:
            yield f"is {name.replace('_', ' ')} {bound!r}".removesuffix(".0")
    if condition.exists is not None:
        yield "is there" if condition.exists else "is missing"


def _listed(values: Iterable[Scalar]) -> str:
    return " or ".join(sorted({json.dumps(value) for value in values}))


def _number(thousandths: int) -> str:
    """A number as a document has it: 35000 thousandths are 35."""
    return f"{(Decimal(thousandths) / SCALE).normalize():f}"
