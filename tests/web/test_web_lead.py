from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ServerUnreachableError
from leadline.pipeline import explaining, reading
from leadline.pipeline.engine import Engine
from leadline.qualification.models import SalesAction, Standing
from leadline.tracking.models import Lead

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def amelia(sales: object, engine: Engine) -> Lead:  # noqa: ARG001  # a ruleset is in force, an engine evaluates
    return cast.platform()["Amelia Hart"]


def test_the_first_screen_says_why_now_and_what_next(browser: Client, amelia: Lead) -> None:
    said = text_of(browser.get(f"/leads/{amelia.pk}"))
    assert "Amelia Hart" in said
    assert "Practice manager, Northgate Dental Group · Brisbane, Australia · 38 people" in said
    assert "Requested a quote for 4 bookkeepers, 24 minutes ago" in said
    assert "one-hour promise" in said
    assert "Last asked for 4 seats, $9,600 a month" in said


def test_the_ledger_shows_every_factor_and_adds_up(browser: Client, amelia: Lead) -> None:
    page = browser.get(f"/leads/{amelia.pk}")
    table = page.context["why"].table
    assert len([row for row in table.rows if row.kind == "factor"]) == 12
    printed = [float(row.points.replace("\N{MINUS SIGN}", "-")) for row in table.rows]
    assert sum(printed) == pytest.approx(float(table.total))
    said = text_of(page)
    assert f"Why {int(float(table.total))}" in said
    assert "Missed a strategy call in the last 14 days" in said
    assert "Completed a tool 7 times" in said
    assert "every point, ruleset" in said


def test_the_timeline_and_the_stage_history(browser: Client, amelia: Lead) -> None:
    said = text_of(browser.get(f"/leads/{amelia.pk}"))
    assert "Tool Used: quote calculator" in said
    assert "from Conversion signals · total 59" in said


def test_call_and_mail(browser: Client, amelia: Lead) -> None:
    body = browser.get(f"/leads/{amelia.pk}").content.decode()
    assert 'href="tel:+61755501234"' in body
    assert 'href="mailto:amelia@' in body


def test_whoever_refused_marketing_is_not_offered_to_be_called_or_written_to(browser: Client, amelia: Lead) -> None:
    Lead.objects.filter(pk=amelia.pk).update(marketing_allowed=False)
    page = browser.get(f"/leads/{amelia.pk}")
    assert b"mailto:" not in page.content
    assert b"tel:" not in page.content
    assert "They refused marketing: do not write or call." in text_of(page)


def test_accepting_makes_the_lead_mine(browser: Client, amelia: Lead) -> None:
    page = browser.post(f"/leads/{amelia.pk}/accept", headers=HTMX)
    row = Standing.objects.get(pk=amelia.pk)
    assert row.owner == "Jose Reyes"
    assert row.accepted_at is not None
    said = text_of(page)
    assert "Accepted by Jose Reyes just now." in said
    assert "Accept lead" not in said


def test_who_accepted_first_keeps_the_lead(browser: Client, amelia: Lead) -> None:
    SalesAction.objects.create(lead=amelia, kind="accept", at=utc_now() - timedelta(hours=1))
    Standing.objects.filter(pk=amelia.pk).update(owner="Maria Santos")
    browser.post(f"/leads/{amelia.pk}/accept", headers=HTMX)
    assert Standing.objects.get(pk=amelia.pk).owner == "Maria Santos"


def test_logging_a_contact_takes_the_lead_off_call_next(browser: Client, amelia: Lead) -> None:
    page = browser.post(f"/leads/{amelia.pk}/contact", headers=HTMX)
    assert "First contact was logged just now by Jose Reyes." in text_of(page)
    assert Standing.objects.get(pk=amelia.pk).contacted_at is not None
    assert "Amelia Hart" not in text_of(browser.get("/call-next"))


def test_without_htmx_an_action_comes_back_to_the_page(browser: Client, amelia: Lead) -> None:
    answer = browser.post(f"/leads/{amelia.pk}/contact")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/leads/{amelia.pk}")


def test_actions_need_a_token_and_a_post(sales: Any, amelia: Lead) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sales)
    refused = strict.post(f"/leads/{amelia.pk}/accept")
    assert refused.status_code == 403
    assert "This form is out of date" in text_of(refused)
    assert strict.get(f"/leads/{amelia.pk}/accept").status_code == 405
    assert Standing.objects.get(pk=amelia.pk).accepted_at is None


def test_marketing_reads_but_does_not_sell(marketing_browser: Client, amelia: Lead) -> None:
    assert "Accept lead" not in text_of(marketing_browser.get(f"/leads/{amelia.pk}"))
    assert marketing_browser.post(f"/leads/{amelia.pk}/accept").status_code == 403


def test_a_visitor_can_be_looked_at_but_not_accepted(browser: Client) -> None:
    visitor = cast.lead(known=False)
    cast.standing(visitor, stage="initial_engagement")
    said = text_of(browser.get(f"/leads/{visitor.pk}"))
    assert f"Visitor {visitor.pk}" in said
    assert "nobody can be contacted" in said
    assert browser.post(f"/leads/{visitor.pk}/accept").status_code == 404


def test_a_lead_that_was_not_scored_yet(browser: Client) -> None:
    assert "Not scored yet" in text_of(browser.get(f"/leads/{cast.lead('New').pk}"))


def test_a_merged_lead_leads_to_the_one_it_was_merged_into(browser: Client, amelia: Lead) -> None:
    between = cast.lead("Between")
    merged = cast.lead("Merged")
    Lead.objects.filter(pk=merged.pk).update(merged_into=between)
    Lead.objects.filter(pk=between.pk).update(merged_into=amelia)
    answer = browser.get(f"/leads/{merged.pk}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/leads/{amelia.pk}")


def test_a_lead_that_does_not_exist(browser: Client) -> None:
    assert browser.get("/leads/999999").status_code == 404


def test_when_the_pipeline_is_not_there_the_rest_of_the_page_is(
    browser: Client, amelia: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise ServerUnreachableError("The pipeline has not started yet.", advice="Try again in a moment.")

    monkeypatch.setattr(reading, "explain", unreachable)
    monkeypatch.setattr(reading, "timeline", unreachable)
    said = text_of(browser.get(f"/leads/{amelia.pk}"))
    assert (
        "The pipeline has not started yet. Try again in a moment. Everything else on this page is up to date." in said
    )
    assert "The total was 60" in said


def test_a_constant_number_of_queries(
    browser: Client, amelia: Lead, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = cast.explanation(amelia.pk)
    monkeypatch.setattr(reading, "explain", lambda *_: told)
    browser.get(f"/leads/{amelia.pk}")
    # session, user, lead, standing, possible owners, transitions, what sales said, colleagues, the company's standing,
    # identities and their claims, merged leads, connections to CRMs, the navigation's count, what they allow (2), the
    # audit trail (a savepoint, the end of the chain, the entry, the release)
    with django_assert_num_queries(20):
        browser.get(f"/leads/{amelia.pk}")


def test_the_open_stores_answer_for_somebody_without_events(
    browser: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "explain", lambda number, at: explaining.explain(engine, number, at))
    monkeypatch.setattr(reading, "timeline", lambda number, limit: explaining.timeline(engine, number, limit))
    person = cast.lead("New")
    cast.standing(person)
    said = text_of(browser.get(f"/leads/{person.pk}"))
    assert "Why 0" in said
    assert "nothing yet" in said
    assert "No events are stored for this person." in said
