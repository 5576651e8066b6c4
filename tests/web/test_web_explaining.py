"""What opens on a lead's page: events behind a factor, next steps, the forecast, the score over time."""

from datetime import timedelta
from typing import Any

import pytest
import web_cast as cast
from django.test import Client
from web_cast import text_of

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ServerUnreachableError
from leadline.pipeline import explaining, reading
from leadline.pipeline.replay import HistoryPoint
from leadline.qualification.counterfactuals import Counterfactual
from leadline.qualification.forecasting import Change, Forecast
from leadline.qualification.models import Standing
from leadline.qualification.stages import Stage
from leadline.scoring.next_steps import Step
from leadline.tracking.models import Lead

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def amelia(sales: object, monkeypatch: pytest.MonkeyPatch) -> Lead:  # noqa: ARG001  # a ruleset is in force
    monkeypatch.setattr(reading, "explain", whole)
    monkeypatch.setattr(reading, "ruleset", cast.published)
    return cast.platform()["Amelia Hart"]


def whole(number: int, as_of: Any = None) -> explaining.Explanation:
    """The cast's buyer with everything behind the lines."""
    now = as_of or utc_now()
    return explaining.explained(number, cast.published(), *cast._buyer(now), now)


def step(name: str, sentence: str, *, moves: bool = False) -> Counterfactual:
    stage = Stage.QUALIFIED if moves else Stage.CONVERSION_SIGNALS
    return Counterfactual(name, name, 71_000_000, 9_400_000, "A", stage, moves, sentence, Step(name, name))


def test_a_factor_opens_to_what_is_behind_it(browser: Client, amelia: Lead) -> None:
    page = browser.get(f"/leads/{amelia.pk}")
    said = text_of(page)
    assert "Tool Used, and 1 other event" in said
    assert "Page Engaged" not in said
    assert "Was engaged for 15 minutes" in said
    assert "% left by age" in said
    assert "Decay took" in said
    tool = next(row for row in page.context["why"].table.rows if row.label == "Tool usage")
    printed = [float(part.points.replace("\N{MINUS SIGN}", "-")) for part in tool.behind.rows]
    assert sum(printed) == pytest.approx(float(tool.points), abs=0.11)


def test_a_penalty_says_what_opened_it_and_until_when(browser: Client, amelia: Lead) -> None:
    said = text_of(browser.get(f"/leads/{amelia.pk}"))
    until = utc_now() + timedelta(days=8)
    assert f", until {until.day} {until:%b}" in said
    assert "What opened it" in said


def test_next_steps_and_the_forecast_are_loaded_after_the_page(
    browser: Client, amelia: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f'hx-get="/leads/{amelia.pk}/ahead"' in browser.get(f"/leads/{amelia.pk}").content.decode()
    call = "A strategy call would lift the total to 71 and the stage to qualified."
    steps = [step("call", call, moves=True), *(step(f"s{n}", f"Step {n}.") for n in range(4))]
    change = Change(
        utc_now().date(), "B", "C", Stage.QUALIFIED, Stage.QUALIFIED, 29_900_000, "Falls below grade B on 14 May"
    )
    monkeypatch.setattr(reading, "ahead", lambda _, at: (steps, Forecast(at, 400, (change,))))
    part = browser.get(f"/leads/{amelia.pk}/ahead", headers=HTMX)
    said = text_of(part)
    assert call in said
    assert "+9.4" in said
    assert "Smaller stepsStep 2." in said
    assert "If nothing happens Falls below grade B on 14 May" in said
    assert "<html" not in part.content.decode()
    assert "<html" in browser.get(f"/leads/{amelia.pk}/ahead").content.decode()


def test_what_cannot_be_worked_out_says_why(browser: Client, amelia: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ServerUnreachableError("The pipeline has not started yet.", advice="Try again in a moment.")

    for name in ("ahead", "history"):
        monkeypatch.setattr(reading, name, fails)
    for part in ("ahead", "history"):
        assert "has not started yet" in text_of(browser.get(f"/leads/{amelia.pk}/{part}", headers=HTMX))


def points(*totals: int) -> list[HistoryPoint]:
    now = utc_now()
    return [
        HistoryPoint(7, now - timedelta(days=len(totals) - n), total * cast.MICRO, {}, "B", 0, stage, 3, 40 + n, 1)
        for n, total in enumerate(totals)
        for stage in ["initial_engagement" if n == 0 else "qualified"]
    ]


def test_the_score_history_is_a_chart_and_a_table_with_stamps(
    browser: Client, amelia: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "history", lambda _: points(12, 33, 41))
    part = browser.get(f"/leads/{amelia.pk}/history?span=30d", headers=HTMX)
    body, said = part.content.decode(), text_of(part)
    assert "How did the score move?" in said
    assert 'class="total" d="M' in body
    assert "Qualified since" in said
    assert "As ofTotalGradeStageRulesetLoad" in said
    assert "41BQualified342" in said
    assert "style=" not in body


def test_nothing_kept_says_so(browser: Client, amelia: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "history", lambda _: [])
    assert "No score was kept during the last 90 days." in text_of(
        browser.get(f"/leads/{amelia.pk}/history", headers=HTMX)
    )


@pytest.mark.usefixtures("engine")
def test_a_kept_forecast_stands_near_the_stage_and_in_lists(browser: Client, amelia: Lead) -> None:
    Standing.objects.filter(pk=amelia.pk).update(forecast="Falls below grade B on 14 May")
    assert "Falls below grade B on 14 May if nothing happens." in text_of(browser.get(f"/leads/{amelia.pk}"))
    for page in ("/call-next", "/leads"):
        assert "Falls below grade B on 14 May" in text_of(browser.get(page))
