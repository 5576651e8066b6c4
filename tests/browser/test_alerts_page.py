"""Alerts in a real browser: made from a figure, tried on the past, fired and seen."""

import re

import pytest
import web_cast as cast
from pipeline_cast import Installation
from playwright.sync_api import Page, expect
from screenshots import settle
from visits import Open, Visit

from leadline.accounts.models import User
from leadline.analytics.models import Alert
from leadline.kernel.clock import utc_now
from leadline.pipeline import alerts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")
"""Of previews that the form gave up for a later one."""
JUDGED = re.compile(r"\d+ times in")


def test_an_alert_is_made_from_a_figure_fires_and_is_seen(visit: Open, history: Installation) -> None:
    window = visit(cast.user(User.Role.MARKETING, name="Ines Prado"))
    page = window.page
    window.go("/overview")
    settle(page)
    link = page.get_by_role("link", name="Alert me: New leads")
    expect(page.locator(".figure-alert", has=link)).to_have_css("opacity", "0")
    link.focus()
    expect(page.locator(".figure-alert", has=link)).to_have_css("opacity", "1")
    link.click()
    expect(page.get_by_label("Metric")).to_have_value("new-leads")
    _wish_for_a_thousand_a_day(page)
    expect(page.locator("#preview")).to_contain_text("New leads")
    expect(page.get_by_role("status").filter(has_text=JUDGED)).to_be_visible()
    page.get_by_role("button", name="Make the alert").click()
    expect(page.get_by_role("heading", name="Too few leads", level=1)).to_be_visible()

    fired = alerts.check(history.engine, utc_now())
    assert [firing.alert for firing in fired] == [Alert.objects.get()]
    window.go("/alerts")
    expect(page.locator(".firings .unseen")).to_contain_text(fired[0].sentence)
    page.get_by_role("button", name="Seen").click()
    expect(page.locator(".firings")).to_contain_text("seen by Ines Prado")
    expect(page.locator(".firings .unseen")).to_have_count(0)
    _leave_out_what_was_given_up(window)


@pytest.mark.usefixtures("history")
def test_the_preview_follows_what_the_form_says(visit: Open) -> None:
    window = visit(cast.user(User.Role.MARKETING), viewport={"width": 380, "height": 800})
    page = window.page
    window.go("/alerts/new?metric=new-leads")
    _wish_for_a_thousand_a_day(page)
    often = page.get_by_role("status").filter(has_text=JUDGED)
    expect(often).to_be_visible()
    with page.expect_response(re.compile("/alerts/preview")) as asked:
        page.get_by_label("by", exact=True).fill("-1")
    assert "csrf" not in asked.value.url
    expect(page.locator("#preview")).not_to_contain_text(JUDGED)
    page.get_by_label("by", exact=True).fill("many")
    expect(page.locator("#preview")).to_contain_text("is no number")
    assert window.sideways <= 380
    _leave_out_what_was_given_up(window)


@pytest.mark.usefixtures("history")
def test_who_may_not_use_alerts_is_offered_none(visit: Open) -> None:
    window = visit(cast.user(User.Role.SALES))
    window.go("/overview")
    settle(window.page)
    expect(window.page.locator(".report-figures")).to_be_visible()
    expect(window.page.get_by_role("link", name="Alert me")).to_have_count(0)


def _wish_for_a_thousand_a_day(page: Page) -> None:
    page.get_by_label("Name").fill("Too few leads")
    page.get_by_label("compared").select_option("threshold")
    page.get_by_label("lies").select_option("below")
    page.get_by_label("by", exact=True).fill("1000")


def _leave_out_what_was_given_up(window: Visit) -> None:
    window.complaints[:] = [text for text in window.complaints if not text.startswith(GIVEN_UP)]
