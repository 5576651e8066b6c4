"""A grid of values, the higher the darker: retention by cohort and week. Pure."""

from collections.abc import Sequence

import altair as alt

from leadline.analytics.chart_parts import AXES_HEIGHT, Picture, Room, Told, inline
from leadline.analytics.chart_rows import Drawn, Row
from leadline.analytics.chart_theme import INK, LINE, RAMP

CELL_HEIGHT = 30
MANY_COLUMNS = 14
"""With more columns there is no room for the words in the cells."""


def grid(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:  # noqa: ARG001  # a mark's signature
    """x across, the first y column down, the second as colour and words. The words are in ink on any of the colours."""
    down, value = drawn.ys
    scale = drawn.scale(value)
    rows: list[Row] = [
        {
            "x": drawn.words(drawn.x, record[drawn.x.name]),
            "row": drawn.words(down, record[down.name]),
            "y": scale.of(record[value.name]),
            "said": drawn.words(value, record[value.name]),
        }
        for record in drawn.table.records()
        if record[value.name] is not None
    ]
    columns, lines = (list(dict.fromkeys(str(row[name]) for row in rows)) for name in ("x", "row"))
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("x:N", sort=columns, axis=alt.Axis(title=drawn.x.label, orient="top", labelAngle=0, domain=False)),
        y=alt.Y("row:N", sort=lines, axis=alt.Axis(title=down.label, domain=False, grid=False)),
        tooltip=[
            alt.Tooltip("row:N", title=down.label),
            alt.Tooltip("x:N", title=drawn.x.label),
            alt.Tooltip("said:N", title=value.label),
        ],
    )
    ramp = alt.Scale(range=list(RAMP), domainMin=0, interpolate="rgb")
    cells = base.mark_rect(stroke=LINE).encode(color=alt.Color("y:Q", scale=ramp, legend=None))
    words = base.mark_text(color=INK, fontSize=11).encode(text="said:N")
    drawing = alt.layer(cells, words) if len(columns) <= MANY_COLUMNS else cells
    return Picture(drawing, room.height or len(lines) * CELL_HEIGHT + AXES_HEIGHT)
