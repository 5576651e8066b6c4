"""A snapshot shows one instant, however much is written while it is copied."""

import threading
from pathlib import Path

import pytest
from event_cast import KEYS, page, segment

from leadline.eventstore import filekey, snapshots
from leadline.eventstore.database import EventStore, fetch_int
from leadline.eventstore.loading import load_segment
from leadline.eventstore.snapshots import row_counts, snapshot_in


def load(store: EventStore, name: str, rows: int = 1_000) -> None:
    first = 1_000_000 * (ord(name[0]) - ord("a")) + 1_000 * int(name[1:] or 0)
    with store.cursor() as cursor:
        load_segment(cursor, segment(name, [page(first + n, identity=1) for n in range(rows)]))


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_is_loaded_after_the_instant_is_not_in_it(tmp_path: Path) -> None:
    store, copy = EventStore.open(tmp_path / "data", KEYS, threads=2), made(tmp_path / "copy")
    load(store, "a")
    with store.cursor() as cursor:
        before = row_counts(cursor)
    with snapshot_in(store, copy, KEYS) as fix:
        snapshot = fix()
        load(store, "b")
        with store.cursor() as cursor:
            cursor.execute("DELETE FROM events WHERE identity = 1; DROP TABLE IF EXISTS made_later")
            cursor.execute("CREATE TABLE made_later AS SELECT 1 AS one")
        assert snapshot.copy() == before
    with store.cursor() as cursor:
        assert fetch_int(cursor, "SELECT count(*) FROM events") == 0
    store.close()
    opened = EventStore.open(copy, KEYS)
    with opened.cursor() as cursor:
        assert row_counts(cursor) == before
        assert fetch_int(cursor, "SELECT count(DISTINCT message_key) FROM events") == 1_000
    opened.close()


def test_loading_goes_on_while_it_is_copied(tmp_path: Path) -> None:
    store, copy = EventStore.open(tmp_path / "data", KEYS, threads=2), made(tmp_path / "copy")
    load(store, "a")
    loaded_meanwhile = threading.Event()

    def load_another() -> None:
        load(store, "b")
        loaded_meanwhile.set()

    with snapshot_in(store, copy, KEYS) as fix:
        snapshot = fix()
        thread = threading.Thread(target=load_another)
        thread.start()
        assert loaded_meanwhile.wait(30)  # the transaction of the snapshot is open, and in nobody's way
        assert snapshot.copy()["events"] == 1_000
        thread.join()
    with store.cursor() as cursor:
        assert fetch_int(cursor, "SELECT count(*) FROM events") == 2_000
    store.close()


def test_the_copy_is_sealed_under_a_key_of_its_own(tmp_path: Path) -> None:
    store, copy = EventStore.open(tmp_path / "data", KEYS, threads=2), made(tmp_path / "copy")
    load(store, "a")
    with snapshot_in(store, copy, KEYS) as fix:
        fix().copy()
    assert filekey.read(copy / filekey.FILE_NAME, KEYS).key != store.key.key
    assert sorted(path.name for path in copy.iterdir()) == ["events.duckdb", "events.key"]
    store.close()


class StopError(Exception):
    """Somebody wants it to stop."""


def test_it_can_be_stopped_and_begun_anew(tmp_path: Path) -> None:
    store = EventStore.open(tmp_path / "data", KEYS, threads=2)
    load(store, "a")

    def stop() -> None:
        raise StopError

    with pytest.raises(StopError), snapshot_in(store, made(tmp_path / "one"), KEYS) as fix:
        fix().copy(stop)
    load(store, "b")
    with snapshot_in(store, made(tmp_path / "two"), KEYS) as fix:
        assert fix().copy()["events"] == 2_000
    store.close()  # its checkpoint finds no transaction that is still open


def test_a_statement_that_fails_says_so(tmp_path: Path) -> None:
    store = EventStore.open(tmp_path / "data", KEYS)
    with store.cursor() as cursor, pytest.raises(Exception, match="no_such_table"):
        snapshots.run_watched(cursor, "FROM no_such_table", lambda: None)
    store.close()
