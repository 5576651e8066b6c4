"""Charts in a real browser: drawn under the content security policy, in both themes, again when the theme changes."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "analytics"))  # one report for each mark

import chart_cast
import report_cast
import web_cast as cast
from legibility import CROWDED, RESIZES, shifted
from playwright.sync_api import Page, expect
from screenshots import settle
from visits import Open

from leadline.accounts.models import User
from leadline.analytics import boards
from leadline.analytics.models import Annotation
from leadline.analytics.report import Report
from leadline.analytics.share_links import make_link
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.catalogue import ReportKind, kinds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def marketing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> User:  # noqa: ARG001  # open
    """Somebody who reports, beside a report of every mark."""
    report_cast.register(monkeypatch)
    for name, each in chart_cast.REPORTS.items():
        kind = f"mark-{name.replace(' ', '-')}"
        monkeypatch.setitem(_kinds(), kind, ReportKind(kind, name, "?", "d", _always(each)))
    return cast.user(User.Role.MARKETING, name="Ada Reyes")


def _kinds() -> dict[str, Any]:
    return kinds()


def _always(report: Report) -> Any:
    return lambda *_: report


def drawn(page: Page, count: int = 1) -> None:
    expect(page.locator("figure.chart[data-drawn] svg.marks")).to_have_count(count)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mark_is_drawn_in_pages(visit: Open, marketing: User, scheme: str) -> None:
    page = (window := visit(marketing, color_scheme=scheme)).page
    for name in chart_cast.REPORTS:
        window.go(f"/reports/mark-{name.replace(' ', '-')}")
        drawn(page)
        assert "NaN" not in page.locator("figure.chart svg").first.inner_html(), name
        assert window.complaints == [], name


def test_a_chart_is_drawn_again_when_the_theme_changes(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing, color_scheme="light")).page
    window.go("/reports/sounding?whole=1")
    drawn(page)
    line = page.locator("figure.chart svg .mark-line path").first
    expect(line).to_have_attribute("stroke", "rgb(61, 79, 95)")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("figure.chart svg .mark-line path").first).to_have_attribute("stroke", "rgb(184, 198, 211)")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(page.locator("figure.chart svg .mark-line path").first).to_have_attribute("stroke", "rgb(61, 79, 95)")
    drawn(page)


def test_hovering_says_the_number_in_words(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing)).page
    window.go("/reports/mark-bars")
    drawn(page)
    page.locator("figure.chart svg .mark-rect path").first.hover()
    expect(page.locator("#vg-tooltip-element")).to_be_visible()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("Direct")
    expect(page.locator("#vg-tooltip-element")).to_contain_text("123")


def test_filters_change_the_report_and_the_address(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing)).page
    window.go("/reports/sounding")
    drawn(page)
    page.get_by_label("each").select_option("month")
    page.wait_for_url("**grain=month**")
    expect(page.get_by_role("link", name="Pin to a board")).to_have_attribute("href", re.compile("grain=month"))
    drawn(page)
    page.get_by_role("link", name="Pin to a board").click()
    page.get_by_label("Name of the new board").fill("Depths")
    page.get_by_role("button", name="Pin the report").click()
    page.wait_for_url("**/boards/*")
    drawn(page)
    assert "grain=month" in page.locator(".pinned h2 a").get_attribute("href")


def test_a_board_fills_its_rooms_without_moving_them(visit: Open, marketing: User) -> None:
    board = boards.make_board("Depths", None, shared=True)
    for _ in range(4):
        boards.pin(board, "sounding", {"period": "7d"}, "Depth")
    page = (window := visit(marketing)).page
    window.go(f"/boards/{board.pk}")
    expect(page.locator(".slot[aria-busy]")).to_have_count(0)
    page.wait_for_selector("figure.chart[data-drawn]")
    assert shifted(page) < 0.02


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (800, "dark"), (380, "dark"), (380, "light")])
def test_grids_on_a_board_are_legible_and_keep_their_size(
    visit: Open, marketing: User, width: int, scheme: str
) -> None:
    board = boards.make_board("Cohorts", None, shared=True)
    for name in ("mark-grid", "mark-grid-of-cohorts", "mark-grid-of-models", "mark-grid-of-cohorts"):
        boards.pin(board, name, {}, name)
    page = (window := visit(marketing, color_scheme=scheme, viewport={"width": width, "height": 900})).page
    window.go(f"/boards/{board.pk}")
    settle(page)
    drawn(page, 4)
    assert shifted(page) < 0.05
    assert page.evaluate(RESIZES) == 0
    for figure in page.query_selector_all("figure.chart"):
        found = figure.evaluate(CROWDED)
        assert (found["over"], found["out"]) == ([], [])
        assert found["written"] > 12  # heads and rows at least
    said = page.locator("figure.chart").nth(1).locator("svg").text_content() or ""
    assert ("100%" in said) == (width > 380)
    assert "100" in said
    assert window.sideways <= width


def test_what_a_grid_writes_follows_the_window(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing, viewport={"width": 1280, "height": 900})).page
    window.go("/reports/mark-grid-of-cohorts")
    drawn(page)
    figure = page.locator("figure.chart")
    expect(figure).to_contain_text("91.7%")
    page.set_viewport_size({"width": 380, "height": 900})
    expect(figure).not_to_contain_text("%")
    assert page.query_selector("figure.chart").evaluate(CROWDED)["over"] == []
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(figure).to_contain_text("91.7%")


def test_what_happened_is_added_to_the_charts(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing)).page
    window.go("/reports/sounding?whole=1")
    page.get_by_label("On", exact=True).fill(report_cast.FIRST_DAY.isoformat())
    page.get_by_label("What happened").last.fill("The tide turned")
    page.get_by_role("button", name="Add to the charts").click()
    drawn(page)
    expect(page.locator("figure.chart svg")).to_contain_text("The tide turned")
    assert Annotation.objects.get().day == report_cast.FIRST_DAY


def test_a_report_that_fails_says_so_in_its_room(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing)).page
    page.route("**/reports/sounding/part**", lambda route: route.fulfill(status=500, body="no"))
    window.go("/reports/sounding")
    expect(page.locator(".slot [role=alert]")).to_contain_text("This report failed (error 500).")
    page.unroute("**/reports/sounding/part**")
    page.get_by_role("button", name="Try again").click()
    drawn(page)
    assert any("500" in each for each in window.complaints)
    window.complaints.clear()


def test_a_shared_board_draws_without_a_session(visit: Open, marketing: User) -> None:
    del marketing
    board = boards.make_board("Depths", None, shared=True)
    boards.pin(board, "sounding", {"period": "7d"}, "Depth")
    token = make_link(7, utc_now(), "Ada", board=board)[1]
    page = (window := visit(None, viewport={"width": 380, "height": 800})).page
    window.go(f"/shared/{token}")
    drawn(page)
    assert window.sideways <= 380
    assert page.get_by_role("navigation").count() == 0


def test_the_script_that_draws_is_loaded_only_where_there_are_charts(visit: Open, marketing: User) -> None:
    page = (window := visit(marketing)).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    window.go("/reports")
    page.wait_for_load_state("networkidle")
    assert not [each for each in asked if "/charts/" in each]
    window.go("/reports/mark-bars")
    drawn(page)
    scripts = [each for each in asked if "/charts/" in each]
    assert len(scripts) == 1
    assert scripts[0].startswith(window.address)
    answer = page.request.get(scripts[0])
    assert "immutable" in answer.headers["cache-control"]
