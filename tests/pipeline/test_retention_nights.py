"""Once a night, after its hour, over restarts and several processes; and what is wrong is said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_cast import Installation

from leadline.kernel.errors import ConfigurationError
from leadline.pipeline import checkup, jobs
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import retaining
from leadline.pipeline.privacy.retention_nights import RetentionNights, next_night, night_of, trouble
from leadline.privacy.models import Erasure, RetentionRun
from leadline.project.environment import hour_of_day

pytestmark = pytest.mark.django_db(transaction=True)
EVENING = datetime(2026, 11, 23, 20, tzinfo=UTC)
HOURS = timedelta(hours=1)


def looked(*moments: datetime) -> list[int]:
    """A process that looks at these moments, and how many jobs it began at each."""
    nights = RetentionNights()
    return [nights.keep_up(at) for at in moments]


def test_the_first_night_is_announced_and_the_next_one_runs() -> None:
    assert looked(EVENING, EVENING + 6 * HOURS, EVENING + 7 * HOURS, EVENING + 8 * HOURS) == [0, 0, 1, 0]
    rows = list(RetentionRun.objects.order_by("pk").values_list("night", "state"))
    assert rows == [(date(2026, 11, 23), "announced"), (date(2026, 11, 24), "running")]
    assert list(Job.objects.values_list("kind", flat=True)) == [retaining.RETENTION]


def test_several_processes_and_restarts_begin_one_job_a_night() -> None:
    looked(EVENING)
    tomorrow = EVENING + 7 * HOURS
    assert looked(tomorrow) + looked(tomorrow) + looked(tomorrow + HOURS, tomorrow + 23.9 * HOURS) == [1, 0, 0, 0]
    assert looked(tomorrow + 24 * HOURS) == [0]  # the job of the night before waits still
    assert RetentionRun.objects.filter(night__isnull=False).count() == 3


def test_a_night_that_was_missed_is_made_up_for_once() -> None:
    looked(EVENING)
    assert looked(EVENING + timedelta(days=9)) == [1]


def test_it_can_be_turned_off(settings: Any) -> None:
    settings.RETENTION_HOUR = None
    assert looked(EVENING, EVENING + timedelta(days=3)) == [0, 0]
    assert not RetentionRun.objects.exists()


def test_erasures_that_wait_are_taken_up() -> None:
    looked(EVENING)
    Erasure.objects.create(lead=1, asked_at=EVENING)
    assert looked(EVENING + 7 * HOURS) == [2]
    assert set(Job.objects.values_list("kind", flat=True)) == {"retention", "erasure"}


def test_the_job_ends_the_nights_run_and_those_that_never_did(place: Installation) -> None:
    looked(EVENING, EVENING + 7 * HOURS)
    RetentionRun.objects.create(night=date(2026, 11, 20), started_at=EVENING)
    job = jobs.run_next(place.engine)
    assert job is not None
    assert (job.state, job.message) == ("done", "")
    assert dict(RetentionRun.objects.values_list("night", "state")) == {
        date(2026, 11, 23): "announced",
        date(2026, 11, 24): "stopped",
        date(2026, 11, 20): "done",
    }


def test_a_failure_is_kept_and_said_by_doctor_until_a_run_succeeds(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ValueError("ada@example.com")

    with monkeypatch.context() as patched:
        patched.setattr(retaining, "_take_rest", failing)
        job = jobs.run(place.engine, jobs.start("retention", {"by": "test"}))
    assert job.state == "failed"
    said = next(each for each in checkup.examine(place.data) if each.check == "retention")
    assert not said.ok
    assert "ValueError" in said.text
    assert "ada@" not in said.text
    assert jobs.run(place.engine, jobs.start("retention", {})).state == "done"
    assert RetentionRun.objects.count() == 1
    assert next(each for each in checkup.examine(place.data) if each.check == "retention").ok


def test_a_server_that_does_not_begin_it_is_in_trouble() -> None:
    assert trouble(EVENING, running=True) == ""
    RetentionRun.objects.create(night=EVENING.date(), state="done", started_at=EVENING)
    assert trouble(EVENING + timedelta(days=1), running=True) == ""
    assert "2026-11-23" in trouble(EVENING + timedelta(days=3), running=True)
    assert trouble(EVENING + timedelta(days=3), running=False) == ""


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), hour=st.integers(0, 23))  # noqa: DTZ001  # the zone stands beside
def test_a_night_lasts_from_its_hour_to_the_next(at: datetime, hour: int) -> None:
    began = datetime.combine(night_of(at, hour), datetime.min.time(), UTC) + timedelta(hours=hour)
    assert began <= at < next_night(at, hour) == began + timedelta(days=1)


@pytest.mark.parametrize(("text", "hour"), [("3", 3), ("0", 0), ("23", 23), ("off", None), (" OFF ", None)])
def test_the_hour_is_read(monkeypatch: pytest.MonkeyPatch, text: str, hour: int | None) -> None:
    monkeypatch.setenv("LEADLINE_RETENTION_HOUR", text)
    assert hour_of_day("RETENTION_HOUR", "3") == hour


@pytest.mark.parametrize("text", ["24", "-1", "three", ""])
def test_what_is_no_hour_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("LEADLINE_RETENTION_HOUR", text)
    with pytest.raises(ConfigurationError):
        hour_of_day("RETENTION_HOUR", "3")
