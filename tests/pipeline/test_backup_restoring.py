"""Restored files on their way to be an installation: what is refused, and what is put together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from leadline.kernel.errors import DocumentError, TerminalError
from leadline.pipeline.backups import nights, restoring, staging
from leadline.pipeline.backups.manifest import Manifest
from leadline.pipeline.backups.sealing import NotWholeError
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import ledger
from leadline.privacy.lookup import DIGEST_BYTES

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 2, tzinfo=UTC)


def told(records: str = "sqlite", **rows: int) -> Manifest:
    return Manifest("9.9.9", NOW, records, {"records": rows, "events": {}}, {})


def line(number: int, at: datetime = NOW) -> ledger.Line:
    return "email", bytes([number]) * DIGEST_BYTES, at


def written(path: Path, *lines: ledger.Line) -> Path:
    path.parent.mkdir(exist_ok=True)
    ledger.append(path, lines)
    return path


def test_ledgers_are_put_together_and_no_line_is_entered_twice(tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    written(folder / ledger.FILE_NAME, line(1), line(2))
    present = written(tmp_path / "data" / ledger.FILE_NAME, line(2), line(4, LATER), line(3))
    kept = written(tmp_path / "kept.jsonl", line(1, LATER), line(3))
    assert restoring.unite_ledgers(folder, [present, kept, tmp_path / "nothing"]) == 3
    assert set(ledger.read(folder / ledger.FILE_NAME)) == {line(1), line(2), line(3), line(4, LATER), line(1, LATER)}
    assert restoring.unite_ledgers(folder, [present, kept]) == 0
    assert len(ledger.read(folder / ledger.FILE_NAME)) == 5


def test_a_ledger_that_is_none_is_refused_before_anything_is_entered(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Ada,\n")
    kept = written(tmp_path / "kept.jsonl", line(1))
    with pytest.raises(DocumentError):
        restoring.unite_ledgers(tmp_path, [kept, tmp_path / "letter"])
    assert not (tmp_path / ledger.FILE_NAME).exists()


@pytest.mark.django_db
def test_records_of_a_newer_leadline_are_refused() -> None:
    MigrationRecorder(connection).record_applied("tracking", "9999_of_tomorrow")
    with pytest.raises(TerminalError, match=r"made by Leadline 9\.9\.9, which is newer"):
        restoring.bring_up_to_date(told())


@pytest.mark.django_db
def test_a_backup_that_was_being_made_is_not_made_again() -> None:
    under_way = [Job.objects.create(kind=kind, state="running") for kind in (staging.SNAPSHOT, nights.NIGHTLY)]
    other = Job.objects.create(kind="backtest", state="running")
    restoring.forget_backups_under_way()
    assert [Job.objects.get(pk=job.pk).state for job in (*under_way, other)] == ["cancelled", "cancelled", "running"]


def test_a_table_that_lacks_rows_is_named() -> None:
    restoring._compare("records", {"leads": 2, "schema_version": 1}, {"leads": 2, "schema_version": 2, "made_since": 0})
    with pytest.raises(NotWholeError, match="not as many rows as it says: leads, notes"):
        restoring._compare("records", {"leads": 2, "notes": 1}, {"leads": 1})


def test_records_go_where_they_came_from(settings: Any, tmp_path: Path, db: None) -> None:  # noqa: ARG001  # its kind is asked
    settings.DATA = tmp_path
    with pytest.raises(TerminalError, match="Restore without LEADLINE_RECORDS"):
        restoring.check_record_store(told())
    with pytest.raises(TerminalError, match="are PostgreSQL's"):
        restoring.check_record_store(told("postgresql"))
