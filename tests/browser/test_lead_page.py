"""A lead's page as a salesperson uses it on a telephone: why now, what next, a press for each word, the story below."""

from typing import Any

import pytest
import web_cast as cast
from playwright.sync_api import Locator, expect
from visits import Open, Visit

from leadline.accounts.models import User
from leadline.pipeline.engine import Engine
from leadline.qualification.models import Standing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TELEPHONE = {"width": 380, "height": 800}
WINDOW = {"width": 1280, "height": 900}


@pytest.fixture
def amelia(platform: dict[str, Any], engine: Engine) -> int:  # noqa: ARG001  # evaluates what sales says
    return int(platform["Amelia Hart"].pk)


def open_lead(visit: Open, number: int, viewport: dict[str, int]) -> Visit:
    window = visit(cast.user(User.Role.SALES, name="Jose Reyes"), viewport=viewport)
    window.go(f"/leads/{number}")
    return window


@pytest.mark.parametrize("viewport", [WINDOW, TELEPHONE], ids=["window", "telephone"])
def test_the_first_screen_has_all_that_is_needed(visit: Open, amelia: int, viewport: dict[str, int]) -> None:
    window = open_lead(visit, amelia, viewport)
    main = window.page.locator("#head")
    for name in ("Accept lead", "Snooze 1 day"):
        _is_on_the_first_screen(main.get_by_role("button", name=name), viewport)
    for name in ("Call", "Mail"):
        _is_on_the_first_screen(main.get_by_role("link", name=name, exact=True), viewport)
    _is_on_the_first_screen(main.locator("summary", has_text="Reject…"), viewport)
    _is_on_the_first_screen(main.get_by_text("Requested a quote for 4 bookkeepers, 24 minutes ago"), viewport)
    assert window.sideways <= viewport["width"]
    expect(main.get_by_text("Open in")).to_have_count(0)  # there is no CRM yet


def test_accept_snooze_and_reject_are_a_press_each(visit: Open, amelia: int) -> None:
    page = open_lead(visit, amelia, TELEPHONE).page
    page.get_by_role("button", name="Accept lead").click()
    expect(page.get_by_text("Accepted by Jose Reyes")).to_be_visible()
    page.get_by_role("button", name="Snooze 1 day").click()
    expect(page.get_by_text("Snoozed: back on Call next")).to_be_visible()
    page.get_by_role("button", name="Wake now").click()
    expect(page.get_by_role("button", name="Snooze 1 day")).to_be_visible()
    page.locator("summary", has_text="Reject…").click()
    page.get_by_role("button", name="Not hiring").click()
    expect(page.get_by_text("Sales said no")).to_be_visible()
    assert Standing.objects.get(pk=amelia).rejection == "not_hiring"


def test_two_words_pressed_at_once_are_one(visit: Open, amelia: int) -> None:
    page = open_lead(visit, amelia, WINDOW).page
    page.evaluate("""() => {
      window.faults = [];
      for (const name of ["htmx:oobErrorNoTarget", "htmx:swapError", "htmx:responseError"])
        document.body.addEventListener(name, (event) => window.faults.push(event.type));
    }""")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.evaluate("""() => {
      const named = (text) => [...document.querySelectorAll("#head button")].find((each) => each.textContent === text);
      const [accept, snooze] = [named("Accept lead"), named("Snooze 1 day")];
      accept.form.requestSubmit();
      snooze.form.requestSubmit();
    }""")
    expect(page.get_by_text("Accepted by Jose Reyes")).to_be_visible()
    expect(page.locator("#stages-part")).to_contain_text("Accepted")
    page.wait_for_load_state("networkidle")
    assert [url.rsplit("/", 1)[-1] for url in posts] == ["accept"]
    assert page.evaluate("window.faults") == []
    assert Standing.objects.get(pk=amelia).snoozed_until is None
    page.get_by_role("button", name="Snooze 1 day").click()
    expect(page.get_by_text("Snoozed: back on Call next")).to_be_visible()


def test_the_story_is_told_below(visit: Open, amelia: int) -> None:
    page = open_lead(visit, amelia, TELEPHONE).page
    journey = page.locator(".journey")
    expect(journey).to_contain_text("Entered Qualified")
    expect(journey.get_by_role("img")).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text("Tool Used: quote calculator")
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Not connected yet")
    expect(page.get_by_role("heading", name="Consent")).to_be_visible()


def _is_on_the_first_screen(part: Locator, viewport: dict[str, int]) -> None:
    expect(part).to_be_visible()
    box = part.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= viewport["height"]
