"""Each mark is a valid Vega-Lite chart that shows its numbers, from zero, in words, in the colours of both themes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import chart_cast as cast
import pytest

import leadline.web
from leadline.analytics.chart_rows import Drawn
from leadline.analytics.chart_theme import THEMES, themed
from leadline.analytics.charts import MARKS, MOST_HEIGHT, STEP, chart
from leadline.kernel.errors import TerminalError
from leadline.pipeline.reports.drawing import draw

TOLD = (("2026-10-01", "New prices"), ("2024-01-01", "Long ago"))
STYLES = Path(leadline.web.__file__).parent / "static/web"


def spec(name: str, theme: str = "light", **options: Any) -> dict[str, Any]:
    report = cast.REPORTS[name]
    return chart(report, report.charts[0], theme, **options)


def drawing(name: str, theme: str = "light", **options: Any) -> str:
    """The SVG, its texts as they are read."""
    return draw(spec(name, theme, **options), "svg").decode()


def texts(svg: str) -> list[str]:
    return [re.sub(r"<[^>]*>", "", each) for each in re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)]


def lengths(svg: str) -> list[tuple[float, float]]:
    """Width and height of each bar, in order."""
    found = re.findall(r'aria-roledescription="bar"[^>]*d="M([^"]*)"', svg) or re.findall(
        r'd="M([^"]*)"[^>]*aria-roledescription="bar"', svg
    )
    return [_extent(path) for path in found]


def _extent(path: str) -> tuple[float, float]:
    x = y = 0.0
    xs, ys = [], []
    for command, rest in re.findall(r"([MLHVhvAZz]?)([^MLHVhvAZz]*)", f"M{path}"):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", rest)]
        if command in {"M", "L", "A"} and len(numbers) >= 2:
            x, y = numbers[-2:]
        elif command in {"h", "H"} and numbers:
            x = numbers[0] + (x if command == "h" else 0)
        elif command in {"v", "V"} and numbers:
            y = numbers[0] + (y if command == "v" else 0)
        xs.append(x)
        ys.append(y)
    return max(xs) - min(xs), max(ys) - min(ys)


def scales(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if isinstance(found.get("scale"), dict):
            yield found
        for value in found.values():
            yield from scales(value)
    elif isinstance(found, list):
        for value in found:
            yield from scales(value)


def test_every_mark_has_an_example() -> None:
    assert {report.charts[0].mark for report in cast.REPORTS.values()} == set(MARKS)


@pytest.mark.parametrize("name", cast.REPORTS)
@pytest.mark.parametrize("theme", ["light", "dark", ""])
def test_a_chart_is_valid_vega_lite(name: str, theme: str) -> None:
    found = spec(name, theme, annotations=TOLD, titled=True)
    alt.Chart.from_dict(found if theme else {**found, "width": 600})
    assert json.loads(json.dumps(found)) == found
    assert ("var(--" in json.dumps(found)) == (theme == "")


@pytest.mark.parametrize("name", cast.REPORTS)
def test_a_chart_is_drawn_with_its_words(name: str) -> None:
    report = cast.REPORTS[name]
    svg = drawing(name, titled=True)
    assert report.charts[0].title in texts(svg)
    assert "NaN" not in svg
    assert "undefined" not in svg


@pytest.mark.parametrize("name", cast.EMPTY)
def test_a_chart_of_nothing_says_so(name: str) -> None:
    report = cast.EMPTY[name]
    svg = draw(chart(report, report.charts[0], "light"), "svg").decode()
    assert texts(svg) == ["Nothing to draw in these days"]
    assert "NaN" not in svg


def test_bars_are_as_long_as_their_numbers_say() -> None:
    shown = [height for _, height in lengths(drawing("bars"))]
    assert len(shown) == len(cast.CHANNELS)
    assert [each / shown[0] for each in shown] == pytest.approx([1, 124 / 123, 125 / 123], rel=1e-3)


def test_a_funnels_bars_are_as_long_as_their_steps() -> None:
    shown = [width for width, _ in lengths(drawing("funnel"))]
    assert [each / shown[0] for each in shown[:3]] == pytest.approx([1, 3214 / 12_480, 241 / 12_480], abs=2e-3)


def test_a_histograms_bars_are_as_high_as_their_counts() -> None:
    shown = [height for _, height in lengths(drawing("histogram"))]
    assert [each / shown[0] for each in shown] == pytest.approx([1, 1 / 2, 66 / 200, 1 / 4, 1 / 5, 33 / 200], rel=1e-2)


@pytest.mark.parametrize("name", [name for name in cast.REPORTS if "bars" in name or name in {"funnel", "histogram"}])
def test_lengths_begin_at_zero(name: str) -> None:
    measured = [each for each in scales(spec(name)) if each.get("field") == "y" or each.get("shorthand") == "y:Q"]
    assert measured
    assert all(each["scale"]["zero"] is True for each in measured)


def test_a_funnel_says_what_goes_on() -> None:
    shown = texts(drawing("funnel"))
    assert {"12,480", "3,214", "241", "25.8% go on", "7.5% go on"} <= set(shown)


def test_a_grid_says_each_share() -> None:
    shown = texts(drawing("grid"))
    assert shown.count("100.0%") == 1
    assert len([each for each in shown if each.endswith("%")]) == len(cast.GRID)


def test_what_all_heads_of_a_grid_begin_with_is_said_once() -> None:
    shown = texts(drawing("grid of cohorts"))
    assert "After, week" in shown
    assert [each for each in shown if each.isdecimal()] == [str(number) for number in range(12)]
    assert {"7 Sep", "23 Nov"} <= set(shown)  # all of one year, so none says it


def test_heads_that_have_no_room_stand_upright_and_none_is_left_out() -> None:
    svg = drawing("grid of models")
    assert set(cast.MODELS) <= set(texts(svg))
    assert svg.count("rotate(-90") == len(cast.MODELS) + 1  # and the title of the rows
    assert "rotate(-90" not in drawing("grid").split("Cohort", maxsplit=1)[0]


def test_a_grid_as_low_as_its_rows_has_no_words() -> None:
    assert "100.0%" in texts(drawing("grid of cohorts", height=240))
    assert not [each for each in texts(drawing("grid of cohorts", height=160)) if each.endswith("%")]


def test_a_sankey_names_its_nodes_with_what_goes_through() -> None:
    shown = texts(drawing("sankey"))
    assert {"1 Home  160", "2 Pricing  140", "3 Quote  80"} <= set(shown)


def test_axes_are_in_words_and_units() -> None:
    assert "Median time to qualify, days" in texts(drawing("lines with gaps"))
    assert {"First touch", "Last touch", "Channel"} <= set(texts(drawing("bars side by side")))
    assert any(each.endswith("%") for each in texts(drawing("lines of shares")))


def test_what_is_left_out_is_said() -> None:
    assert "Channel (the first 40 of 60)" in texts(drawing("many bars"))


@pytest.mark.parametrize("name", ["lines", "bars by week", "lines with gaps"])
def test_what_happened_is_marked_on_charts_over_time(name: str) -> None:
    shown = texts(drawing(name, annotations=TOLD))
    assert "New prices" in shown
    assert "Long ago" not in shown  # the chart does not go back so far


@pytest.mark.parametrize("name", ["bars", "funnel", "grid", "lines of shares"])
def test_what_happened_is_on_no_other_chart(name: str) -> None:
    assert "New prices" not in drawing(name, annotations=TOLD)


def test_days_stay_the_days_they_are() -> None:
    assert '"type": "utc"' in json.dumps(spec("lines"))


@pytest.mark.parametrize("name", cast.REPORTS)
def test_a_page_has_a_class_for_the_height_of_a_chart(name: str) -> None:
    height = spec(name, "")["height"]
    assert height % STEP == 0
    assert height <= MOST_HEIGHT
    assert f".h-{height} {{" in (STYLES / "reports.css").read_text()
    assert spec(name, "", height=240)["height"] == 240


def test_the_themes_are_the_pages_tokens() -> None:
    found = re.findall(r"(--[a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", (STYLES / "tokens.css").read_text())
    tokens = {name: {"light": light, "dark": dark} for name, light, dark in found}
    assert {name: tokens[name]["light"] for name in THEMES["light"]} == THEMES["light"]
    assert {name: tokens[name]["dark"] for name in THEMES["dark"]} == THEMES["dark"]


def test_no_colour_of_a_dimension_is_used() -> None:
    styles = (STYLES / "tokens.css").read_text()
    dimensions = set(re.findall(r"--(?:engagement|readiness|conversion): light-dark\((#\w{6}), (#\w{6})\)", styles))
    assert len(dimensions) == 3
    used = {colour for theme in THEMES.values() for colour in theme.values()}
    assert not used & {colour for pair in dimensions for colour in pair}


def test_a_colour_that_charts_do_not_use_is_refused() -> None:
    with pytest.raises(KeyError):
        themed({"color": "var(--good)"}, "light")


def test_a_column_that_is_not_there_is_named() -> None:
    report = cast.REPORTS["bars"]
    with pytest.raises(KeyError, match="no column 'depth'"):
        Drawn(report, report.charts[0], report.tables[0]).column("depth")


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<svg")])
def test_a_chart_is_an_image(form: str, begins: bytes) -> None:
    assert draw(spec("bars"), form).startswith(begins)


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(TerminalError, match="Use svg, png or pdf"):
        draw(spec("bars"), "gif")


def test_a_drawing_fetches_nothing() -> None:
    fetching = {**spec("bars"), "data": {"url": "http://127.0.0.1:9/people.json"}}
    with pytest.raises(ValueError, match=r"(?i)not allowed|allowed"):
        draw(fetching, "svg")
