"""A ruleset in the words of the Scoring studio: weights, grades, and stages as sentences. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leadline.scoring.ruleset import DIMENSIONS, Ruleset
from leadline.scoring.stage_terms import StageRule, Threshold
from leadline.web.words import counted, stage_name

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NEEDS: Mapping[str, str] = {
    "known": "to be known by e-mail address or user id",
    "reachable": "an e-mail address or telephone number",
    "permitted": "permission for profiling",
}


@dataclass(frozen=True, slots=True)
class Weight:
    """A dimension's stretch of the bar of weights, in hundredths of the whole."""

    dimension: str
    x: str
    width: str
    percent: int


@dataclass(frozen=True, slots=True)
class StageWords:
    """When a stage is entered and left."""

    name: str
    entered: str
    left: str


def weights(ruleset: Ruleset) -> tuple[Weight, ...]:
    """What each dimension counts for, as a bar of 100."""
    whole = sum(ruleset.dimension_weights.values())
    parts, start = [], 0.0
    for name in DIMENSIONS:
        share = ruleset.dimension_weights[name] / whole * 100
        parts.append(Weight(name, _svg(start), _svg(share), round(share)))
        start += share
    return tuple(parts)


def grades(ruleset: Ruleset) -> str:
    """ "A from 55, B from 30, C from 15, D below"."""
    bands = [f"{band.grade} from {_points(band.from_points)}" for band in ruleset.grades]
    return ", ".join([*bands, f"{ruleset.lowest_grade} below"])


def stages(ruleset: Ruleset) -> tuple[StageWords, ...]:
    """Each stage that has rules, in order."""
    return tuple(
        StageWords(stage_name(rule.name), _entered(ruleset, rule), _left(ruleset, rule)) for rule in ruleset.stages
    )


def factor_lines(ruleset: Ruleset) -> list[tuple[str, list[str]]]:
    """Per dimension its factors with their share of it: "Tool usage 35%"."""
    return [(dimension, _factors(ruleset, dimension)) for dimension in DIMENSIONS]


def _factors(ruleset: Ruleset, dimension: str) -> list[str]:
    factors = ruleset.factors_of(dimension)
    whole = sum(factor.weight for factor in factors)
    return [f"{factor.label} {factor.weight / whole:.0%}" for factor in factors]


def _entered(ruleset: Ruleset, rule: StageRule) -> str:
    ways = [_threshold(ruleset, rule.enter)] if rule.enter else []
    if rule.enter_total is not None:
        held = f" for {counted(rule.enter_total_hours, 'hour')}" if rule.enter_total_hours else ""
        ways.append(f"a total of {_points(rule.enter_total)}{held}")
    if triggers := [each.name.replace("_", " ") for each in ruleset.conversions if rule.name in each.triggers]:
        ways.append(f"{_either(triggers)} in the last {counted(rule.trigger_days, 'day')}")
    needs = f" It needs {_both(NEEDS.get(need, need) for need in rule.needs)}." if rule.needs else ""
    return (f"Entered with {'; or '.join(ways)}." if ways else "Everybody begins here.") + needs


def _left(ruleset: Ruleset, rule: StageRule) -> str:
    ways = [f"without {_threshold(ruleset, rule.stay)}"] if rule.stay else []
    if rule.stay_total is not None:
        ways.append(f"with a total below {_points(rule.stay_total)}")
    dwell = f", and not before {counted(rule.dwell_days, 'day')}" if rule.dwell_days else ""
    return f"Left {' or '.join(ways)}{dwell}." if ways else ""


def _threshold(ruleset: Ruleset, threshold: Threshold) -> str:
    labels = {factor.name: factor.label for factor in ruleset.factors}
    named = [f"{labels.get(name, name)} {_points(points)}" for name, points in threshold.factors]
    count = NUMBERS[threshold.count] if threshold.count < len(NUMBERS) else str(threshold.count)
    return f"{count} of {_both(named)}" if len(named) > 1 else named[0]


def _both(parts: Iterable[str]) -> str:
    return _joined(list(parts), "and")


def _either(parts: Iterable[str]) -> str:
    return _joined(list(parts), "or")


def _joined(parts: Sequence[str], word: str) -> str:
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _points(thousandths: int) -> str:
    return f"{thousandths / 1000:g}"


def _svg(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
