"""axe over every page of the application, light and dark: nothing serious or critical; and nothing moves while a page
fills itself."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import crm_pages_cast
import pytest
import web_cast as cast
from analytics_history import three_weeks
from axe_playwright_python.sync_playwright import Axe
from kept_history import KeptHistories, served
from legibility import shifted
from pipeline_cast import Installation
from screenshots import PAGES, settle
from visits import Open, Visit

from leadline.accounts.models import User
from leadline.analytics.boards import plant_weekly_review
from leadline.analytics.models import Board
from leadline.kernel.clock import utc_now
from leadline.pipeline.demonstration_notifications import plant_notifications
from leadline.pipeline.reports.catalogue import kinds
from leadline.qualification.models import Standing
from leadline.scoring.models import PublishedRuleset
from leadline.tracking.models import Account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}
ALLOWED_SHIFT = 0.05


@pytest.fixture
def administrator(
    transactional_db: None,  # noqa: ARG001  # rows
    histories: KeptHistories,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[User]:
    """An administrator of a platform that is three weeks old."""
    with served(histories.installation(_everything, tmp_path), monkeypatch):
        yield cast.user(User.Role.ADMINISTRATOR, name="Jose Reyes")


def _everything(installation: Installation) -> None:
    """Something on every page."""
    cast.published()
    three_weeks(installation)
    cast.quarantine()
    plant_weekly_review(kinds())
    plant_notifications(installation.engine, utc_now())
    crm_pages_cast.planted(installation.engine)


def _settled(window: Visit, path: str) -> None:
    answer = window.page.goto(window.address + path)
    assert answer is not None
    assert answer.status == (404 if path == PAGES["not-found"] else 200), path
    settle(window.page)


def _every_page() -> list[str]:
    """What is numbered 1 in a new installation has the number that it has here."""
    first = {
        "/scoring/1": PublishedRuleset.objects.get().pk,
        "/boards/1": Board.objects.get().pk,
        "/users/1": User.objects.order_by("pk")[0].pk,
    }
    pages = [_numbered(path, first) for path in PAGES.values()]
    lead = Standing.objects.order_by("-total", "lead_id").values_list("lead_id", flat=True)[0]
    accounts = [f"/accounts/{number}" for number in Account.objects.values_list("pk", flat=True)[:1]]
    return [*pages, f"/leads/{lead}", *accounts]


def _numbered(path: str, numbers: Mapping[str, int]) -> str:
    for begin, number in numbers.items():
        path = re.sub(rf"^{begin}(?![0-9])", f"{begin[:-1]}{number}", path)
    return path.replace("board=1", f"board={numbers['/boards/1']}")


def test_axe_finds_nothing_serious_on_any_page(visit: Open, administrator: User) -> None:
    axe, found = Axe(), defaultdict[str, list[str]](list)
    window = visit(administrator, color_scheme="light", reduced_motion="reduce")
    for path in _every_page():
        _settled(window, path)
        _note(found, f"{path} in light", axe.run(window.page).response)
        window.page.eval_on_selector_all("figure.chart", NOT_DRAWN)  # they are drawn again in the colours of the dark
        window.page.emulate_media(color_scheme="dark")
        settle(window.page)
        _note(found, f"{path} in dark", window.page.evaluate("rules => axe.run(rules)", COLOURS))
        window.page.emulate_media(color_scheme="light")
    window.complaints[:] = [text for text in window.complaints if "404" not in text]  # the address that leads nowhere
    assert not found, "\n".join(f"{told} on {', '.join(pages)}" for told, pages in found.items())


COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
"""Of axe's rules those that a theme makes a difference to."""
NOT_DRAWN = "figures => figures.forEach(figure => delete figure.dataset.drawn)"


def _note(found: defaultdict[str, list[str]], where: str, said: dict[str, Any]) -> None:
    for told in _grave(said["violations"]):
        found[told].append(where)


def _grave(violations: list[dict[str, Any]]) -> set[str]:
    return {
        f"{each['id']} ({each['impact']}): {node['html'][:160]}"
        for each in violations
        if each["impact"] in GRAVE
        for node in each["nodes"]
    }


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("path", ["/overview", "/conversions", "/leads", "/accounts"])
def test_nothing_moves_while_a_page_fills_itself(visit: Open, administrator: User, path: str, width: int) -> None:
    window = visit(administrator, viewport={"width": width, "height": 900})
    _settled(window, path)
    assert shifted(window.page) < ALLOWED_SHIFT


def test_no_page_of_analytics_scrolls_sideways_at_any_width(visit: Open, administrator: User) -> None:
    window = visit(administrator, viewport={"width": WIDTHS[0], "height": 900})
    for path in (each for each in _every_page() if each.split("?")[0].split("/")[1] in ANALYTICS):
        window.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        _settled(window, path)
        for width in WIDTHS:
            assert window.fits(width), f"{path} at {width}"


WIDTHS = (2560, 1280, 1160, 800, 380)
ANALYTICS = {"overview", "conversions", "journeys", "reports", "boards", "alerts", "exports", "leads", "accounts"}
