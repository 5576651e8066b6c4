"""The list of leads as salespeople use it: narrowing, views, selecting, the keyboard, a telephone."""

import re
from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User
from leadline.analytics.models import SavedView
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.qualification.models import Standing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 380, "height": 800}


@pytest.fixture
def seller(platform: dict[str, Any], engine: Engine) -> User:  # noqa: ARG001  # whom the pages show
    return cast.user(User.Role.SALES, name="Jose Reyes", email="jose@leadline.test")


def test_narrowing_saving_and_coming_back(visit: Open, seller: User) -> None:
    window = visit(seller)
    window.go("/leads")
    page = window.page
    page.get_by_text("More filters").click()
    page.get_by_label("Total at least").fill("50")
    page.locator("select[name=contacted]").select_option("no")
    page.get_by_role("button", name="Narrow the list").click()
    expect(page.get_by_role("link", name=re.compile("Total at least 50"))).to_be_visible()
    shown = page.locator("[data-row]").count()
    assert shown == Standing.objects.filter(total__gte=50_000_000, contacted_at=None, lead__known=True).count()
    page.get_by_text("Save this view").click()
    page.locator("input[name=name]").fill("Hot and new")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".views [aria-current]")).to_have_text("Hot and new")
    assert SavedView.objects.get().name == "Hot and new"
    page.get_by_role("link", name="All leads").click()
    expect(page.locator("[data-row]")).not_to_have_count(shown)
    page.get_by_role("link", name="Hot and new").click()
    expect(page.locator("[data-row]")).to_have_count(shown)


def test_selecting_by_keyboard_and_snoozing_together(visit: Open, seller: User) -> None:
    window = visit(seller)
    window.go("/leads?stage=qualified")
    page = window.page
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-picked]")).to_have_text("With 2 selected leads")
    page.get_by_role("button", name="Snooze…").click()
    expect(page.get_by_role("heading", name="Snooze 2 leads?")).to_be_visible()
    page.get_by_label("For").select_option("1w")
    page.get_by_role("button", name="Snooze 2 leads").click()
    expect(page.get_by_role("heading", name="2 of 2 leads changed")).to_be_visible()
    snoozed = Standing.objects.filter(snoozed_until__gt=utc_now() + timedelta(days=6))
    assert snoozed.count() == 2
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile(r"/leads\?stage=qualified$"))


def test_the_keys_help_opens_and_enter_opens_a_lead(visit: Open, seller: User) -> None:
    window = visit(seller)
    window.go("/leads")
    page = window.page
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Tab")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/leads/\d+$"))


def test_every_lead_of_a_page_is_selected_at_once(visit: Open, seller: User) -> None:
    window = visit(seller)
    window.go("/leads")
    window.page.get_by_label("Select every lead of this page").check()
    rows = window.page.locator("[data-row]").count()
    expect(window.page.locator("[data-picked]")).to_have_text(f"With {rows} selected leads")


def test_on_a_telephone_a_row_is_two_lines_and_nothing_scrolls_sideways(visit: Open, seller: User) -> None:
    window = visit(seller, viewport=NARROW)
    for address in (
        "/leads",
        "/leads?columns=stage,score,gain,owner,channel,country,value,reason,seen",
        "/leads?total.min=5",
    ):
        window.go(address)
        page = window.page
        for summary in page.locator(".around summary").all():
            summary.click()
        expect(page.get_by_role("button", name="Narrow the list")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        heights = page.eval_on_selector_all("[data-row]", "rows => rows.map(row => row.getBoundingClientRect().height)")
        assert heights
        assert max(heights) < 90
