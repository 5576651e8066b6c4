"""Lines over time. Pure."""

from collections.abc import Sequence
from datetime import date

import altair as alt

from leadline.analytics.chart_parts import (
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
from leadline.analytics.chart_rows import Drawn, Row, long_rows
from leadline.analytics.report import ValueKind
from leadline.analytics.written import write

HEIGHT = 280
FEW_POINTS = 40
"""Up to so many points on a line, each is marked."""


def lines(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:
    """One line for each series; a value that is not known leaves a gap."""
    rows = list(long_rows(drawn))
    names = list(dict.fromkeys(str(row["series"]) for row in rows))
    marked = len(rows) <= FEW_POINTS * len(names)
    x = _x(drawn)
    base = alt.Chart(inline(rows)).encode(x=x, y=alt.Y(**length(drawn.scale(*drawn.ys))))
    if drawn.is_told_apart:
        picked = legend_pick()
        base = base.encode(
            color=series_colour(drawn, names), opacity=alt.condition(picked, alt.value(1), alt.value(0.15))
        )
        drawing = base.mark_line(interpolate="linear").add_params(picked)
    else:
        drawing = base.mark_line(interpolate="linear")
    points = base.mark_point(filled=True, size=36 if marked else 60).encode(tooltip=tooltip(drawn))
    if not marked:
        points = _on_hover(points)
    layers = annotation_layers(_told(drawn, rows, annotations), x)
    return Picture(alt.layer(drawing, points, *layers), room.height or HEIGHT)


def _x(drawn: Drawn) -> alt.X:
    if not drawn.is_time:
        return alt.X("x:N", sort=None, axis=alt.Axis(title=drawn.x.label, labelAngle=0))
    # utc: days are told as they are, whatever zone the browser is in
    axis = alt.Axis(title=None, format="%-d %b", labelFlush=True, tickCount=7)
    return alt.X("x:T", scale=alt.Scale(type="utc"), axis=axis, title=drawn.x.label)


def _on_hover(points: alt.Chart) -> alt.Chart:
    """Unseen until the pointer is near."""
    near = alt.selection_point(name="near", on="pointerover", nearest=True, empty=False, clear="pointerout")
    return points.encode(opacity=alt.condition(near, alt.value(1), alt.value(0))).add_params(near)


def _told(drawn: Drawn, rows: Sequence[Row], annotations: Sequence[Told]) -> list[Row]:
    """Those on the days that are drawn."""
    if not drawn.is_time or not rows:
        return []
    days = [str(row["x"])[:10] for row in rows]
    first, last = min(days), max(days)
    return [
        {"x": day, "text": text, "day": write(_day(day), ValueKind.DAY)}
        for day, text in annotations
        if first <= day <= last
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text)
