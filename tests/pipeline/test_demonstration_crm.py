"""The demonstration's sandbox CRM stands where its history is, and tells none of it twice."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation

from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.pipeline.crm.running import crm_sync
from leadline.pipeline.crm.sandbox import crm_sandbox_act
from leadline.pipeline.demonstration import DemoState, begin, catch_up, read_state
from leadline.qualification.models import SalesAction
from leadline.tracking.models import Conversion, EventSource

A_DEAL_IS_WON_NEXT_WEEK = 14
"""A seed with which one deal is won, and one is open that the simulated team wins seven days later."""


@pytest.fixture(scope="module")
def shown(shared_place: Installation) -> Path:
    """The folder of a demonstration, its stores closed."""
    state = begin(shared_place.engine.data, MONDAY, people=20, days=30, seed=A_DEAL_IS_WON_NEXT_WEEK)
    catch_up(shared_place.engine, state, MONDAY, lambda *_: None)
    shared_place.engine.store.checkpoint()
    return shared_place.data


@pytest.fixture
def filled(shown: Path, tmp_path: Path, settings: Any, db: None) -> Iterator[Installation]:  # noqa: ARG001  # a savepoint
    """A demonstration of this test's own: a copy, and what becomes of its records is taken back."""
    settings.DATA = shutil.copytree(shown, tmp_path / "data")
    place = Installation(settings.DATA)
    yield place
    place.engine.close()


def _state(place: Installation) -> DemoState:
    state = read_state(place.engine.data)
    assert state is not None
    return state


def _conversions() -> Counter[str]:
    return Counter(Conversion.objects.exclude(occurred_at=None).values_list("name", flat=True))


def test_records_stand_where_the_history_is_and_nothing_is_told_again(filled: Installation) -> None:
    statuses = Counter(SandboxRecord.objects.values_list("status", flat=True))
    assert statuses["Won"] == _conversions()["won_deal"] > 0
    assert {"Contacted", "Deal open", "Won"} <= set(statuses)
    won = SandboxRecord.objects.filter(status="Won")
    for record in won:
        assert record.opened_at is not None
        assert record.closed_at is not None
        assert record.opened_at < record.closed_at
        lead = Link.objects.get(external_id=record.external_id).lead
        deal = Conversion.objects.get(identity__lead=lead, name="won_deal")
        assert (deal.amount, deal.currency) == (record.amount, record.currency)

    before, said = _conversions(), SalesAction.objects.count()
    for _ in range(2):
        told = crm_sync(filled.engine, "sandbox")
        assert told[0]["state"] == "ok"
    assert not EventSource.objects.filter(name="crm-sandbox").exists()  # no deal was told
    assert SalesAction.objects.count() == said
    catch_up(filled.engine, _state(filled), MONDAY, lambda *_: None)
    assert _conversions() == before
    Connection.objects.get().delete()
    catch_up(filled.engine, _state(filled), MONDAY, lambda *_: None)
    assert not Connection.objects.exists()  # what somebody removed stays away


def test_whom_somebody_worked_on_the_simulated_team_leaves_alone(filled: Installation) -> None:
    record = SandboxRecord.objects.filter(status="Deal open").order_by("pk").first()
    assert record is not None
    lead = Link.objects.get(external_id=record.external_id).lead
    crm_sandbox_act(filled.engine, record.pk, "win", "12345", "EUR", by="sales@leadline.example")
    catch_up(filled.engine, _state(filled), MONDAY + timedelta(days=8), lambda *_: None)
    won = Conversion.objects.filter(identity__lead=lead, name="won_deal", cancelled_at=None)
    assert [(deal.amount, deal.currency) for deal in won] == [(Decimal(12345), "EUR")]
    record.refresh_from_db()
    assert (record.status, record.amount) == ("Won", Decimal(12345))
    others = SandboxRecord.objects.exclude(pk=record.pk).filter(status="Won").count()
    assert others == _conversions()["won_deal"] - 1
