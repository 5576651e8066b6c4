"""One word about many leads."""

from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.kernel.clock import utc_now
from leadline.pipeline import bulk, bulk_jobs, jobs
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.qualification.models import SalesAction, Standing
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
    assert "A rejection needs a reason. Choose one." in said
    assert not Standing.objects.exclude(rejection="").exists()


@pytest.mark.usefixtures("people")
def test_more_than_can_be_done_are_not_begun(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_jobs, "MOST", 3)
    wanted = {"act": "accept", "all": "yes", "confirmed": "yes"}
    assert "More than 3 leads" in text_of(browser.post("/leads/bulk", wanted))
    assert not Standing.objects.exclude(accepted_at=None).exists()
    assert not Job.objects.exists()


@pytest.fixture
def begun(browser: Client, people: list[Lead], monkeypatch: pytest.MonkeyPatch) -> Job:  # noqa: ARG001  # rows
    """Four leads and a visitor to accept, more than somebody waits for."""
    from leadline.web.views import lead_bulk

    monkeypatch.setattr(lead_bulk, "MOST", 3)
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    cast.standing(cast.lead(known=False), stage="initial_engagement")
    wanted = {"act": "accept", "all": "yes", "query": "?who=everybody"}
    asked = text_of(browser.post("/leads/bulk", wanted))
    assert "Accept 5 leads?" in asked
    assert "So many take some minutes" in asked
    answer = browser.post("/leads/bulk", {**wanted, "confirmed": "yes"})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/leads/bulk/{job.pk}"
    return job


def test_very_many_are_done_by_a_job_that_tells_how_far_it_is(
    browser: Client, engine: Engine, begun: Job, sales: User
) -> None:
    address = f"/leads/bulk/{begun.pk}"
    assert "Waiting for its turn" in text_of(browser.get(address))
    assert not Standing.objects.exclude(accepted_at=None).exists()
    seen: list[tuple[int, int]] = []
    jobs.run(engine, begun, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 5), (2, 5), (4, 5), (5, 5)]
    said = text_of(browser.get(address))
    assert "4 of 5 leads changed" in said
    assert "1 not: This is a visitor: nobody knows who it is" in said
    assert browser.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    told = SalesAction.objects.filter(kind="accept")
    assert {(each.user_id, each.via) for each in told} == {(sales.pk, "page")}
    assert told.count() == 4


def test_begun_anew_the_job_says_nothing_twice(engine: Engine, begun: Job) -> None:
    class DiedError(Exception):
        pass

    def die(done: int, _: int) -> None:
        if done == 4:
            raise DiedError

    with pytest.raises(DiedError):
        bulk_jobs.run(engine, begun.arguments, die)
    assert bulk_jobs.run(engine, begun.arguments, lambda *_: None)["done"] < 4
    assert SalesAction.objects.filter(kind="accept").count() == 4


def test_a_job_is_stopped_and_keeps_what_it_did(browser: Client, engine: Engine, begun: Job) -> None:
    def stop(done: int, _: int) -> None:
        if done == 2:
            browser.post(f"/leads/bulk/{begun.pk}/cancel")

    monkey = pytest.MonkeyPatch()
    monkey.setattr(jobs, "WRITE_SECONDS", 0.0)
    jobs.run(engine, begun, stop)
    monkey.undo()
    assert Standing.objects.exclude(accepted_at=None).count() == 2
    assert "What was done until then stays" in text_of(browser.get(f"/leads/bulk/{begun.pk}"))


def test_a_job_waits_for_a_busy_pipeline(engine: Engine, begun: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.pipeline.sales import BusyError, locked

    refusals = iter([True, True, False, False, False])

    def busy(of: Engine) -> Any:
        if next(refusals):
            raise BusyError("The pipeline is scoring everybody.")
        return locked(of)

    monkeypatch.setattr(bulk_jobs, "locked", busy)
    monkeypatch.setattr(bulk_jobs, "PAUSE_SECONDS", 0)
    assert bulk_jobs.run(engine, begun.arguments, lambda *_: None)["done"] == 4


@pytest.mark.parametrize("act", ["assign", "reject", "snooze"])
def test_a_job_says_each_word(
    browser: Client, engine: Engine, people: list[Lead], monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    from leadline.web.views import lead_bulk

    monkeypatch.setattr(lead_bulk, "MOST", 1)
    maria = cast.user(name="Maria Santos")
    wanted = {"act": act, "all": "yes", "confirmed": "yes", "owner": str(maria.pk), "until": "1w"}
    if act == "reject":
        assert "A rejection needs a reason." in text_of(browser.post("/leads/bulk", wanted))
        assert not Job.objects.exists()
    browser.post("/leads/bulk", {**wanted, "reason": "not_hiring"})
    assert jobs.run(engine, Job.objects.get()).result == {"done": len(people), "same": 0, "refused": []}
    changed = {
        "assign": {"owner_user": maria},
        "reject": {"rejection": "not_hiring"},
        "snooze": {"snoozed_until__gt": utc_now()},
    }
    assert Standing.objects.filter(**changed[act]).count() == len(people)


def test_whoever_says_nothing_of_leads_sees_no_job(marketing_browser: Client, begun: Job) -> None:
    assert marketing_browser.get(f"/leads/bulk/{begun.pk}").status_code == 403
    assert marketing_browser.post(f"/leads/bulk/{begun.pk}/cancel").status_code == 403


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
