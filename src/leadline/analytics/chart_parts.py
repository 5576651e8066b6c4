"""What the charts have in common: axes in words, tooltips, annotations. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from leadline.analytics.chart_rows import Drawn, Row, Scale
from leadline.analytics.chart_theme import ANNOTATION, INK_2

Told = tuple[str, str]
"""An annotation: an ISO day and what happened on it."""
ROW_HEIGHT = 26
AXES_HEIGHT = 64
"""What the axis and a legend take, in pixels."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much there is: pixels of height, or as much as the chart asks for."""

    height: int | None = None

    def most_rows(self, wanted: int, least_pixels: int = 16) -> int:
        """How many rows can be read in it."""
        return wanted if self.height is None else max((self.height - AXES_HEIGHT) // least_pixels, 3)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and the height that it asks for, in pixels."""

    chart: Any
    height: float


def inline(rows: Sequence[Row]) -> alt.InlineData:
    """Rows as a chart's own data: nothing is fetched."""
    return alt.InlineData(values=[dict(row) for row in rows])


def length(scale: Scale, field: str = "y") -> dict[str, Any]:
    """The encoding of a measured value; its axis begins at zero."""
    axis = alt.Axis(format=scale.format, title=scale.title, tickCount=5, tickMinStep=1 if scale.format == ",~f" else 0)
    return {"field": field, "type": "quantitative", "axis": axis, "scale": alt.Scale(zero=True, nice=True)}


def tooltip(drawn: Drawn, value: str = "") -> list[alt.Tooltip]:
    """What it says on hover: where, which series, how much, all in words."""
    found = [alt.Tooltip("label:N", title=drawn.x.label)]
    if drawn.is_told_apart:
        found.append(alt.Tooltip("series:N", title=_series_title(drawn)))
    return [*found, alt.Tooltip("said:N", title=value or (drawn.ys[0].label if len(drawn.ys) == 1 else "Value"))]


def series_colour(drawn: Drawn, names: Sequence[str]) -> alt.Color:
    """A colour for each series, in the order of the table, with a legend in words."""
    title = _series_title(drawn)
    return alt.Color("series:N", sort=list(names), title=title or None, scale=alt.Scale(domain=list(names)))


def legend_pick(name: str = "picked") -> Any:
    """Choosing in the legend lets the others step back."""
    return alt.selection_point(name=name, fields=["series"], bind="legend")


def annotation_layers(told: Sequence[Row], x: Any) -> list[Any]:
    """A dashed line on each day with its words at the top.

    Args:
        told: rows with `x` and `text`.
    """
    if not told:
        return []
    data = inline(told)
    says = [alt.Tooltip("day:N", title="Day"), alt.Tooltip("text:N", title="What happened")]
    rules = alt.Chart(data).mark_rule(color=ANNOTATION, strokeDash=[3, 3], strokeWidth=1.5).encode(x=x, tooltip=says)
    words = (
        alt.Chart(data)
        .mark_text(align="left", baseline="top", dx=4, color=INK_2, fontSize=11, limit=140)
        .encode(x=x, y=alt.value(0), text="text:N", tooltip=says)
    )
    return [rules, words]


def _series_title(drawn: Drawn) -> str:
    return drawn.column(drawn.wish.series).label if drawn.wish.series else ""
