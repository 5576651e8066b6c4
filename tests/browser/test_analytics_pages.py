"""The analytics pages, used as the people do whom they are for."""

import re

import pytest
import web_cast as cast
from pipeline_cast import Installation
from playwright.sync_api import Locator, expect
from screenshots import settle
from visits import Open, Visit

from leadline.accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def marketing(history: Installation) -> User:  # noqa: ARG001  # what the pages show
    return cast.user(User.Role.MARKETING, name="Ines Prado")


@pytest.fixture
def sales(history: Installation) -> User:  # noqa: ARG001  # what the pages show
    return cast.user(User.Role.SALES, name="Jose Reyes")


def test_marketing_finds_the_cheap_campaign_that_never_wins(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/")
    expect(window.page).to_have_title("Overview · Leadline")
    window.page.get_by_role("navigation", name="Main").get_by_role("link", name="Conversions").click()
    window.page.get_by_role("navigation", name="Conversions").get_by_role("link", name="Revenue").click()
    campaigns = window.page.locator(".slot", has=window.page.get_by_role("heading", name="By campaign", exact=True))
    told = {name: _cells(campaigns, name) for name in ("giveaway", "brand")}
    visits, spend, deals = "Visits", "Spend", "Deals"
    assert told["giveaway"][visits] == "12"
    assert _money(told["giveaway"][spend]) < _money(told["brand"][spend])
    assert (told["giveaway"][deals], told["brand"][deals]) == ("0", "4")
    settle(window.page)


def _cells(table: object, name: str) -> dict[str, str]:
    """One row of a table by its headings."""
    rows = table.locator("tbody tr", has_text=name)
    expect(rows).to_have_count(1)
    headings = table.locator("thead th").all_text_contents()
    return dict(zip(headings, rows.locator("th, td").all_text_contents(), strict=True))


def _money(text: str) -> float:
    return float(re.sub(r"[^0-9.]", "", text))


def test_sales_opens_the_overview_and_goes_to_the_hottest_lead_by_keyboard(visit: Open, sales: User) -> None:
    window = visit(sales)
    window.go("/overview")
    settle(window.page)
    window.page.keyboard.press("j")
    focused = window.page.locator(":focus")
    name = focused.inner_text()
    expect(window.page.locator(".hot [data-row]").first.get_by_role("link")).to_be_focused()
    expect(window.page.locator(".hot [data-row]").first).to_contain_text("Requested a quote")
    window.page.keyboard.press("Enter")
    expect(window.page.locator("h1")).to_contain_text(name)


def test_the_overview_of_a_channel_tells_its_own_people(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/overview")
    settle(window.page)
    expect(_figure(window, "New leads")).to_have_text("26")
    window.page.select_option("#channel", "Paid search")
    expect(window.page).to_have_url(re.compile(r"/overview\?channel=Paid(\+|%20)search$"))
    expect(window.page.locator("#channel")).to_have_value("Paid search")
    expect(_figure(window, "New leads")).to_have_text("8")
    settle(window.page)
    window.page.go_back()
    expect(_figure(window, "New leads")).to_have_text("26")
    settle(window.page)


def _figure(window: Visit, label: str) -> Locator:
    return window.page.locator(".report-figures > div", has_text=label).first.locator("dd").first


def test_a_funnel_is_made_of_words_and_names_who_stopped(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/conversions?steps=Page+/pricing>Tool+Used>Quote+Requested&window=7d")
    settle(window.page)
    expect(_figure(window, "Entered")).to_have_text("26")
    expect(_figure(window, "Finished")).to_have_text("14")
    steps = window.page.locator("input[name=steps]")
    steps.nth(3).fill("Deal Won")
    steps.nth(3).press("Enter")
    expect(steps).to_have_count(5)
    settle(window.page)
    expect(_figure(window, "Finished")).to_have_text("4")
    window.page.get_by_role("group", name="Who stopped").get_by_role("link", name="Tool Used", exact=True).click()
    settle(window.page)
    stopped = window.page.locator("[data-report=drop-off] tbody tr")
    expect(stopped).to_have_count(10)
    expect(window.page.locator("[data-report=drop-off]")).to_contain_text("Giveaway")
    expect(window.page.locator("input[name=steps]").nth(3)).to_have_value("Deal Won")
    given_up = ("htmx:afterRequest", "htmx:sendAbort")  # rooms of what was asked before, replaced while they filled
    window.complaints[:] = [text for text in window.complaints if not text.startswith(given_up)]


def test_another_model_credits_another_channel(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/conversions/attribution?conversion=won_deal")
    settle(window.page)
    window.page.select_option("select[name=model]", "first")
    expect(window.page).to_have_url(re.compile("model=first"))
    expect(window.page.get_by_role("heading", name=re.compile("Credited by first touch"))).to_be_visible()
    settle(window.page)
    expect(window.page.locator("[data-report=conversion-paths]")).to_contain_text("Paid search")


def test_what_journeys_look_through_can_be_emptied(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/journeys")
    settle(window.page)
    without = window.page.get_by_label("without")
    expect(without).to_have_value(re.compile("Page Engaged, "))
    without.fill("")
    without.press("Enter")
    expect(window.page).to_have_url(re.compile("[?&]exclude=none(&|$)"))
    expect(window.page.get_by_label("without")).to_have_value("")
    settle(window.page)


def test_a_press_on_a_step_narrows_the_journeys(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/journeys?of=pages")
    settle(window.page)
    window.page.locator("figure.chart svg").get_by_text("2 /pricing", exact=False).click()
    expect(window.page).to_have_url(re.compile(r"anchor=Page(\+|%20)(/|%2F)pricing"))
    expect(window.page.locator("input[name=anchor]")).to_have_value("Page /pricing")
    settle(window.page)
    expect(window.page.get_by_text("Around “Page /pricing”.")).to_be_visible()
    paths = window.page.locator("[data-report=journeys] table.report").last.locator("tbody th").all_text_contents()
    assert paths
    assert all(path.startswith("/pricing") for path in paths), paths


def test_tabs_are_reached_by_keyboard(visit: Open, marketing: User) -> None:
    window = visit(marketing)
    window.go("/conversions")
    window.page.get_by_role("navigation", name="Conversions").get_by_role("link", name="Funnel").focus()
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")
    expect(window.page).to_have_url(re.compile("/conversions/attribution$"))
    settle(window.page)
