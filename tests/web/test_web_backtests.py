"""Backtests on pages: starting one, how far it is, stopping it, and what came of it."""

import re
from typing import Any

import pytest
from django.test import Client

from leadline.pipeline import jobs
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.scoring import service
from leadline.web.backtest_report import percent, report

LABELS = ("Ruleset 1 (in force)", "Draft 7")


def estimate(value: float | None, reach: float = 0.03) -> dict[str, float | None]:
    return {
        "value": value,
        "low": None if value is None else value - reach,
        "high": None if value is None else value + reach,
    }


def ruleset(auc: float | None, a_rate: float) -> dict[str, Any]:
    band = {"leads": 50, "converted": 20, "rate": a_rate, "low": a_rate - 0.1, "high": a_rate + 0.1}
    thin = {"leads": 0, "converted": 0, "rate": None, "low": None, "high": None}
    figures = {
        "auc": estimate(auc),
        "average_precision": estimate(0.31),
        "lift": estimate(3.1),
        "precision": estimate(0.24),
    }
    return {
        **figures,
        "grades": [{"grade": "A", **band}, {"grade": "D", **thin}],
        "stages": [{"stage": "qualified", **band}],
    }


def result() -> dict[str, Any]:
    """What a job keeps, in the shape that pipeline/backtests.py documents."""
    moved = {"lead": 7, "grade": "C", "new_grade": "A", "stage": "qualified", "new_stage": "qualified"}
    impact = {
        "leads": 250,
        "moved": 41,
        "share": 0.164,
        "grade_changes": [{"from": "C", "to": "A", "leads": 22}],
        "stage_changes": [{"from": "conversion_signals", "to": "qualified", "leads": 6}],
        "examples": [{**moved, "total": 28.123456, "new_total": 56.3}],
    }
    words = "Draft 7 finds 6 more of the 50 that sales can call; the interval excludes 0."
    return {
        "version": 1,
        "outcome": {"name": "opportunity", "event": "Opportunity Opened", "words": "an opportunity"},
        "horizon_days": 30,
        "capacity": 50,
        "rulesets": [
            {"reference": "", "name": "staffing", "number": 1, "label": "ruleset 1 (in force)"},
            {"reference": "draft:7", "name": "staffing", "number": 0, "label": "draft 7"},
        ],
        "cutoffs": [
            {"day": day, "leads": 240, "outcomes": 15, "left_out": 4, "rulesets": [{"auc": one}, {"auc": other}]}
            for day, one, other in (("2026-08-01", 0.7, 0.8), ("2026-09-01", 0.75, None))
        ],
        "pooled": {"leads": 480, "people": 300, "outcomes": 30, "rulesets": [ruleset(0.7, 0.4), ruleset(None, 0.5)]},
        "differences": [{"ruleset": 1, "against": 0, "better": ["precision"], "worse": ["lift"], "words": words}],
        "impact": [None, impact],
        "suspected_leaks": [{"ruleset": 1, "factor": "quotes", "label": "Quote requests", "auc": 0.88}],
        "warnings": ["The last horizon is not over."],
        "notes": ["Identities as they were."],
    }


def kept(state: str = jobs.DONE, kind: str = "backtest", found: Any = None, **fields: Any) -> Job:
    arguments = {"rulesets": ["", "draft:7"]} if kind == "backtest" else {}
    return Job.objects.create(kind=kind, arguments=arguments, state=state, result=found, **fields)


@pytest.fixture
def anything_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are not refused for having no past to look at."""
    monkeypatch.setattr(jobs, "REFUSALS", {})


def test_measures_stand_side_by_side_with_their_ranges_and_verdicts() -> None:
    drawn = report(result())
    auc, _, lift, precision = drawn.measures
    assert (auc.cells[0].value, auc.cells[0].interval, auc.cells[1].value) == ("0.700", "0.670 to 0.730", "\u2013")
    assert [cell.verdict for cell in lift.cells] == ["", "worse"]
    assert [cell.verdict for cell in precision.cells] == ["", "better"]
    assert precision.cells[0].value == "24%"


def test_bands_of_all_rulesets_are_on_one_scale_from_zero() -> None:
    first, second = report(result()).columns
    assert float(second.grades[0].high) == 100  # the highest of all
    assert float(first.grades[0].width) == pytest.approx(40 / 60 * 100, abs=0.01)
    assert (first.grades[1].width, first.grades[1].rate, first.grades[1].low) == ("0", "\u2013", "")
    assert first.stages[0].label == "Qualified"


def test_a_cutoff_too_thin_for_a_figure_has_no_dot() -> None:
    first, second = report(result()).columns
    assert (len(first.course.dots), len(second.course.dots)) == (2, 1)
    assert float(first.course.dots[1].y) < float(first.course.dots[0].y)  # higher is better
    assert (first.course.first, first.course.last) == ("1 Aug 2026", "1 Sep 2026")


@pytest.mark.parametrize(("rate", "text"), [(None, "\u2013"), (0, "0%"), (0.004, "0.4%"), (0.5, "50%"), (1, "100%")])
def test_a_share_is_said_as_precisely_as_it_needs(rate: float | None, text: str) -> None:
    assert percent(rate) == text


def test_the_page_of_a_run_says_what_came_out(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    page = marketing_browser.get(f"/scoring/backtests/{kept(found=result()).pk}").content.decode()
    for words in (
        "finds 6 more of the 50",
        "Quote requests alone reaches an AUC of 0.88",
        "The last horizon is not over.",
        "41 of 250",
        "28 → 56",
        *LABELS,
    ):
        assert words in page, words


@pytest.mark.usefixtures("engine", "anything_goes")
def test_a_run_is_started_with_what_the_form_says(marketing_browser: Client) -> None:
    draft = service.save_draft("Visits", service.document_of(""), by="ada")
    reference = f"draft:{draft.pk}"
    form = {"rulesets": ["", reference], "cutoffs": "3", "horizon": "", "capacity": "40", "outcome": ""}
    answer = marketing_browser.post("/scoring/backtests", {**form, "act": "backtest"})
    (job,) = Job.objects.all()
    assert answer.headers["Location"] == f"/scoring/backtests/{job.pk}"
    assert (job.kind, job.state) == ("backtest", "waiting")
    assert job.arguments == {"rulesets": ["", reference], "cutoffs": 3, "capacity": 40}
    assert "@leadline.test" in job.created_by


@pytest.mark.usefixtures("engine", "anything_goes")
def test_saving_a_draft_may_start_its_backtest(marketing_browser: Client) -> None:
    text = service.document_of("")
    draft = service.save_draft("Visits", text, by="ada")
    fields = {"name": "Visits", "document": text, "act": "backtest"}
    answer = marketing_browser.post(f"/scoring/drafts/{draft.pk}", fields)
    (job,) = Job.objects.all()
    assert job.arguments["rulesets"] == ["", f"draft:{draft.pk}"]
    assert answer.headers["Location"] == f"/scoring/backtests/{job.pk}"
    assert f"Backtest {job.pk}" in marketing_browser.get(f"/scoring/drafts/{draft.pk}").content.decode()


def test_a_run_that_cannot_be_is_refused_with_its_reason(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    answer = marketing_browser.post("/scoring/backtests", {"rulesets": ["draft:99"], "act": "backtest"})
    assert answer.status_code == 422
    assert "There is no draft" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("field", ["cutoffs", "horizon", "capacity"])
def test_what_is_no_number_is_refused(marketing_browser: Client, engine: Engine, field: str) -> None:  # noqa: ARG001
    answer = marketing_browser.post("/scoring/backtests", {"rulesets": [""], field: "many", "act": "backtest"})
    assert answer.status_code == 422
    assert "is no whole number" in answer.content.decode()
    assert not Job.objects.exists()


def test_progress_is_asked_for_until_it_is_over(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    job = kept("running", done=3, total=1200)
    page = marketing_browser.get(f"/scoring/backtests/{job.pk}").content.decode()
    assert "every 1s" in page
    assert re.search(r'<progress max="1200" value="3">', page)
    told = marketing_browser.get(f"/scoring/backtests/{job.pk}/progress")
    assert "HX-Refresh" not in told.headers
    Job.objects.filter(pk=job.pk).update(state="failed", message="Too little happened.")
    told = marketing_browser.get(f"/scoring/backtests/{job.pk}/progress")
    assert told.headers["HX-Refresh"] == "true"
    assert "Too little happened." in told.content.decode()
    assert "every 1s" not in told.content.decode()


def test_a_waiting_run_is_stopped_at_once(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    job = kept("waiting")
    assert marketing_browser.post(f"/scoring/backtests/{job.pk}/cancel").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "Nothing was kept" in marketing_browser.get(f"/scoring/backtests/{job.pk}").content.decode()


def test_a_suggestion_leads_to_its_draft(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    draft = service.save_draft("Suggested", service.document_of(""), by="", origin="suggestion")
    change = {"path": "a.b", "before": 1, "after": 2, "words": "Return visits weigh 40 instead of 25."}
    found = {"version": 1, "verdict": "better", "words": ["It finds 4 more."], "draft": draft.pk, "changes": [change]}
    job = kept(kind="suggestion", found={**found, "test": result()})
    page = marketing_browser.get(f"/scoring/backtests/{job.pk}").content.decode()
    assert f'href="/scoring/drafts/{draft.pk}"' in page
    assert "Return visits weigh 40 instead of 25." in page
    assert "How well did each rank people?" in page
    drafted = marketing_browser.get(f"/scoring/drafts/{draft.pk}").content.decode()
    assert "The suggestion it comes from" in drafted
    assert ">Suggested</span>" in drafted


def test_a_suggestion_without_a_draft_says_why(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    found = {
        "version": 1,
        "verdict": "too_thin",
        "words": ["Only 3 outcomes."],
        "draft": None,
        "changes": [],
        "test": None,
    }
    page = marketing_browser.get(f"/scoring/backtests/{kept(kind='suggestion', found=found).pk}").content.decode()
    assert "There is too little to learn from" in page
    assert "Only 3 outcomes." in page


def test_another_kind_of_job_is_no_backtest(marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001
    job = Job.objects.create(kind="export", state="waiting")
    assert marketing_browser.get(f"/scoring/backtests/{job.pk}").status_code == 404
    assert marketing_browser.post(f"/scoring/backtests/{job.pk}/cancel").status_code == 404
