"""One word about many leads."""

from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.pipeline import bulk
from leadline.pipeline.engine import Engine
from leadline.qualification.models import Standing
from leadline.tracking.models import Lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


@pytest.fixture
def people() -> list[Lead]:
    return [cast.standing(cast.lead(f"Lead {number}")).lead for number in range(4)]


def numbers(people: list[Lead]) -> list[str]:
    return [str(each.pk) for each in people]


def test_the_count_is_named_before_anything_happens(browser: Client, people: list[Lead]) -> None:
    said = text_of(browser.post("/leads/bulk", {"act": "snooze", "lead": numbers(people[:3])}))
    assert "Snooze 3 leads?" in said
    assert not Standing.objects.exclude(snoozed_until=None).exists()


def test_the_selected_are_snoozed_and_no_others(browser: Client, people: list[Lead]) -> None:
    wanted = {"act": "snooze", "lead": numbers(people[:3]), "confirmed": "yes", "until": "1w"}
    said = text_of(browser.post("/leads/bulk", wanted))
    assert "3 of 3 leads changed" in said
    snoozed = set(Standing.objects.exclude(snoozed_until=None).values_list("lead_id", flat=True))
    assert snoozed == {each.pk for each in people[:3]}


def test_all_that_fit_are_rejected_with_a_reason(browser: Client, people: list[Lead]) -> None:
    cast.standing(cast.lead("Elsewhere"), stage="profile_development")
    wanted = {"act": "reject", "all": "yes", "query": "?stage=qualified", "lead": numbers(people[:1])}
    assert "Reject 4 leads?" in text_of(browser.post("/leads/bulk", wanted))
    browser.post("/leads/bulk", {**wanted, "confirmed": "yes", "reason": "not_hiring"})
    assert Standing.objects.filter(rejection="not_hiring").count() == 4


def test_what_was_refused_is_told_with_why(browser: Client, people: list[Lead]) -> None:
    visitor = cast.standing(cast.lead(known=False), stage="initial_engagement").lead
    chosen = numbers([*people[:2], visitor])
    said = text_of(browser.post("/leads/bulk", {"act": "accept", "lead": chosen, "confirmed": "yes"}))
    assert "2 of 3 leads changed" in said
    assert "1 not: This is a visitor: nobody knows who it is" in said


def test_leads_are_given_to_somebody(browser: Client, people: list[Lead]) -> None:
    maria = cast.user(name="Maria Santos")
    wanted = {"act": "assign", "lead": numbers(people), "confirmed": "yes", "owner": str(maria.pk)}
    browser.post("/leads/bulk", wanted)
    assert Standing.objects.filter(owner_user=maria).count() == 4
    assert "4 so already" in text_of(browser.post("/leads/bulk", wanted))


def test_without_a_reason_nothing_is_rejected(browser: Client, people: list[Lead]) -> None:
    said = text_of(browser.post("/leads/bulk", {"act": "reject", "lead": numbers(people), "confirmed": "yes"}))
    assert "4 not: A rejection needs a reason." in said
    assert not Standing.objects.exclude(rejection="").exists()


@pytest.mark.usefixtures("people")
def test_too_many_are_not_begun(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.web.views import lead_bulk

    monkeypatch.setattr(lead_bulk, "MOST", 3)
    wanted = {"act": "accept", "all": "yes", "confirmed": "yes"}
    monkeypatch.setattr(lead_bulk.Chosen, "too_many", property(lambda chosen: len(chosen.leads) > 3))
    assert "More than 3 leads" in text_of(browser.post("/leads/bulk", wanted))
    assert not Standing.objects.exclude(accepted_at=None).exists()


def test_nobody_selected_says_so(browser: Client) -> None:
    assert "Nobody is selected" in text_of(browser.post("/leads/bulk", {"act": "accept", "confirmed": "yes"}))


def test_the_selected_are_exported_as_a_segment(browser: Client) -> None:
    found = browser.post("/leads/bulk", {"act": "export", "lead": ["4", "7"]})
    assert found.headers["Location"] == "/exports/leads.csv?segment=lead%3D4%7C7"
    every = browser.post("/leads/bulk", {"act": "export", "all": "yes", "query": "?stage=qualified"})
    assert every.headers["Location"] == "/exports/leads.csv?segment=stage%3Dqualified%2Cknown%3Dyes"


@pytest.mark.usefixtures("people")
def test_whom_a_search_finds_are_exported_and_nobody_else(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.web.views import lead_bulk

    monkeypatch.setattr(lead_bulk, "leads_that_fit", lambda *_: [4, 7])
    searched = {"act": "export", "all": "yes", "query": "?q=northgate"}
    assert browser.post("/leads/bulk", searched).headers["Location"].endswith("segment=lead%3D4%7C7")
    monkeypatch.setattr(lead_bulk, "MOST", 1)
    assert "more than 1 leads" in text_of(browser.post("/leads/bulk", searched))


def test_marketing_says_nothing_of_leads(marketing_browser: Client, people: list[Lead]) -> None:
    cast.published()
    assert marketing_browser.post("/leads/bulk", {"act": "accept", "lead": numbers(people)}).status_code == 403
    assert "Accept…" not in text_of(marketing_browser.get("/leads"))


def test_a_busy_pipeline_ends_it(
    engine: Engine, sales: User, people: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.pipeline import sales as words
    from leadline.qualification.sales import Speaker

    def busy(*_: Any, **__: Any) -> bool:
        raise words.BusyError("The pipeline is scoring everybody.")

    monkeypatch.setattr(words, "assign_to", busy)
    outcome = bulk.assign_many(engine, [each.pk for each in people], sales, Speaker("Jose"))
    assert (outcome.done, outcome.left, sum(outcome.refused.values())) == (0, 3, 1)
