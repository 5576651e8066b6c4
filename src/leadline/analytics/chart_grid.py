"""A grid of values, the higher the darker: retention by cohort and week. Pure.

A page's grid has as many pixels as its window leaves it, so the browser chooses what is written in it: whole numbers
where a column has room for them, else shorter ones. It chooses by the room there is, never by the plot that is left
when everything is written: that would change with the choice, and the chart be laid out for the choice before.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from leadline.analytics.chart_parts import AXES_HEIGHT, Picture, Room, Told, inline
from leadline.analytics.chart_rows import Drawn, Row, day_names
from leadline.analytics.chart_theme import INK, LINE, RAMP
from leadline.analytics.chart_words import in_common, shortened

CELL_HEIGHT = 30
LEAST_CELL = 12
"""Lower cells have no room for words."""
SIGN, GAP = 6.4, 3.0
CELL_SIGN, CELL_GAP = 6.1, 1.5
"""Pixels: about what a sign takes in heads and cells, and what stands beside a word."""
MOST_OF_NAMES, MOST_OF_NAMES_NARROW, NARROW = 180, 84, 420
"""Pixels that a row's name takes at most, and in a room narrower than this."""
MOST_OF_HEADS, LONG_HEAD = 190, 12
"""Pixels of one that stands upright, and from how many signs on it is given them."""
TITLE = 34
"""What the title of the rows and the marks of the axis take."""
DRAWN_ROOM = 720
"""Of a drawing, which stands in no page."""


def grid(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:  # noqa: ARG001  # a mark's signature
    """x across, the first y column down, the second as colour and words. The words are in ink on any of the colours."""
    down, value = drawn.ys
    rows = _rows(drawn)
    columns, lines = (list(dict.fromkeys(str(row[name]) for row in rows)) for name in ("head", "row"))
    height = room.height or len(lines) * CELL_HEIGHT + AXES_HEIGHT + _upright(columns)
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("head:N", sort=columns, axis=_heads(columns, _across(drawn))),
        y=alt.Y("row:N", sort=lines, axis=_names(down.label)),
        tooltip=[
            alt.Tooltip("row:N", title=down.label),
            alt.Tooltip("x:N", title=drawn.x.label),
            alt.Tooltip("said:N", title=value.label),
        ],
    )
    ramp = alt.Scale(range=list(RAMP), domainMin=0, interpolate="rgb")
    cells = base.mark_rect(stroke=LINE).encode(color=alt.Color("y:Q", scale=ramp, legend=None))
    words = base.mark_text(color=INK, fontSize=11, text=alt.expr(_words(rows)))
    is_high = (height - AXES_HEIGHT) >= LEAST_CELL * len(lines)
    drawing = alt.layer(cells, words) if is_high else alt.layer(cells)
    return Picture(drawing.add_params(*_measures(columns, lines)), height)


def _rows(drawn: Drawn) -> list[Row]:
    down, value = drawn.ys
    scale, days = drawn.scale(value), day_names(drawn, down)
    found = [record for record in drawn.table.records() if record[value.name] is not None]
    told = [drawn.words(drawn.x, record[drawn.x.name]) for record in found]
    begin = len(in_common(told))
    rows: list[Row] = []
    for words, record in zip(told, found, strict=True):
        short = shortened(record[value.name], value.kind)
        rows.append(
            {
                "x": words,
                "head": words[begin:],
                "row": days.get(str(record[down.name])) or drawn.words(down, record[down.name]),
                "y": scale.of(record[value.name]),
                "said": drawn.words(value, record[value.name]),
                "short": short,
                "least": shortened(record[value.name], value.kind, whole=True).rstrip("%"),
            }
        )
    return rows


def _across(drawn: Drawn) -> str:
    """The title of the heads, with what they have in common: "After, week"."""
    told = [drawn.words(drawn.x, each) for each in drawn.table.column(drawn.x.name)]
    shared = in_common(told).strip()
    return f"{drawn.x.label}, {shared.lower()}" if shared else drawn.x.label


def _heads(columns: Sequence[str], title: str) -> alt.Axis:
    """Lying where the longest has room, else upright. None is left out."""
    upright = f"column < {max(map(len, columns), default=0) * SIGN + GAP:.1f}"
    return alt.Axis(
        title=title,
        orient="top",
        labelAngle=alt.expr(f"{upright} ? -90 : 0"),
        labelAlign=alt.expr(f"{upright} ? 'left' : 'center'"),
        labelBaseline=alt.expr(f"{upright} ? 'middle' : 'bottom'"),
        labelLimit=MOST_OF_HEADS,
        labelOverlap=False,
        labelPadding=4,
        domain=False,
        ticks=False,
    )


def _upright(columns: Sequence[str]) -> float:
    """The height that long heads take where they stand."""
    longest = max(map(len, columns), default=0)
    return min(longest * SIGN, MOST_OF_HEADS) if longest > LONG_HEAD else 0


def _names(title: str) -> alt.Axis:
    most = alt.expr(f"room < {NARROW} ? {MOST_OF_NAMES_NARROW} : {MOST_OF_NAMES}")
    return alt.Axis(title=title, domain=False, grid=False, ticks=False, labelLimit=most, labelPadding=4)


def _words(rows: Sequence[Row]) -> str:
    """What is written in the cells, in Vega's language: all of them alike."""
    found = ""
    for name in ("said", "short", "least"):
        signs = max((len(str(row[name])) for row in rows), default=0)
        found += f"column >= {signs * CELL_SIGN + CELL_GAP:.1f} ? datum.{name} : "
    return f"{found}''"


def _measures(columns: Sequence[str], lines: Sequence[str]) -> list[Any]:
    """`room`: the chart's width; `column`: about what a column of it gets. `width` is named to be told of a change."""
    names = max(map(len, lines), default=0) * SIGN
    wide, narrow = (min(names, most) for most in (MOST_OF_NAMES, MOST_OF_NAMES_NARROW))
    room = f"width >= 0 && isFinite(containerSize()[0]) ? containerSize()[0] : {DRAWN_ROOM}"
    left = f"(room < {NARROW} ? {narrow + TITLE:.0f} : {wide + TITLE:.0f})"
    column = f"(room - {left}) / {max(len(columns), 1)}"
    return [alt.param(name="room", expr=room), alt.param(name="column", expr=column)]
