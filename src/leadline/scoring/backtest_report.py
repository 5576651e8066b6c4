"""A backtest in figures: the JSON that is kept, shown and sent. Its shape: docs/reference/backtest.md."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np

from leadline.scoring.accuracy import FIGURES, Levels, auc, levels_of, precision_at, wilson
from leadline.scoring.backtest_rows import AtCutoff, FactorRows, Rows
from leadline.scoring.leakage import SUSPECT_AUC
from leadline.scoring.resampling import Draws, precision_of_cutoffs, resamples, units_of
from leadline.scoring.ruleset import Ruleset

FEWEST_OUTCOMES = 10
"""With fewer, figures would say nothing."""
FIGURE_NAMES = (*FIGURES, "precision")
Json = dict[str, Any]
Step = Callable[[], None]


@dataclass(frozen=True)
class Findings:
    """What was measured at all cutoffs.

    Attributes:
        labels: how people know each ruleset.
        capacity: leads that are worked per cutoff.
    """

    rulesets: Sequence[Ruleset]
    labels: Sequence[str]
    cutoffs: Sequence[AtCutoff]
    capacity: int

    @cached_property
    def rows(self) -> Rows:
        """All leads of all cutoffs."""
        return Rows.joined([each.rows for each in self.cutoffs])

    @property
    def outcomes(self) -> int:
        """How many converted, summed over the cutoffs."""
        return int(self.rows.converted.sum())

    @property
    def enough(self) -> bool:
        """Whether figures can mean something."""
        return FEWEST_OUTCOMES <= self.outcomes < len(self.rows.converted)


def reported(findings: Findings, step: Step = lambda: None) -> Json:
    """The figures: `cutoffs`, `pooled`, `differences` and `suspected_leaks` of the result.

    Args:
        step: called many times while intervals are drawn.
    """
    draws = _drawn(findings, step) if findings.enough else None
    return {
        "cutoffs": [_cutoff(findings, each) for each in findings.cutoffs],
        "pooled": _pooled(findings, draws),
        "differences": [_difference(findings, place, draws) for place in range(1, len(findings.rulesets))],
        "suspected_leaks": list(_suspects(findings)),
    }


def _drawn(findings: Findings, step: Step) -> Draws:
    return resamples(units_of(findings.rows), len(findings.cutoffs), findings.capacity, step=step)


def _cutoff(findings: Findings, at: AtCutoff) -> Json:
    outcomes = int(at.rows.converted.sum())
    return {
        "day": at.cutoff.day.isoformat(),
        "until": at.cutoff.until.isoformat(),
        "leads": len(at.rows.converted),
        "outcomes": outcomes,
        "left_out": at.left_out,
        "rulesets": [
            _figures_at(levels_of(totals, at.rows.converted), findings.capacity, outcomes) for totals in at.rows.totals
        ],
    }


def _figures_at(levels: Levels, capacity: int, outcomes: int) -> Json:
    if outcomes < FEWEST_OUTCOMES:
        return dict.fromkeys((*FIGURE_NAMES, "reached"))
    precision = precision_at(levels, capacity)
    return {
        **{name: number(figure(levels)) for name, figure in FIGURES.items()},
        "precision": number(precision),
        "reached": number(precision * min(capacity, float(levels.leads))),
    }


def _pooled(findings: Findings, draws: Draws | None) -> Json:
    rows = findings.rows
    leads = len(rows.converted)
    return {
        "leads": leads,
        "people": len(np.unique(rows.person)),
        "outcomes": findings.outcomes,
        "left_out": sum(each.left_out for each in findings.cutoffs),
        "base_rate": findings.outcomes / leads if leads else None,
        "rulesets": [
            {
                **_estimates(findings, place, draws),
                "grades": _grades(ruleset, rows, place),
                "stages": _stages(ruleset, [each.stages[place] for each in findings.cutoffs]),
            }
            for place, ruleset in enumerate(findings.rulesets)
        ],
    }


def _estimates(findings: Findings, place: int, draws: Draws | None) -> Json:
    values = point_figures(findings, place)
    return {
        name: _estimate(values[name], draws.interval(place, name, values[name]) if draws else None)
        for name in FIGURE_NAMES
    }


def point_figures(findings: Findings, place: int) -> Mapping[str, float]:
    """The exact figures of a ruleset over all cutoffs; NaN where there are none."""
    if not findings.enough:
        return dict.fromkeys(FIGURE_NAMES, float("nan"))
    together = levels_of(findings.rows.totals[place], findings.rows.converted)
    hits = [_worked(each.rows, place, findings.capacity) for each in findings.cutoffs]
    worked = sum(number for number, _ in hits)
    return {
        **{name: float(figure(together)) for name, figure in FIGURES.items()},
        "precision": sum(reached for _, reached in hits) / worked if worked else float("nan"),
    }


def _worked(rows: Rows, place: int, capacity: int) -> tuple[float, float]:
    """How many leads the team would have worked at one cutoff, and how many of them converted."""
    levels = levels_of(rows.totals[place], rows.converted)
    worked = min(float(levels.leads), float(capacity))
    return worked, precision_of_cutoffs(levels, capacity) * worked if worked else 0.0


def _difference(findings: Findings, place: int, draws: Draws | None, against: int = 0) -> Json:
    own, other = point_figures(findings, place), point_figures(findings, against)
    gains = {name: own[name] - other[name] for name in FIGURE_NAMES}
    found = {
        name: _estimate(gain, draws.interval_of_difference(place, against, name, gain) if draws else None)
        for name, gain in gains.items()
    }
    better = [name for name, each in found.items() if each is not None and each["low"] > 0]
    worse = [name for name, each in found.items() if each is not None and each["high"] < 0]
    return {"ruleset": place, "against": against, **found, "better": better, "worse": worse}


def _estimate(value: float, interval: tuple[float, float] | None) -> Json | None:
    if isnan(value) or interval is None or isnan(interval[0]):
        return None
    return {"value": number(value), "low": number(interval[0]), "high": number(interval[1])}


def _grades(ruleset: Ruleset, rows: Rows, place: int) -> list[Json]:
    """The best grade first; a lead's grade is the band of its total at the cutoff."""
    thresholds = [band.from_points * 1000 for band in ruleset.grades]
    names = [*(band.grade for band in ruleset.grades), ruleset.lowest_grade]
    index = sum((rows.totals[place] < each).astype(np.int64) for each in thresholds)
    grade = np.broadcast_to(index, rows.converted.shape)
    leads = np.bincount(grade, minlength=len(names))
    converted = np.bincount(grade[rows.converted], minlength=len(names))
    return [rate_of("grade", name, int(leads[i]), int(converted[i])) for i, name in enumerate(names)]


def _stages(ruleset: Ruleset, found: Sequence[Mapping[str, tuple[int, int]]]) -> list[Json]:
    """The lowest stage first, as the ruleset orders them; those beside the ladder last."""
    order = ["initial_engagement", *(rule.name for rule in ruleset.stages)]
    named = {name for each in found for name in each}
    names = [*(name for name in order if name in named), *sorted(named - set(order))]
    sums = {name: np.sum([each.get(name, (0, 0)) for each in found], axis=0) for name in names}
    return [rate_of("stage", name, int(leads), int(converted)) for name, (leads, converted) in sums.items()]


def rate_of(kind: str, name: str, leads: int, converted: int) -> Json:
    """A line of a calibration table, with the interval after Wilson."""
    low, high = wilson(converted, leads) if leads else (None, None)
    rate = converted / leads if leads else None
    return {kind: name, "leads": leads, "converted": converted, "rate": rate, "low": low, "high": high}


def _suspects(findings: Findings) -> Iterator[Json]:
    """Single factors that tell the outcome better than a whole ruleset should."""
    if not findings.enough:
        return
    for place, ruleset in enumerate(findings.rulesets):
        samples = [each.factors[place] for each in findings.cutoffs]
        for index, factor in enumerate(ruleset.factors):
            area = factor_auc(samples, index)
            if area > SUSPECT_AUC:
                yield {"ruleset": place, "factor": factor.name, "label": factor.label, "auc": number(area)}


def factor_auc(samples: Sequence[FactorRows], index: int) -> float:
    """How well one factor alone tells who converts, over all cutoffs; NaN without anybody who did."""
    points = np.concatenate([each.points[:, index] for each in samples])
    converted = np.concatenate([each.converted for each in samples])
    weight = np.concatenate([each.weight for each in samples])
    scores, where = np.unique(-points, return_inverse=True)
    hits = np.bincount(where[converted], weight[converted], minlength=len(scores))
    misses = np.bincount(where[~converted], weight[~converted], minlength=len(scores))
    return float(auc(Levels(np.asarray(hits, np.float64), np.asarray(misses, np.float64))))


def number(value: Any) -> float | None:
    """For JSON: six decimals; nothing for what is no number."""
    plain = float(value)
    return None if isnan(plain) else round(plain, 6)
