"""How charts look: one configuration whose colours are names of the pages' tokens, resolved by the page's script for
whichever theme it shows, and here for drawings. Pure."""

from collections.abc import Mapping
from typing import Any

INK, INK_2, INK_3 = "var(--ink)", "var(--ink-2)", "var(--ink-3)"
LINE, LINE_STRONG, CARD = "var(--line)", "var(--line-strong)", "var(--card)"
SERIES = tuple(f"var(--chart-{number})" for number in range(1, 9))
RAMP = ("var(--sunk)", "var(--chart-ramp)")
ANNOTATION = "var(--accent)"
THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "--ink": "#14202b",
        "--ink-2": "#4a5763",
        "--ink-3": "#66727d",
        "--line": "#e6e2db",
        "--line-strong": "#cfc9bf",
        "--card": "#ffffff",
        "--sunk": "#f3f1ed",
        "--accent": "#0f5e9c",
        "--chart-1": "#3d4f5f",
        "--chart-2": "#8a7a5c",
        "--chart-3": "#7a5c7e",
        "--chart-4": "#5f7a5e",
        "--chart-5": "#808995",
        "--chart-6": "#a0685f",
        "--chart-7": "#1c2329",
        "--chart-8": "#8b7fa6",
        "--chart-ramp": "#8fa3b4",
    },
    "dark": {
        "--ink": "#e9edf1",
        "--ink-2": "#a9b4bf",
        "--ink-3": "#8692a0",
        "--line": "#2a313a",
        "--line-strong": "#3b4450",
        "--card": "#181d24",
        "--sunk": "#0d1115",
        "--accent": "#6fb4ea",
        "--chart-1": "#b8c6d3",
        "--chart-2": "#c9b98f",
        "--chart-3": "#c3a3c8",
        "--chart-4": "#a0c09e",
        "--chart-5": "#7f8b98",
        "--chart-6": "#d6a49a",
        "--chart-7": "#f4f6f8",
        "--chart-8": "#9389ad",
        "--chart-ramp": "#4a6075",
    },
}
"""The tokens that charts use, as static/web/tokens.css has them: a test holds the two together."""
FACE = "Inter, system-ui, -apple-system, Segoe UI, Roboto, sans-serif"
AXIS = {
    "domainColor": LINE_STRONG,
    "gridColor": LINE,
    "tickColor": LINE_STRONG,
    "labelColor": INK_2,
    "titleColor": INK_3,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "labelOverlap": True,
    "labelLimit": 180,
}
CONFIG: Mapping[str, Any] = {
    "background": "transparent",
    "font": FACE,
    "axis": AXIS,
    "axisX": {"grid": False},
    "view": {"stroke": None},
    "legend": {
        "labelColor": INK_2,
        "titleColor": INK_3,
        "labelFontSize": 12,
        "orient": "top",
        "symbolType": "square",
        "labelLimit": 180,
        "columns": 4,
    },
    "title": {"color": INK, "fontSize": 15, "fontWeight": 600, "anchor": "start", "subtitleColor": INK_2},
    "range": {"category": list(SERIES), "heatmap": list(RAMP), "ramp": list(RAMP)},
    "bar": {"color": SERIES[0]},
    "area": {"color": SERIES[4]},
    "rect": {"color": SERIES[0]},
    "line": {"color": SERIES[0], "strokeWidth": 2},
    "point": {"color": SERIES[0], "filled": True},
    "text": {"color": INK, "fontSize": 12, "font": FACE},
    "rule": {"color": LINE_STRONG},
}


def themed(spec: Any, theme: str) -> Any:
    """The specification with the colours of a theme, "light" or "dark", in place of the tokens' names.

    Raises:
        KeyError: it names a token that charts do not use.
    """
    if isinstance(spec, str) and spec.startswith("var(") and spec.endswith(")"):
        return THEMES[theme][spec[4:-1]]
    if isinstance(spec, Mapping):
        return {name: themed(value, theme) for name, value in spec.items()}
    return [themed(each, theme) for each in spec] if isinstance(spec, list | tuple) else spec
