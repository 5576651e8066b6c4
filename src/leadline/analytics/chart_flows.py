"""Sankey drawings: who goes on from where to where. Pure."""

from collections.abc import Sequence

import altair as alt

from leadline.analytics.chart_parts import Picture, Room, Told, inline
from leadline.analytics.chart_rows import Drawn, Row
from leadline.analytics.chart_theme import SERIES
from leadline.analytics.report import Value
from leadline.analytics.sankey import Flow, Layout, Node, layout

HEIGHT = 440
ROOM_FOR_WORDS = 0.22
"""Right of the last column, for its names; of the width."""
RIBBON_OPACITY = 0.35


def sankey(drawn: Drawn, room: Room, annotations: Sequence[Told]) -> Picture:  # noqa: ARG001  # a mark's signature
    """Boxes as high as what goes through them, joined by ribbons as thick as what goes on."""
    found = layout(_flows(drawn))
    across = alt.Scale(domain=[0, 1 + ROOM_FOR_WORDS], nice=False, zero=True)
    x = alt.X("x:Q", axis=None, scale=across)
    downwards = alt.Scale(domain=[0, 1], reverse=True, nice=False, zero=True)
    y = alt.Y("y:Q", axis=None, scale=downwards, stack=None)
    says = [
        alt.Tooltip("from:N", title=drawn.x.label),
        alt.Tooltip("to:N", title=drawn.ys[0].label),
        alt.Tooltip("said:N", title=drawn.ys[1].label),
    ]
    ribbons = (
        alt.Chart(inline(_ribbon_rows(drawn, found)))
        .mark_area(color=SERIES[4], opacity=RIBBON_OPACITY, interpolate="linear")
        .encode(x=x, y=y, y2="y2:Q", detail="ribbon:N", tooltip=says)
    )
    boxes = alt.Chart(inline([_box(drawn, node) for node in found.nodes]))
    told = [alt.Tooltip("name:N", title="Step"), alt.Tooltip("said:N", title=drawn.ys[1].label)]
    nodes = boxes.mark_rect(color=SERIES[0]).encode(x=x, x2="x2:Q", y=y, y2="y2:Q", tooltip=told)
    words = boxes.mark_text(align="left", baseline="middle", dx=5, limit=150).encode(
        x=alt.X("x2:Q", axis=None, scale=across),
        y=alt.Y("middle:Q", axis=None, scale=downwards),
        text="words:N",
        tooltip=told,
    )
    return Picture(alt.layer(ribbons, nodes, words), room.height or HEIGHT)


def _flows(drawn: Drawn) -> list[Flow]:
    goal, count = drawn.ys
    return [
        Flow(
            drawn.words(drawn.x, record[drawn.x.name]),
            drawn.words(goal, record[goal.name]),
            float(str(record[count.name] or 0)),
        )
        for record in drawn.table.records()
    ]


def _ribbon_rows(drawn: Drawn, found: Layout) -> list[Row]:
    return [
        {
            "ribbon": number,
            "x": across,
            "y": top,
            "y2": bottom,
            "from": ribbon.flow.origin,
            "to": ribbon.flow.goal,
            "said": _counted(drawn, ribbon.flow.count),
        }
        for number, ribbon in enumerate(found.ribbons)
        for across, top, bottom in ribbon.points
    ]


def _box(drawn: Drawn, node: Node) -> Row:
    said = _counted(drawn, node.count)
    return {
        "name": node.name,
        "words": f"{node.name}  {said}",
        "said": said,
        "x": node.left,
        "x2": node.right,
        "y": node.top,
        "y2": node.bottom,
        "middle": (node.top + node.bottom) / 2,
    }


def _counted(drawn: Drawn, count: float) -> str:
    value: Value = count
    return drawn.words(drawn.ys[1], value)
