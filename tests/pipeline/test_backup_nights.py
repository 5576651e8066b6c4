"""A backup each night: when it is due, which are kept, what doctor says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.pipeline.backups import nights
from leadline.pipeline.backups.nights import BackupKeeper, is_due, kept_backups, prune, trouble
from leadline.pipeline.models import Job

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # their bounds are naive


def kept(folder: Path, *moments: datetime) -> Path:
    folder.mkdir(exist_ok=True)
    for moment in moments:
        (folder / f"leadline-{moment:%Y%m%dT%H%M%S}Z.age").write_bytes(b"backup")
    return folder


def test_it_is_due_when_there_is_none() -> None:
    assert is_due({}, NOON)


@given(now=MOMENTS)
def test_after_one_none_is_due_until_two_oclock_and_then_one_is(now: datetime) -> None:
    next_night = now.replace(hour=2, minute=0, second=0, microsecond=0)
    next_night += DAY if next_night <= now else timedelta()
    found = {now: Path("a")}
    assert not is_due(found, now)
    assert not is_due(found, next_night - timedelta(microseconds=1))
    assert is_due(found, next_night)


def test_the_newest_are_kept_and_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    folder = kept(tmp_path, *(NOON - n * DAY for n in range(10)))
    (folder / "by-hand.age").write_bytes(b"")
    assert prune(folder, 7) == 3
    assert min(kept_backups(folder)) == NOON - 6 * DAY
    assert (folder / "by-hand.age").exists()
    assert prune(folder, 7) == 0


@pytest.fixture
def folder(tmp_path: Path, settings: Any, db: None) -> Path:  # noqa: ARG001  # jobs are rows
    settings.BACKUPS = str(tmp_path / "backups")
    return kept(tmp_path / "backups")


def test_one_job_is_started_a_night(folder: Path) -> None:
    keeper = BackupKeeper()
    assert keeper.keep_up(NOON)
    assert not keeper.keep_up(NOON + timedelta(seconds=30))
    assert not keeper.keep_up(NOON + HOUR)  # it is under way
    Job.objects.update(state="done", finished_at=NOON)
    kept(folder, NOON)
    assert not keeper.keep_up(NOON + 13 * HOUR)
    assert keeper.keep_up(NOON + 14 * HOUR)
    assert Job.objects.filter(kind=nights.NIGHTLY).count() == 2


def test_one_that_failed_is_tried_again_after_an_hour(folder: Path) -> None:  # noqa: ARG001  # the setting
    keeper = BackupKeeper()
    keeper.keep_up(NOON)
    Job.objects.update(state="failed", finished_at=NOON)
    assert not keeper.keep_up(NOON + HOUR / 2)
    assert keeper.keep_up(NOON + HOUR + timedelta(minutes=2))


def test_without_the_setting_none_is_made(settings: Any, db: None) -> None:  # noqa: ARG001  # jobs are rows
    settings.BACKUPS = ""
    assert not BackupKeeper().keep_up(NOON)


def test_doctor_is_told_of_one_that_failed_and_of_none_for_two_days(folder: Path) -> None:
    assert trouble(NOON, since=NOON - DAY) == ""
    assert "none is in" in trouble(NOON, since=NOON - 3 * DAY)
    kept(folder, NOON - 3 * DAY)
    assert "newest is of 2026-11-20" in trouble(NOON, since=NOON - 9 * DAY)
    kept(folder, NOON - DAY)
    assert trouble(NOON, since=NOON - 9 * DAY) == ""
    Job.objects.create(kind=nights.NIGHTLY, state="failed", message="No space left", finished_at=NOON)
    assert "No space left" in trouble(NOON, since=NOON)
    Job.objects.create(kind=nights.NIGHTLY, state="done", finished_at=NOON)
    assert trouble(NOON, since=NOON) == ""
