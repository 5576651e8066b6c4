"""A backtest's result as the page draws it: measures side by side, calibration, one small chart over the cutoffs. Pure.

The result is the JSON that a job of kind "backtest" keeps; a figure may be missing where evidence is too thin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadline.web.impact_table import Moves, from_result
from leadline.web.words import stage_name

Result = Mapping[str, Any]
MEASURES = (
    (
        "auc",
        "Right order (AUC)",
        "How often somebody with the outcome stood above somebody without it. 0.5 is chance, 1 is perfect.",
    ),
    (
        "average_precision",
        "Early hits (average precision)",
        "How early in the list those with the outcome come. By chance: their share of all.",
    ),
    (
        "lift",
        "The top tenth against chance (lift)",
        "How many times more outcomes the best tenth has than a tenth picked by chance.",
    ),
    ("precision", "Hits among those called (precision)", "Of those that sales can call, how many had the outcome."),
)
MOST_MOVED = 20
CHART_WIDTH, CHART_HEIGHT, MARGIN = 240, 80, 8
UNKNOWN, TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
LOWEST_AUC = 0.4
"""Where the axis of the small charts begins; points below lie on it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one ruleset with its 95% interval in words; `verdict` is "better" or "worse" than the first one."""

    of: str
    value: str
    interval: str
    verdict: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure of all rulesets."""

    label: str
    meaning: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A grade or a stage: how many of its leads had the outcome. Lengths are hundredths of the chart's width."""

    label: str
    leads: int
    converted: int
    rate: str
    interval: str
    width: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One cutoff in a small chart."""

    x: str
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Course:
    """One ruleset over the cutoffs: a line of dots, between the first and the last day."""

    label: str
    dots: tuple[Dot, ...]
    first: str
    last: str

    @property
    def points(self) -> str:
        """For a polyline."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Column:
    """What is drawn of one ruleset."""

    label: str
    reference: str
    grades: tuple[Band, ...]
    stages: tuple[Band, ...]
    course: Course


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page needs beyond the result itself."""

    measures: tuple[MeasureRow, ...]
    columns: tuple[Column, ...]
    words: tuple[str, ...]
    impacts: tuple[tuple[str, Moves], ...]


def report(result: Result) -> Report:
    """What to draw."""
    return Report(
        measures=tuple(_measure(result, *measure) for measure in MEASURES),
        columns=tuple(_column(result, index) for index in range(len(result["rulesets"]))),
        words=tuple(each["words"] for each in result["differences"] if each.get("words")),
        impacts=tuple(
            (_label(ruleset), from_result(found, MOST_MOVED))
            for ruleset, found in zip(result["rulesets"], result["impact"], strict=True)
            if found is not None
        ),
    )


def percent(rate: float | None) -> str:
    """ "12%", "0.4%"; a dash when unknown."""
    return UNKNOWN if rate is None else f"{rate:.1%}" if 0 < rate < 0.1 else f"{rate:.0%}"


def _label(ruleset: Result) -> str:
    label = str(ruleset["label"])
    return label[:1].upper() + label[1:]


def _measure(result: Result, name: str, label: str, meaning: str) -> MeasureRow:
    verdicts = {each["ruleset"]: each for each in result["differences"]}
    cells = (
        _cell(_label(result["rulesets"][index]), name, ruleset.get(name), verdicts.get(index, {}))
        for index, ruleset in enumerate(result["pooled"]["rulesets"])
    )
    return MeasureRow(label, meaning, tuple(cells))


def _cell(
    label: str, name: str, estimate: Mapping[str, float | None] | None, verdict: Mapping[str, Sequence[str]]
) -> Cell:
    said = "better" if name in verdict.get("better", ()) else "worse" if name in verdict.get("worse", ()) else ""
    value, low, high = ((estimate or {}).get(key) for key in ("value", "low", "high"))
    interval = "" if low is None or high is None else f"{_figure(name, low)} to {_figure(name, high)}"
    return Cell(label, UNKNOWN if value is None else _figure(name, value), interval, said)


def _figure(name: str, value: float) -> str:
    if name == "lift":
        return f"{value:.1f} {TIMES}"
    return percent(value) if name == "precision" else f"{value:.3f}"


def _column(result: Result, index: int) -> Column:
    ruleset, pooled = result["rulesets"][index], result["pooled"]["rulesets"]
    label = _label(ruleset)
    return Column(
        label=label,
        reference=ruleset["reference"],
        grades=_bands(pooled, index, "grades", "grade"),
        stages=_bands(pooled, index, "stages", "stage"),
        course=_course(result["cutoffs"], index, label),
    )


def _bands(pooled: Sequence[Result], index: int, name: str, key: str) -> tuple[Band, ...]:
    """On one scale for all rulesets, from zero."""
    top = max((each["high"] or each["rate"] or 0 for ruleset in pooled for each in ruleset[name]), default=0) or 1
    return tuple(
        _band(each, stage_name(each[key]) if key == "stage" else str(each[key]), top) for each in pooled[index][name]
    )


def _band(each: Result, label: str, top: float) -> Band:
    low, high = each["low"], each["high"]
    return Band(
        label=label,
        leads=each["leads"],
        converted=each["converted"],
        rate=percent(each["rate"]),
        interval="" if low is None or high is None else f"{percent(low)} to {percent(high)}",
        width=_svg((each["rate"] or 0) / top * 100),
        low="" if low is None else _svg(low / top * 100),
        high="" if high is None else _svg(high / top * 100),
    )


def _course(cutoffs: Sequence[Result], index: int, label: str) -> Course:
    step = (CHART_WIDTH - 2 * MARGIN) / max(len(cutoffs) - 1, 1)
    dots = (
        Dot(_svg(MARGIN + place * step), _svg(_height(auc)), f"{_day(cutoff['day'])}: AUC {auc:.3f}")
        for place, cutoff in enumerate(cutoffs)
        if (auc := cutoff["rulesets"][index]["auc"]) is not None
    )
    days = [_day(cutoff["day"]) for cutoff in cutoffs]
    return Course(label, tuple(dots), days[0] if days else "", days[-1] if len(days) > 1 else "")


def _height(auc: float) -> float:
    part = (max(auc, LOWEST_AUC) - LOWEST_AUC) / (1 - LOWEST_AUC)
    return CHART_HEIGHT - MARGIN - part * (CHART_HEIGHT - 2 * MARGIN)


def _day(text: str) -> str:
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%b %Y}"


def _svg(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
