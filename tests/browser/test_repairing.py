"""Repairing messages in a real browser: steps are added, tried out and replayed without leaving the page."""

from datetime import timedelta

import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.tick import tick
from leadline.tracking.models import EventSource, QuarantinedMessage, ViolationTally

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BODY = {"type": "track", "event": "Quote Requestd", "userId": "u1", "properties": {"quote_id": "q1", "seats": "4"}}


def held() -> QuarantinedMessage:
    source = EventSource.objects.create(name="crm")
    reason = {"code": "Unplanned-Event", "reason": "Quote Requestd is not in the plan", "name": "Quote Requestd"}
    place = {"segment": "100-1-1.seg", "position": 0, "received_at": utc_now() - timedelta(minutes=5)}
    return QuarantinedMessage.objects.create(source=source, body=BODY, **reason, **place)


def test_steps_are_tried_out_and_replayed_in_place(visit: Open, engine: Engine) -> None:
    row, page = held(), (window := visit(cast.user(User.Role.ADMINISTRATOR))).page
    window.go(f"/quarantine/{row.pk}")
    page.locator("[name=path]").fill("event")
    page.locator("[name=to]").fill("Quote Requested")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".outcome")).to_contain_text("Still held")
    expect(page.locator(".outcome")).to_contain_text("seats is string")
    page.get_by_role("button", name="Another step").click()
    page.locator("[name=do]").nth(1).select_option("cast")
    page.locator("[name=path]").nth(1).fill("properties.seats")
    page.locator("[name=to]").nth(1).fill("integer")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".outcome")).to_contain_text("It would be stored as Quote Requested.")
    expect(page.locator(".changes ins").last).to_contain_text('"seats": 4')
    page.get_by_role("button", name="Replay this message").click()
    expect(page.locator(".outcome")).to_contain_text("1 message replayed.")
    assert tick(engine, utc_now()).stored == 1


@pytest.mark.usefixtures("engine")
def test_an_example_opens_and_closes_in_its_row(visit: Open) -> None:
    source, now = EventSource.objects.create(name="crm"), utc_now()
    named = {"event": "Quote Requestd", "kind": "Unplanned-Event", "text": "Quote Requestd is not in the plan"}
    ViolationTally.objects.create(source=source, day=now.date(), count=1, example=BODY, last_seen_at=now, **named)
    window = visit(cast.user(User.Role.MARKETING))
    window.go("/plan")
    window.page.get_by_role("link", name="Example of").click()
    expect(window.page.locator("tr.example pre")).to_contain_text('"seats": "4"')
    window.page.get_by_role("link", name="Close").click()
    expect(window.page.locator("tr.example")).to_have_count(0)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_preview_fits_a_small_screen(visit: Open, theme: str) -> None:
    row = held()
    window = visit(cast.user(User.Role.ADMINISTRATOR), viewport={"width": 380, "height": 800}, color_scheme=theme)
    window.go(f"/quarantine/{row.pk}")
    window.page.get_by_role("button", name="Preview").click()
    expect(window.page.locator(".outcome")).to_be_visible()
    assert window.sideways <= 380
