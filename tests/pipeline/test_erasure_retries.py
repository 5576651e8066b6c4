"""An erasure that waits for a CRM is tried again each hour, and never twice at once."""

from datetime import UTC, datetime, timedelta

import pytest

from leadline.pipeline.models import Job
from leadline.pipeline.privacy.erasure_retries import ErasureRetries
from leadline.privacy.models import Erasure

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def waiting(asked_at: datetime = NOW - timedelta(hours=2)) -> Erasure:
    return Erasure.objects.create(lead=7, asked_at=asked_at, crm="delete", step="copied", trouble="hub is down")


def jobs() -> int:
    return Job.objects.filter(kind="erasure").count()


def test_it_is_tried_again_an_hour_after_the_last_try() -> None:
    waiting()
    tried = Job.objects.create(kind="erasure", state="failed", finished_at=NOW - 30 * MINUTE)
    retries = ErasureRetries()
    assert not retries.keep_up(NOW)
    assert retries.keep_up(NOW + 31 * MINUTE)
    assert Job.objects.exclude(pk=tried.pk).get().state == "waiting"


@pytest.mark.parametrize("state", ["waiting", "running", "cancelling"])
def test_it_is_not_tried_while_one_is_at_work(state: str) -> None:
    waiting()
    Job.objects.create(kind="erasure", state=state)
    assert not ErasureRetries().keep_up(NOW)
    assert jobs() == 1


def test_one_that_was_just_asked_for_or_is_done_is_left_alone() -> None:
    waiting(asked_at=NOW - MINUTE)
    done = waiting()
    Erasure.objects.filter(pk=done.pk).update(finished_at=NOW)
    assert not ErasureRetries().keep_up(NOW)
    assert jobs() == 0


def test_it_looks_once_a_minute() -> None:
    retries = ErasureRetries()
    assert not retries.keep_up(NOW)
    waiting()
    assert not retries.keep_up(NOW + MINUTE / 2)
    assert retries.keep_up(NOW + MINUTE)
