"""What a backup is packed from: the record store of one instant, every segment once, and nothing left lying about."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from leadline.eventstore.snapshots import CannotCopyError
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.backups import record_copies, staging
from leadline.pipeline.backups.record_copies import SQLiteInstant, sqlite_rows
from leadline.pipeline.backups.staging import discard_abandoned, locked


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A store with 30,000 rows: more pages than are copied at once."""
    path = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("CREATE TABLE leads (number INTEGER, card TEXT)")
        store.executemany("INSERT INTO leads VALUES (?, ?)", ((n, "x" * 1_000) for n in range(30_000)))
        store.commit()
    return path


def test_the_copy_shows_the_instant_whatever_is_written_meanwhile(records: Path, tmp_path: Path) -> None:
    looks: list[int] = []
    with closing(sqlite3.connect(records, isolation_level=None)) as other, record_copies._sqlite(records) as fix:
        instant = fix()
        other.execute("INSERT INTO leads VALUES (-1, 'after')")

        def write_more() -> None:
            looks.append(1)
            other.execute("UPDATE leads SET card = 'changed' WHERE number < 20000")
            other.execute("CREATE TABLE IF NOT EXISTS made_later (one INTEGER)")

        assert instant.copy(tmp_path, write_more) == {"leads": 30_000}
    assert len(looks) > 1, "it was copied at one go: this shows nothing"
    with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as copy:
        assert copy.execute("SELECT count(*), min(number), min(card) = max(card) FROM leads").fetchone() == (
            30_000,
            0,
            1,
        )
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(tmp_path.glob("records.sqlite3-*"))


def test_writing_is_let_go_on_afterwards(records: Path, tmp_path: Path) -> None:
    with record_copies._sqlite(records) as fix:
        fix().copy(tmp_path, lambda: None)
    with closing(sqlite3.connect(records)) as store:
        assert store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # nobody holds an old state


def test_a_store_that_can_not_be_copied_says_so(records: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(records, isolation_level=None)) as source:
        instant = SQLiteInstant(source)
        (tmp_path / "records.sqlite3").write_bytes(b"this is no database, and SQLite sees it" * 100)
        with pytest.raises(CannotCopyError, match="record store could not be copied"):
            instant.copy(tmp_path, lambda: None)
        assert sqlite_rows(source) == {"leads": 30_000}


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / "1-a.seg").write_bytes(b"closed")
    (folder / "2-b.open").write_bytes(b"open")
    (folder / "3-c.new").write_bytes(b"")
    return folder


def taken(spool: Path, tmp_path: Path) -> dict[str, bytes]:
    staged = tmp_path / "staged"
    staged.mkdir()
    staging._take_spool(spool, staged)
    return {path.name: path.read_bytes() for path in (staged / "spool").iterdir()}


def test_every_segment_is_taken_once(spool: Path, tmp_path: Path) -> None:
    assert taken(spool, tmp_path) == {"1-a.seg": b"closed", "2-b.open": b"open"}
    (spool / "1-a.seg").unlink()  # it was loaded
    assert (tmp_path / "staged" / "spool" / "1-a.seg").read_bytes() == b"closed"


@pytest.mark.parametrize("when", ["between the lists", "before it is read"])
def test_one_that_is_closed_this_instant_is_taken_once(
    when: str, spool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glob, read = Path.glob, Path.read_bytes

    def close() -> None:
        if (spool / "2-b.open").exists():
            (spool / "2-b.open").rename(spool / "2-b.seg")

    def globbed(path: Path, pattern: str) -> list[Path]:
        if when == "between the lists" and pattern == "*.seg":
            close()
        return list(glob(path, pattern))

    def closed_then_read(path: Path) -> bytes:
        if when == "before it is read":
            close()
        return read(path)

    monkeypatch.setattr(staging.Path, "glob", globbed)
    monkeypatch.setattr(staging.Path, "read_bytes", closed_then_read)
    found = taken(spool, tmp_path)
    assert sorted(found.values()) == [b"closed", b"open"]


def test_what_a_process_left_that_died_goes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    left, used, new = (tmp_path / f"backup-{name}" for name in ("left", "used", "new"))
    for folder in (left, used, new):
        folder.mkdir()
        (folder / "records.sqlite3.zz").write_bytes(b"people")
    for folder in (left, used):
        os.utime(folder, (0, 0))
    with locked(used):
        assert discard_abandoned(tmp_path) == 1
    assert (left.exists(), used.exists(), new.exists()) == (False, True, True)
    with pytest.raises(NotFoundError, match="is gone"), locked(left):
        pass


def test_a_job_whose_command_was_killed_makes_nothing() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    with pytest.raises(TerminalError, match="Nobody waits"):
        staging.run(None, {"pid": done.pid}, lambda *_: None)  # type: ignore[arg-type]  # it comes to no engine


def test_a_disk_without_room_is_noticed_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events.duckdb").write_bytes(b"e" * 1_000)
    monkeypatch.setattr(staging, "SPARE_BYTES", 1 << 60)
    with pytest.raises(staging.NoRoomError, match="are free"):
        staging._require_room(tmp_path)
