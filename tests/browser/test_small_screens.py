"""Pages of privacy and of users on a small screen: nothing is cut off or lies on anything else, and all of it opens."""

from typing import Any

import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.audit import Who
from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.kernel.clock import utc_now
from leadline.pipeline.privacy import requests

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 380, "height": 800}
OPEN_ALL = "() => document.querySelectorAll('main details').forEach(each => { each.open = true; })"
BEYOND = """() => [...document.querySelectorAll("main .card *")]
    .filter((each) => each.checkVisibility() && !each.closest(".sr-only, thead, pre"))
    .filter((each) => each.getBoundingClientRect().right > each.closest(".card").getBoundingClientRect().right + 1)
    .map((each) => each.outerHTML.slice(0, 120))"""
"""What stands out of its card."""
SCROLLED = """() => [...document.querySelectorAll("main .table")]
    .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel)"""
ON_EACH_OTHER = """() => [...document.querySelectorAll("main .documents tr")].flatMap((row) => {
    const [link, about] = ["th a", ".about"].map((each) => row.querySelector(each));
    return link && about && link.getBoundingClientRect().bottom > about.getBoundingClientRect().top + 1
        ? [link.textContent] : [];
})"""
"""Titles of documents that lie on what the document is for."""


@pytest.fixture
def admin(platform: dict[str, Any], engine: object) -> User:  # noqa: ARG001  # what the pages show
    who = cast.user(User.Role.ADMINISTRATOR, name="Jose Reyes", email="jose@leadline.test")
    create_token(who, "Nightly sheet of everything that was sold")
    return who


@pytest.fixture
def asked() -> str:
    """The page of a request whose identity is checked."""
    row, _ = requests.receive(requests.Asked("erasure", "nobody.who.is.known@a-long-name.example"), utc_now(), Who())
    requests.verify(row, "called back", utc_now(), Who())
    return f"/privacy/requests/{row.pk}"


def test_what_can_be_opened_stays_in_its_card(visit: Open, admin: User, asked: str) -> None:
    window = visit(admin, viewport=NARROW)
    for path in ("/you", "/users/tokens", f"/users/{admin.pk}", asked, "/privacy/retention", "/sources/website"):
        window.go(path)
        window.page.evaluate(OPEN_ALL)
        assert window.page.evaluate(BEYOND) == [], path
        assert window.fits(NARROW["width"]), path


def test_what_opens_keeps_the_triangle_that_says_so(visit: Open, admin: User, asked: str) -> None:
    window = visit(admin, viewport=NARROW)
    window.go(asked)
    opens = window.page.locator("summary", has_text="It is somebody else")
    expect(opens).to_have_css("display", "list-item")


@pytest.mark.parametrize("name", ["data-map", "record-of-processing", "privacy-notice", "dpia", "retention"])
def test_a_document_is_read_without_scrolling_sideways(visit: Open, admin: User, name: str) -> None:
    window = visit(admin, viewport=NARROW)
    window.go(f"/privacy/documents/{name}")
    assert window.page.evaluate(SCROLLED) == []


def test_titles_of_documents_do_not_lie_on_their_descriptions(visit: Open, admin: User) -> None:
    window = visit(admin, viewport=NARROW)
    window.go("/privacy/documents")
    expect(window.page.locator(".documents th a")).not_to_have_count(0)
    assert window.page.evaluate(ON_EACH_OTHER) == []


def test_a_button_that_is_only_for_the_keyboard_is_seen_when_it_has_the_focus(visit: Open, admin: User) -> None:
    window = visit(admin)
    window.go("/audit/check")  # an entry, without which there is nothing to filter
    window.go("/audit")
    button = window.page.locator(".audit-filters button")
    expect(button).to_have_css("clip-path", "inset(50%)")
    window.page.locator("input[name=until]").focus()
    for _ in range(5):  # the parts of a date
        window.page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    expect(button).to_be_focused()
    expect(button).to_have_css("clip-path", "none")
