"""The demonstration shows a sales team at work, and leaves a draft and a backtest of it to be found."""

from datetime import timedelta

import pytest
from django.db.models import F
from pipeline_cast import MONDAY, Installation

from leadline.analytics.models import Alert, Board, ExchangeRate, Spend
from leadline.pipeline.demonstration import begin, catch_up
from leadline.pipeline.models import Job
from leadline.qualification.models import QualificationEvent, SalesAction, Seller, Standing
from leadline.scoring.models import RulesetDraft


@pytest.fixture(scope="module", autouse=True)
def shown(shared_place: Installation) -> None:
    """Six weeks of it, for tests that only look."""
    state = begin(shared_place.engine.data, MONDAY, people=60, days=45)
    catch_up(shared_place.engine, state, MONDAY, lambda *_: None)


def test_days_pass_with_a_sales_team_that_owns_and_answers() -> None:
    assert Seller.objects.count() == 4
    assert not Standing.objects.filter(stage="qualified", owner="").exists()
    said = SalesAction.objects.filter(kind="accept")
    assert said.exists()
    assert min(said.values_list("at", flat=True)) < MONDAY - timedelta(days=7)
    owners = set(Standing.objects.exclude(accepted_at=None).values_list("owner", flat=True))
    assert owners <= {str(seller.user) for seller in Seller.objects.select_related("user")}
    assert QualificationEvent.objects.filter(kind="sla_breached").exists()
    assert not SalesAction.objects.filter(at__gt=MONDAY).exists()
    assert not Standing.objects.filter(accepted_at__gt=F("scored_at")).exists()


def test_a_draft_waits_to_be_tested_where_there_is_history() -> None:
    draft = RulesetDraft.objects.get()
    job = Job.objects.get()
    assert (job.kind, job.state, job.arguments["rulesets"]) == ("backtest", "waiting", ["", f"draft:{draft.pk}"])


def test_a_board_alerts_and_what_was_spent_are_there_to_look_at() -> None:
    assert {pin.report for pin in Board.objects.get().pins.all()} >= {"overview", "funnel", "retention", "attribution"}
    assert Alert.objects.count() == 2
    assert Spend.objects.filter(campaign="cheap-staff-now").exists()
    assert set(ExchangeRate.objects.values_list("currency", flat=True)) >= {"AUD", "EUR", "GBP"}
