"""Charts: one Altair definition for each mark, drawn in pages by Vega and on the server by vl-convert. Pure.

A specification names colours as the pages' tokens ("var(--ink)"): a page's script resolves them for the theme it shows,
`themed` for drawings. Marks: bars, lines, funnel, grid, sankey and histogram; see docs/reference/charts.md.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from leadline.analytics import chart_bars, chart_flows, chart_grid, chart_lines
from leadline.analytics.chart_parts import Picture, Room, Told
from leadline.analytics.chart_rows import Drawn
from leadline.analytics.chart_theme import CONFIG, INK_2, themed
from leadline.analytics.report import ChartWish, Report

WIDTH = 720
STEP, LEAST_HEIGHT, MOST_HEIGHT = 40, 160, 640
"""Heights in pixels: pages have a class for each, so that a chart has its room before it is drawn."""
NOTHING_TO_DRAW = "Nothing to draw in these days"
Draw = Callable[[Drawn, Room, Sequence[Told]], Picture]
MARKS: Mapping[str, Draw] = {
    "bars": chart_bars.bars,
    "funnel": chart_bars.funnel,
    "histogram": chart_bars.histogram,
    "lines": chart_lines.lines,
    "grid": chart_grid.grid,
    "sankey": chart_flows.sankey,
}


def chart(
    report: Report,
    wish: ChartWish,
    theme: str = "",
    *,
    annotations: Sequence[Told] = (),
    height: int | None = None,
    titled: bool = False,
) -> dict[str, Any]:
    """The Vega-Lite specification of a chart.

    Args:
        theme: "light" or "dark" for a drawing of its own width; empty for a page, which has the colours and the width.
        annotations: (ISO day, words), drawn on charts over time.
        height: in pixels, of everything; what the chart asks for itself if None.
        titled: with its title, for a picture that stands alone.

    Raises:
        KeyError: the wish names a mark, table or column that is not there.
    """
    drawn = Drawn(report, wish, report.table(wish.table))
    picture = MARKS[wish.mark](drawn, Room(height), annotations) if _has_numbers(drawn) else _nothing()
    with alt.data_transformers.enable("default", consolidate_datasets=False, max_rows=None):
        spec = picture.chart.to_dict(validate=False)
    spec |= {"config": CONFIG, "width": "container", "height": height or snapped(picture.height)}
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    if titled:
        spec["title"] = {"text": wish.title or report.question}
    return _drawing(spec, theme) if theme else spec


def snapped(height: float) -> int:
    """The next height that pages have a class for."""
    return min(max(-(-int(height) // STEP) * STEP, LEAST_HEIGHT), MOST_HEIGHT)


def _has_numbers(drawn: Drawn) -> bool:
    """Whether there is anything to draw."""
    measured = drawn.ys[-1:] if drawn.wish.mark in {"grid", "sankey"} else drawn.ys
    return any(value is not None for column in measured for value in drawn.table.column(column.name))


def _nothing() -> Picture:
    """Says so."""
    data = alt.InlineData(values=[{"said": NOTHING_TO_DRAW}])
    return Picture(alt.Chart(data).mark_text(color=INK_2).encode(text="said:N"), LEAST_HEIGHT)


def _drawing(spec: Mapping[str, Any], theme: str) -> dict[str, Any]:
    found: dict[str, Any] = themed({**spec, "width": WIDTH, "background": "var(--card)", "padding": 12}, theme)
    return found
