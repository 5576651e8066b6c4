"""The list of accounts as people use it: ordering, narrowing, leaving a condition out, a telephone."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.qualification.models import AccountStanding

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COMPANIES = (("Zephyr", 3, 20, "Legal"), ("Alder", 1, 60, "Health care"), ("Moss", 2, 40, "Legal"))


@pytest.fixture
def seller(engine: Engine) -> User:  # noqa: ARG001  # open
    number = cast.published().number
    for name, people, total, industry in COMPANIES:
        account = cast.company(name, f"{name.lower()}.com", industry=industry, country="DE")
        AccountStanding.objects.create(
            account=account, total=total * 1_000_000, grade="B", people=people, ruleset=number, scored_at=utc_now()
        )
    return cast.user(User.Role.SALES, name="Jose Reyes")


def names(page: Any) -> Any:
    return page.locator("[data-row] th a")


def test_ordering_narrowing_and_leaving_a_condition_out(visit: Open, seller: User) -> None:
    page = (window := visit(seller)).page
    window.go("/accounts")
    expect(names(page)).to_have_text(["Alder", "Moss", "Zephyr"])
    page.locator("select[name=sort]").select_option("people")
    page.wait_for_url(re.compile(r"/accounts\?sort=people$"))
    expect(names(page)).to_have_text(["Zephyr", "Moss", "Alder"])
    page.get_by_text("More filters").click()
    page.get_by_label("Industry").fill("Legal")
    page.get_by_role("button", name="Narrow the list").click()
    page.wait_for_url(re.compile(r"/accounts\?industry=Legal&sort=people"))
    expect(names(page)).to_have_text(["Zephyr", "Moss"])
    page.locator("#search").press_sequentially("mo")
    expect(names(page)).to_have_text(["Moss"])
    expect(page).to_have_url(re.compile(r"industry=Legal&q=~[\w-]+"))
    assert "mo" not in parse_qs(urlsplit(page.url).query)["q"]
    page.get_by_role("link", name=re.compile("Industry is Legal")).click()
    expect(page.locator(".condition")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=~"))


def test_on_a_telephone_nothing_is_wider_than_it(visit: Open, seller: User) -> None:
    page = (window := visit(seller, viewport={"width": 380, "height": 800})).page
    window.go("/accounts?sort=name")
    page.get_by_text("More filters").click()
    expect(page.get_by_label("Employees at most")).to_be_visible()
    assert window.sideways <= 380
    expect(names(page)).to_have_text(["Alder", "Moss", "Zephyr"])
