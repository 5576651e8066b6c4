"""What only a real browser can tell: htmx, the keyboard, the content security policy, widths, themes."""

import re
from typing import Any

import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 380, "height": 800}
WIDTHS = (1280, 1160, 1000, 800, 600, 380)
PAGES = (
    "/call-next",
    "/leads",
    "/leads?q=nobody",
    "/system",
    "/audit",
    "/users",
    "/users/tokens",
    "/plan",
    "/quarantine",
    "/quarantine/repair",
    "/sources",
    "/scoring",
    "/scoring/new",
    "/scoring/backtests",
    "/sources/website",
    "/live",
    "/team",
    "/identities",
    "/exports",
    "/accounts",
    "/you",
    "/audit/check",
    "/privacy",
    "/privacy/requests?state=all",
    "/privacy/requests/new",
    "/privacy/retention",
    "/privacy/retention/due",
    "/privacy/documents",
    "/privacy/documents/data-map",
    "/privacy/documents/privacy-notice",
)


@pytest.fixture
def admin(platform: dict[str, Any], engine: object) -> User:  # noqa: ARG001  # what the pages show
    return cast.user(User.Role.ADMINISTRATOR, name="Jose Reyes", email="jose@leadline.test")


@pytest.mark.usefixtures("engine", "platform")
def test_sign_in_and_land_on_call_next(visit: Open) -> None:
    cast.user(User.Role.SALES, email="ana@leadline.test")
    window = visit()
    window.go("/leads")
    window.page.fill("input[name=login]", "ana@leadline.test")
    window.page.fill("input[name=password]", cast.PASSWORD)
    window.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(window.page).to_have_url(re.compile("/leads$"))
    window.go("/")
    expect(window.page).to_have_title("Call next · Leadline")
    window.page.get_by_role("button", name="Sign out").click()
    expect(window.page).to_have_title("Sign in · Leadline")


def test_searching_narrows_the_list_and_its_address(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/leads")
    window.page.fill("#search", "dental")
    expect(window.page.locator("[data-row]")).to_have_count(1)
    expect(window.page).to_have_url(re.compile(r"/leads\?q=~[\w-]+$"))
    window.page.fill("#search", "")
    expect(window.page.locator("[data-row]")).to_have_count(12)
    expect(window.page).to_have_url(re.compile("/leads$"))


def test_filters_stay_in_the_address_and_back_returns(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/leads")
    window.page.select_option("select[name=stage]", "qualified")
    expect(window.page.locator("[data-row]")).to_have_count(5)
    window.page.select_option("select[name=who]", "everybody")
    expect(window.page).to_have_url(re.compile(r"who=everybody&stage=qualified|stage=qualified&who=everybody"))
    window.page.reload()
    expect(window.page.locator("select[name=stage]")).to_have_value("qualified")
    window.page.go_back()
    expect(window.page.locator("select[name=who]")).to_have_value("")


def test_the_keyboard_moves_through_a_list_and_opens_a_lead(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/call-next")
    for key in ("j", "j", "k"):
        window.page.keyboard.press(key)
    focused = window.page.locator(":focus")
    expect(focused).to_have_text("Joanna Weiss")
    window.page.keyboard.press("Enter")
    expect(window.page.locator("h1")).to_contain_text("Joanna Weiss")


def test_letters_typed_into_the_search_do_not_move_the_list(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/leads")
    window.page.keyboard.press("/")
    window.page.keyboard.type("kj")
    expect(window.page.locator("#search")).to_have_value("kj")


def test_the_skip_link_comes_first(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/leads")
    window.page.keyboard.press("Tab")
    expect(window.page.locator(":focus")).to_have_text("Skip to the page")


def test_the_whole_row_opens_the_lead(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/call-next")
    window.page.locator("[data-row] .owner").first.click(force=True)  # the link lies over the whole row
    expect(window.page.locator("h1")).to_contain_text("Joanna Weiss")


def test_accepting_and_contacting_update_the_page_in_place(visit: Open, admin: User, platform: dict[str, Any]) -> None:
    window = visit(admin)
    window.go(f"/leads/{platform['Amelia Hart'].pk}")
    window.page.get_by_role("button", name="Accept lead").click()
    expect(window.page.get_by_text("Accepted by Jose Reyes")).to_be_visible()
    expect(window.page.locator("h1")).to_be_focused()  # the button that had the focus is gone
    window.page.get_by_role("button", name="Log first contact").click()
    expect(window.page.get_by_text("First contact was logged")).to_be_visible()
    for done in ("Accept lead", "Log first contact"):
        expect(window.page.get_by_role("button", name=done)).to_have_count(0)


def test_the_browsers_zone_is_used_from_the_second_page_on(visit: Open, admin: User) -> None:
    window = visit(admin, timezone_id="Asia/Manila")
    window.go("/leads")
    window.go("/leads")
    expect(window.page.get_by_text("Times are in Asia/Manila.")).to_be_visible()


def test_the_theme_follows_the_system_until_it_is_chosen(visit: Open, admin: User) -> None:
    window = visit(admin, color_scheme="dark")
    window.go("/leads")
    expect(window.page.locator("body")).to_have_css("background-color", "rgb(17, 21, 26)")
    window.page.get_by_role("button", name="Light").click()
    expect(window.page.locator("body")).to_have_css("background-color", "rgb(251, 250, 248)")
    expect(window.page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_scrolls_sideways_at_any_width(visit: Open, admin: User, platform: dict[str, Any], theme: str) -> None:
    window = visit(admin, color_scheme=theme)
    for path in (*PAGES, f"/leads/{platform['Amelia Hart'].pk}", "/nothing-here"):
        window.go(path)
        for width in WIDTHS:
            assert window.fits(width), f"{path} at {width}"
    window.complaints[:] = [text for text in window.complaints if "404" not in text]  # the address that leads nowhere


def test_the_menu_opens_on_a_small_screen(visit: Open, admin: User) -> None:
    window = visit(admin, viewport=NARROW)
    window.go("/leads")
    link = window.page.get_by_role("link", name="System")
    expect(link).to_be_hidden()
    window.page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    link.click()
    expect(window.page.locator("h1")).to_have_text("System")


def test_what_is_touched_is_large_enough(visit: Open, admin: User, platform: dict[str, Any]) -> None:
    window = visit(admin, viewport=NARROW)
    for path in (*PAGES, f"/leads/{platform['Amelia Hart'].pk}"):
        window.go(path)
        small = window.page.evaluate(
            """() => [...document.querySelectorAll("main :is(button, select, input, a.btn, tr[data-row], summary)")]
                .map((each) => [each.textContent.trim().slice(0, 30), each.getBoundingClientRect().height])
                .filter(([, height]) => height > 1 && height < 44)"""
        )
        assert small == [], path


def test_the_system_page_renews_itself(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.page.clock.install()
    window.go("/system")
    with window.page.expect_response(lambda answer: answer.url.endswith("/system")) as renewed:
        window.page.clock.fast_forward(11_000)
    assert "<html" not in renewed.value.text()
