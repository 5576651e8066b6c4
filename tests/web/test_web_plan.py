"""The tracking plan's page: violations with masked examples, and the plan itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from web_cast import text_of

from leadline.kernel.clock import utc_now
from leadline.pipeline import runtime
from leadline.tracking.models import EventSource, ViolationTally

BODY = {
    "type": "track",
    "event": "Quote Requested",
    "userId": "jane@acme.example",
    "properties": {"seats": "four", "note": "please ring Jane Doe", "quote_id": "q 1"},
    "context": {"ip": "10.1.2.3"},
}


def tally(source: str = "website", days_ago: int = 0, **fields: Any) -> ViolationTally:
    now = utc_now() - timedelta(days=days_ago)
    owner, _ = EventSource.objects.get_or_create(name=source)
    given = {
        "event": "Quote Requested",
        "kind": "Datatype-Mismatch",
        "property": "seats",
        "text": "seats is string, planned is integer",
        "count": 3,
        "blocked": 3,
        "example": BODY,
    }
    return ViolationTally.objects.create(source=owner, day=now.date(), last_seen_at=now, **{**given, **fields})


@pytest.mark.usefixtures("engine")
def test_violations_by_source_with_what_is_wrong_and_how_often(admin_browser: Client) -> None:
    tally()
    tally(days_ago=10, count=4, blocked=0)
    tally("crm", event="Deal Lost", kind="Unplanned-Event", property="", text="Deal Lost is not in the plan", blocked=0)
    said = text_of(admin_browser.get("/plan"))
    for words in ("2 ways in which events broke the plan", "Datatype mismatch", "seats is string", "Deal Lost", "crm"):
        assert words in said
    page = admin_browser.get("/plan").content.decode()
    assert "/quarantine?source=website&amp;event=Quote%20Requested" in page
    assert "replayed=any" in page  # the count is of all that were quarantined, also of those that were replayed since
    assert [(each.week, each.month) for each in admin_browser.get("/plan").context["breaches"]] == [(3, 7), (3, 3)]


@pytest.mark.usefixtures("engine")
def test_a_test_source_has_nothing_in_quarantine(admin_browser: Client) -> None:
    row = tally("staging")
    EventSource.objects.filter(name="staging").update(test=True)
    page = admin_browser.get(f"/plan?example={row.pk}").content.decode()
    assert "A test source: nothing of it is kept" in page
    assert "/quarantine?" not in page


@pytest.mark.usefixtures("engine")
def test_one_source(admin_browser: Client) -> None:
    tally()
    tally("crm", event="Deal Lost")
    said = text_of(admin_browser.get("/plan?source=crm"))
    assert "Deal Lost" in said
    assert "1 way in which" in said
    nothing = text_of(admin_browser.get("/plan?source=nowhere"))
    assert "No event of nowhere broke the plan" in nothing
    assert "Show all sources" in nothing


@pytest.mark.usefixtures("engine")
def test_an_example_is_masked_and_asked_for(marketing_browser: Client) -> None:
    row = tally()
    assert "four" not in text_of(marketing_browser.get("/plan"))
    said = text_of(marketing_browser.get(f"/plan?example={row.pk}"))
    assert '"seats": "four"' in said
    for secret in ("jane@acme.example", "Jane Doe", "10.1.2.3"):
        assert secret not in said
    for nothing in ("0", "x", "9" * 30):
        assert marketing_browser.get(f"/plan?example={nothing}").context["example"] == {}


@pytest.mark.usefixtures("engine")
def test_marketing_reads_it_without_links_to_quarantine(marketing_browser: Client, browser: Client) -> None:
    row = tally()
    page = marketing_browser.get(f"/plan?example={row.pk}")
    assert page.status_code == 200
    assert b"/quarantine" not in page.content
    assert browser.get("/plan").status_code == 403


@pytest.mark.usefixtures("engine")
def test_htmx_gets_the_violations_alone(admin_browser: Client) -> None:
    tally()
    page = admin_browser.get("/plan", headers={"HX-Request": "true"})
    assert b"<html" not in page.content
    assert b"Datatype mismatch" in page.content


@pytest.mark.usefixtures("engine")
def test_the_plan_can_be_read(admin_browser: Client) -> None:
    said = text_of(admin_browser.get("/plan"))
    for words in ("The plan offshore-staffing version 2", "includes learning", "Quote Requested", "Lesson Completed"):
        assert words in said
    assert "one of hire, learn, work" in said
    assert "No event broke the plan in 30 days" in said


@pytest.mark.django_db
def test_the_page_works_while_the_pipeline_starts(admin_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_running", None)
    assert "Known when the pipeline has started" in text_of(admin_browser.get("/plan"))


@pytest.mark.usefixtures("engine")
def test_a_constant_number_of_queries(admin_browser: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        tally(event=f"Event {number}")
    admin_browser.get("/plan")  # the first request notes that the session is used
    with django_assert_max_num_queries(8):
        admin_browser.get("/plan")
