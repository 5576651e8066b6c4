"""Bars, funnels and histograms: lengths from zero. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

import altair as alt

from leadline.analytics.chart_parts import (
    AXES_HEIGHT,
    ROW_HEIGHT,
    Picture,
    Room,
    Told,
    annotation_layers,
    inline,
    legend_pick,
    length,
    series_colour,
    tooltip,
)
from leadline.analytics.chart_rows import Drawn, Row, day_names, long_rows
from leadline.analytics.chart_theme import INK_2, SERIES
from leadline.analytics.report import ValueKind
from leadline.analytics.written import NOTHING, write

MOST_BARS = 40
LONG_LABEL = 12
MANY_BARS = 8
HEIGHT = 280
STEP_HEIGHT = 44


def bars(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:
    """A bar for each x and measure; several stand side by side, or on each other where it is asked."""
    short = day_names(drawn, drawn.x)
    rows = [{**row, "x": short.get(str(row["x"]), row["label"])} for row in long_rows(drawn)]
    labels = list(dict.fromkeys(str(row["x"]) for row in rows))
    lying = not drawn.is_time and (drawn.option("horizontal") or _reads_better_lying(labels))
    shown = labels[: room.most_rows(MOST_BARS) if lying else MOST_BARS] if not drawn.is_time else labels
    kept = set(shown)
    drawing = _bars(drawn, [row for row in rows if row["x"] in kept], shown, _across(drawn, labels, shown), lying=lying)
    told = _told(drawn, annotations, short)
    layers = annotation_layers(told, alt.X("x:N", sort=shown)) if not lying else []
    side_by_side = 1 if drawn.option("stacked") else max(len({row["series"] for row in rows}), 1)
    height = len(shown) * max(ROW_HEIGHT, 14 * side_by_side) + AXES_HEIGHT if lying else HEIGHT
    return Picture(alt.layer(drawing, *layers) if layers else drawing, room.height or height)


def _bars(drawn: Drawn, rows: Sequence[Row], shown: Sequence[str], title: str, *, lying: bool) -> Any:
    names = list(dict.fromkeys(str(row["series"]) for row in rows))
    scale = drawn.scale(*drawn.ys)
    stack: Literal["zero"] | None = "zero" if drawn.option("stacked") else None
    sorting: dict[str, Any] = {"field": "x", "type": "nominal", "sort": list(shown)}
    base = alt.Chart(inline(rows)).mark_bar(cornerRadiusEnd=2).encode(tooltip=tooltip(drawn))
    if lying:
        base = base.encode(
            y=alt.Y(**sorting, axis=alt.Axis(title=title, ticks=False, domain=False)),
            x=alt.X(**length(scale), stack=stack),
        )
    else:
        base = base.encode(
            x=alt.X(**sorting, axis=alt.Axis(title=title, labelAngle=0, ticks=False)),
            y=alt.Y(**length(scale), stack=stack),
        )
    if not drawn.is_told_apart:
        return base
    return _told_apart(base, drawn, names, lying=lying)


def _told_apart(base: Any, drawn: Drawn, names: Sequence[str], *, lying: bool) -> Any:
    picked = legend_pick()
    base = base.encode(
        color=series_colour(drawn, names), opacity=alt.condition(picked, alt.value(1), alt.value(0.15))
    ).add_params(picked)
    if drawn.option("stacked"):
        return base.encode(order=alt.Order("series:O"))
    offset: dict[str, Any] = {"field": "series", "type": "nominal", "sort": list(names)}
    return base.encode(yOffset=alt.YOffset(**offset)) if lying else base.encode(xOffset=alt.XOffset(**offset))


def _reads_better_lying(labels: Sequence[str]) -> bool:
    return len(labels) > MANY_BARS or max(map(len, labels), default=0) > LONG_LABEL


def _across(drawn: Drawn, labels: Sequence[str], shown: Sequence[str]) -> str:
    """Nothing is left out in silence."""
    return drawn.x.label if len(shown) == len(labels) else f"{drawn.x.label} (the first {len(shown)} of {len(labels)})"


def _told(drawn: Drawn, annotations: Sequence[Told], short: Mapping[str, str]) -> list[Row]:
    """At the bar that each day lies in."""
    if drawn.x.kind is not ValueKind.DAY:
        return []
    days = sorted({value for value in drawn.table.column(drawn.x.name) if isinstance(value, date)})
    found: list[Row] = []
    for text_day, text in annotations:
        day = date.fromisoformat(text_day)
        place = bisect_right(days, day) - 1
        if place >= 0 and day <= days[-1]:
            found.append({"x": short[days[place].isoformat()], "text": text, "day": write(day, ValueKind.DAY)})
    return found


def funnel(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:  # noqa: ARG001  # a mark's signature
    """A lying bar for each step with its number, its share of the step before, and of the first."""
    rows = _steps(drawn)
    names = [str(row["x"]) for row in rows]
    most = max((float(str(row["y"] or 0)) for row in rows), default=0)
    room_for_words = alt.Scale(zero=True, domainMin=0, domainMax=most * 1.35 or 1)
    base = alt.Chart(inline(rows)).encode(
        y=alt.Y("x:N", sort=names, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=220))
    )
    lengths = base.mark_bar(cornerRadiusEnd=2, color=SERIES[0]).encode(
        x=alt.X("y:Q", scale=room_for_words, axis=None),
        tooltip=[
            alt.Tooltip("x:N", title=drawn.x.label),
            alt.Tooltip("said:N", title=drawn.ys[0].label),
            alt.Tooltip("of_before:N", title="Of the step before"),
            alt.Tooltip("of_first:N", title="Of the first step"),
        ],
    )
    words = base.mark_text(align="left", dx=6, fontWeight=600).encode(x=alt.X("y:Q"), text="said:N")
    shares = base.mark_text(align="left", dx=6, dy=14, color=INK_2, fontSize=11)
    shares = shares.encode(x=alt.X("y:Q"), text="told:N")
    return Picture(alt.layer(lengths, words, shares), room.height or len(rows) * STEP_HEIGHT + 24)


def _steps(drawn: Drawn) -> list[Row]:
    column = drawn.ys[0]
    counts = [_number(value) for value in drawn.table.column(column.name)]
    rows: list[Row] = []
    for place, (label, count) in enumerate(zip(drawn.table.column(drawn.x.name), counts, strict=True)):
        before = _share(count, counts[place - 1]) if place else ""
        first = _share(count, counts[0]) if place else ""
        rows.append(
            {
                "x": drawn.words(drawn.x, label),
                "y": count,
                "said": drawn.words(column, count),
                "of_before": before or NOTHING,
                "of_first": first or NOTHING,
                "told": f"{before} go on" if before else "",
            }
        )
    return rows


def _share(part: float, whole: float) -> str:
    return write(part / whole, ValueKind.SHARE) if whole else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float | Decimal) else 0.0


def histogram(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:  # noqa: ARG001  # a mark's signature
    """Bars from each lower edge to the next; the last is as wide as the one before."""
    across = drawn.scale(drawn.x)
    edges = [across.of(value) or 0.0 for value in drawn.table.column(drawn.x.name)]
    rows: list[Row] = [
        {"from": low, "to": high, "y": _number(count), "said": drawn.words(drawn.ys[0], count), "label": label}
        for (low, high), count, label in zip(
            _spans(edges), drawn.table.column(drawn.ys[0].name), _edge_words(drawn), strict=True
        )
    ]
    axis = alt.Axis(title=across.title, format=across.format)
    drawing = (
        alt.Chart(inline(rows))
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("from:Q", bin="binned", axis=axis, scale=alt.Scale(zero=False, nice=False)),
            x2="to:Q",
            y=alt.Y(**length(drawn.scale(drawn.ys[0]))),
            tooltip=tooltip(drawn),
        )
    )
    return Picture(drawing, room.height or HEIGHT)


def _spans(edges: Sequence[float]) -> list[tuple[float, float]]:
    widths = [after - before for before, after in pairwise(edges)]
    last = widths[-1] if widths else 1.0
    return [*pairwise(edges), *((edge, edge + last) for edge in edges[-1:])]


def _edge_words(drawn: Drawn) -> list[str]:
    words = [drawn.words(drawn.x, value) for value in drawn.table.column(drawn.x.name)]
    return [*(f"{low} to {high}" for low, high in pairwise(words)), *(f"from {low}" for low in words[-1:])]
