"""Notifications in a real browser: a rule tried while it is written, a channel tested, what I am told."""

import re
from datetime import timedelta

import pytest
import web_cast as cast
from axe_playwright_python.sync_playwright import Axe
from pipeline_cast import Installation
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.notifications.channels import make_channel
from leadline.notifications.models import Channel, Notice, Rule
from leadline.pipeline.notifying.commands import notify_run
from leadline.qualification import feed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = {"serious", "critical"}


def qualifies(name: str, **owned: object) -> None:
    """Somebody entered Qualified an hour ago."""
    row = cast.standing(cast.lead(name), **owned)
    detail = {"to": "qualified", "grade": "A", "reasons": [{"sentence": "Requested a quote"}]}
    feed.tell("stage_changed", row.pk, utc_now() - timedelta(hours=1), **detail)


def test_a_rule_is_tried_while_it_is_written_made_and_tells(visit: Open, history: Installation) -> None:
    qualifies("Zoe Quist")
    make_channel("Sales room", "log", administrator=True)
    window = visit(cast.user(User.Role.ADMINISTRATOR))
    page = window.page
    window.go("/notifications")
    page.get_by_role("link", name="New rule").click()
    page.get_by_role("link", name="A lead enters a stage").click()
    expect(page.locator("#preview")).to_contain_text("Zoe Quist is Qualified")
    with page.expect_response(re.compile("/notifications/rules/preview")) as asked:
        page.get_by_label("Message").fill("{name.__class__}")
    assert "csrf" not in asked.value.url
    expect(page.locator("#preview")).to_contain_text("not known")
    page.get_by_label("Message").fill("{name} made it\n{reason}")
    expect(page.locator("#preview")).to_contain_text("Zoe Quist made it")
    page.get_by_label("Sales room").check()
    page.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A lead enters Qualified")

    qualifies("Yan Petrov")
    assert notify_run(history.engine) == {"made": 1, "sent": 1}
    window.go("/notifications")
    expect(page.locator(".notify-log")).to_contain_text("Yan Petrov made it")
    assert Notice.objects.get().body == "Requested a quote"


@pytest.mark.usefixtures("history")
def test_somebody_from_sales_chooses_on_a_small_screen_what_they_are_told(visit: Open) -> None:
    who = cast.user(User.Role.SALES, name="Jose Reyes")
    window = visit(who, viewport={"width": 380, "height": 800})
    page = window.page
    window.go("/notifications/mine")
    page.get_by_label("Quiet from").select_option("20")
    page.get_by_label("to", exact=True).select_option("8")
    page.get_by_role("button", name="Make the channel").click()
    expect(page.locator(".entries")).to_contain_text("quiet 20:00 to 08:00")
    page.get_by_label("A lead is given to me").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("A lead is given to me")).to_be_checked()
    assert Rule.objects.get().person == who
    assert window.sideways <= 380
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in GRAVE] == []


@pytest.mark.usefixtures("history")
def test_a_channel_is_tested_and_its_address_is_nowhere_in_the_page(visit: Open) -> None:
    window = visit(cast.user(User.Role.ADMINISTRATOR))
    page = window.page
    window.go("/notifications/channels/new")
    page.get_by_label("Name").fill("Team")
    page.get_by_label("Address").fill("json://127.0.0.1:9/hooks/s3cret-token")
    page.get_by_role("button", name="Make the channel").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status")).to_contain_text("could not be reached")
    assert "s3cret" not in page.content()
    assert Channel.objects.get().trouble
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in GRAVE] == []
