from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
import web_cast as cast
from django.test import Client
from web_cast import names_of, text_of

from leadline.kernel.clock import utc_now
from leadline.qualification.sla import contact_due
from leadline.scoring.sales_terms import ContactPromise
from leadline.web.queries.call_next import call_next

HOUR = timedelta(hours=1)
WEDNESDAY = datetime(2026, 5, 6, 15, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 5, 10, 15, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_works_and_nothing_is_overdue() -> Iterator[None]:
    """A Sunday, whatever day it is."""
    with time_machine.travel(SUNDAY, tick=False):
        yield


def rising(name: str, gain: float, scores: tuple[float, float, float] = (70, 70, 20), **fields: Any) -> None:
    cast.standing(cast.lead(name), scores, stage="conversion_signals", gain_week=round(gain * cast.MICRO), **fields)


def test_uncontacted_qualified_leads_come_first_the_latest_trigger_first(browser: Client) -> None:
    cast.qualified("Second", 3 * HOUR)
    cast.qualified("First", HOUR)
    cast.qualified("Without trigger", HOUR, trigger_at=None)
    rising("Rising more", 30)
    rising("Rising", 15)
    page = browser.get("/call-next")
    assert names_of(page) == ["First", "Second", "Without trigger", "Rising more", "Rising"]
    assert "5 people to contact, the latest signal first." in text_of(page)


def test_who_is_not_on_the_list(browser: Client) -> None:
    cast.qualified("Contacted", HOUR, contacted_at=utc_now())
    rising("Gained too little", 14.9)
    rising("Grade C", 20, (50, 20, 10))
    rising("Spoken to yesterday", 20, contacted_at=utc_now() - timedelta(days=1))
    cast.standing(cast.lead("Customer"), (90, 90, 90), stage="customer", gain_week=20 * cast.MICRO)
    cast.standing(cast.lead("Job seeker"), (90, 90, 90), stage="disqualified", gain_week=20 * cast.MICRO)
    cast.standing(cast.lead(known=False), (90, 90, 90), stage="conversion_signals", gain_week=20 * cast.MICRO)
    merged = cast.qualified("Merged", HOUR).lead
    merged.merged_into = cast.lead("Survivor")
    merged.save()
    page = browser.get("/call-next")
    assert names_of(page) == []
    assert "Nobody to contact now" in text_of(page)


def test_a_row_says_who_why_and_what_it_is_worth(browser: Client) -> None:
    account = cast.company("Northgate Dental Group")
    worth = {"seats": 4, "monthly_value": Decimal("9600.00"), "currency": "USD"}
    cast.qualified("Amelia Hart", 2 * HOUR, account=account, gain_week=31_200_000, owner="Maria Santos", **worth)
    said = text_of(browser.get("/call-next"))
    for words in ("Northgate Dental Group", "4 seats", "$9,600/mo", "+31", "Maria Santos"):
        assert words in said
    assert "Requested a quote for 4 bookkeepers, 2 hours ago" in said


def test_the_bar_is_drawn_without_styles_and_says_its_parts(browser: Client) -> None:
    cast.qualified("Amelia Hart", HOUR, scores=(73.5, 79, 49.5))
    body = browser.get("/call-next").content.decode()
    assert 'aria-label="engagement 14.7, readiness 15.8, conversion 29.7"' in body
    assert 'class="fill-readiness" x="14.7" width="15.8"' in body
    assert "style=" not in body


@time_machine.travel(WEDNESDAY, tick=False)
def test_the_headline_counts_what_is_overdue(browser: Client) -> None:
    cast.qualified("Late", 2 * HOUR)
    cast.qualified("In time", timedelta(minutes=22))
    page = text_of(browser.get("/call-next"))
    assert "2 people to contact, the overdue first, then the latest signal. 1 is overdue." in page
    assert "overdue 60 min" in page or "overdue 1 h" in page
    assert "38 min left" in page


@time_machine.travel(WEDNESDAY, tick=False)
def test_the_count_of_overdue_leads_agrees_with_every_row() -> None:
    for number, (since, trigger) in enumerate(
        (since, trigger) for since in (0.5, 2, 9, 30, 100) for trigger in (None, 0.2, 1.5, 8, 29, 101, 1000)
    ):
        moment = None if trigger is None else utc_now() - trigger * HOUR
        cast.qualified(f"Lead {number}", since * HOUR, trigger_at=moment, stage_since=utc_now() - since * HOUR)
    found = call_next(utc_now())
    overdue = [
        row
        for row in found.rows
        if contact_due(ContactPromise(), row.standing.stage_since, filter(None, [row.standing.trigger_at])).at
        <= utc_now()
    ]
    assert found.overdue == len(overdue)
    assert 0 < len(overdue) < len(found.rows)


def test_mine_and_unassigned(browser: Client) -> None:
    cast.qualified("Mine", HOUR, owner="Jose Reyes")
    cast.qualified("Nobody's", 2 * HOUR)
    cast.qualified("Maria's", 3 * HOUR, owner="Maria Santos")
    assert names_of(browser.get("/call-next?owner=mine")) == ["Mine", "Nobody&#x27;s"]


def test_pages_follow_each_other_without_gaps(browser: Client) -> None:
    for number in range(60):
        cast.qualified(f"Lead {number}", number * HOUR)
    for number in range(10):
        rising(f"Rising {number}", 20 + number)
    first = browser.get("/call-next")
    second = browser.get("/call-next" + first.context["next"])
    assert (len(names_of(first)), len(names_of(second))) == (50, 20)
    assert len({*names_of(first), *names_of(second)}) == 70
    assert second.context["next"] == ""


@pytest.mark.parametrize("after", ["x", "1-2", "1-2-t2-3-4-5", "1-1-t99999999999999999-3-4", "../../etc"])
def test_a_cursor_that_no_page_gave_is_refused(browser: Client, after: str) -> None:
    assert browser.get("/call-next", {"after": after}).status_code == 400


def test_as_many_queries_for_fifty_as_for_one(browser: Client, django_assert_num_queries: Any) -> None:
    cast.qualified("First", HOUR, account=cast.company("A"))
    browser.get("/call-next")  # the ruleset's weights are read once per process
    # session, user, rows, overdue, count, records in CRMs, the navigation's count; four are the audit trail's
    with django_assert_num_queries(11):
        browser.get("/call-next")
    for number in range(20):
        cast.qualified(f"Lead {number}", HOUR, account=cast.company(f"Company {number}"))
    with django_assert_num_queries(11):
        browser.get("/call-next")
