"""What was deleted is gone from the disk after a copy; queries go on meanwhile; a crash leaves one whole store."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from event_cast import KEYS, edges, page, segment, trait

from leadline.eventstore import filekey, recopying
from leadline.eventstore.database import EventStore, fetch_int
from leadline.eventstore.edges import append_edges
from leadline.eventstore.erasing import erase_identities
from leadline.eventstore.loading import load_segment
from leadline.eventstore.queries import count_events
from leadline.eventstore.reading import begin_reading
from leadline.eventstore.recopying import ATTACHED, COMMITTED, COPIED, UNLINKED, recopy, wait_until_closed
from leadline.kernel.errors import ConfigurationError

CANARY = "canary-4711-tweet"
STEPS = [COPIED, COMMITTED, ATTACHED, UNLINKED]
AGAIN = [b"n" * 32, *KEYS]


class Died(BaseException):
    """What the tests raise at a step."""


def filled(data: Path) -> EventStore:
    """Ada's and Ben's rows; only Ada's have the canary."""
    store = EventStore.open(data, KEYS, threads=2)
    with store.cursor() as cursor:
        rows = [page(n, identity=1 + n % 2, path=f"/{CANARY}" if n % 2 == 0 else "/ben") for n in range(2_000)]
        load_segment(cursor, segment("a", rows, [trait(3, "company", value=CANARY)]))
        append_edges(cursor, edges((1, 1, 11), (2, 2, 12)))
    return store


def contents(store: EventStore) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in its order."""
    with store.cursor() as cursor:
        tables = cursor.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' AND NOT temporary ORDER BY 1"
        ).fetchall()
        return {name: cursor.execute(f"FROM {name}").fetchall() for (name,) in tables}


def columns(store: EventStore) -> list[tuple[object, ...]]:
    """Every column with its type, default and whether it may be missing."""
    with store.cursor() as cursor:
        return cursor.execute(
            "SELECT table_name, column_name, data_type, column_default, is_nullable FROM duckdb_columns() "
            "WHERE database_name = 'store' AND NOT internal ORDER BY table_name, column_index"
        ).fetchall()


def raising(at: str) -> Callable[[str], None]:
    def reached(step: str) -> None:
        if step == at:
            raise Died

    return reached


@contextmanager
def reading(store: EventStore) -> Iterator[list[object]]:
    """Three threads that count events until the end, what they saw, and what went wrong."""
    seen: list[object] = []
    stop, begun = threading.Event(), threading.Barrier(4)

    def read() -> None:
        begun.wait()
        while not stop.is_set():
            try:
                with store.cursor() as cursor:
                    seen.append(fetch_int(cursor, "SELECT count(*) FROM events JOIN edges USING (identity)"))
            except duckdb.Error as error:
                seen.append(str(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    begun.wait()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_copy_has_every_row_in_its_order_and_every_column(tmp_path: Path) -> None:
    store = filled(tmp_path)
    before, shape = contents(store), columns(store)
    old = recopy(store, KEYS)
    assert contents(store) == before
    assert columns(store) == shape
    assert old.rows == sum(map(len, before.values()))
    store.close()


def test_a_copy_has_another_file_and_another_key_and_the_old_file_is_gone(tmp_path: Path) -> None:
    store = filled(tmp_path)
    key = store.key.key
    old = recopy(store, KEYS)
    assert [path.name for path in tmp_path.glob("*.duckdb*")] == ["events.2.duckdb"]
    assert filekey.read(tmp_path / filekey.FILE_NAME, KEYS) == store.key
    assert store.key.key != key
    assert wait_until_closed(old, seconds=10)
    store.close()


def test_what_was_written_after_a_copy_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    store = filled(tmp_path)
    recopy(store, KEYS)
    recopy(store, AGAIN)
    with store.cursor() as cursor:
        load_segment(cursor, segment("b", [page(9_001)]))
    assert store.path.name == "events.3.duckdb"
    store.close()
    again = EventStore.open(tmp_path, AGAIN)
    assert count_events(again.cursor()) == 2_001
    again.close()


def test_queries_of_other_threads_never_miss_the_store_nor_a_row(tmp_path: Path) -> None:
    store = filled(tmp_path)
    with reading(store) as seen:
        for _ in range(5):
            recopy(store, KEYS)
    assert set(seen) == {2_000}
    store.close()


def test_a_transaction_that_began_before_reads_the_old_rows_to_its_end_and_the_old_file_is_open_so_long(
    tmp_path: Path,
) -> None:
    store = filled(tmp_path)
    reader, writer = store.cursor(), store.cursor()
    writer.execute("CREATE TABLE memory.main.people (lead BIGINT)")
    begin_reading(reader)
    erase_identities(writer, [1])
    old = recopy(store, KEYS)
    assert count_events(reader) == 2_000
    assert count_events(writer) == 1_000
    assert not wait_until_closed(old, seconds=0.2)
    reader.rollback()
    assert wait_until_closed(old, seconds=10)
    assert count_events(reader) == 1_000
    store.close()
    assert sorted(path.name for path in tmp_path.glob("events.*")) == ["events.2.duckdb", "events.key"]


def test_waiting_ends_with_what_its_caller_raises(tmp_path: Path) -> None:
    def stopped() -> None:
        raise Died

    store = filled(tmp_path)
    reader = store.cursor()
    reader.begin()
    assert count_events(reader) == 2_000
    old = recopy(store, KEYS)
    with pytest.raises(Died):
        wait_until_closed(old, seconds=10, waiting=stopped)
    reader.rollback()
    store.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_a_store_that_is_read_and_written(tmp_path: Path, step: str) -> None:
    store = filled(tmp_path)
    reader = store.cursor()
    reader.begin()
    assert count_events(reader) == 2_000
    with pytest.raises(Died):
        recopy(store, KEYS, raising(step))
    with store.cursor() as cursor:
        load_segment(cursor, segment("b", [page(9_001)]))
        assert count_events(cursor) == 2_001
    reader.rollback()
    store.close()
    again = EventStore.open(tmp_path, KEYS)
    assert count_events(again.cursor()) == 2_001
    assert len(filekey.store_files(tmp_path)) == 1
    again.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_at_any_step_leaves_one_whole_store(tmp_path: Path, step: str) -> None:
    store = filled(tmp_path)
    before = contents(store)
    store.close()
    program = (
        "import os, sys; from pathlib import Path; from leadline.eventstore.database import EventStore\n"
        "from leadline.eventstore.recopying import recopy\n"
        "store = EventStore.open(Path(sys.argv[1]), [b'k' * 32])\n"
        "recopy(store, [b'k' * 32], lambda step: os._exit(41) if step == sys.argv[2] else None)\n"
    )
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path), step], check=False)
    assert died.returncode == 41
    again = EventStore.open(tmp_path, KEYS)
    assert contents(again) == before
    assert sorted(path.name for path in tmp_path.glob("events.*")) == sorted([again.path.name, "events.key"])
    assert (again.path.name == "events.duckdb") == (step == COPIED)
    again.close()


def test_half_a_copy_is_thrown_away_when_the_store_is_opened(tmp_path: Path) -> None:
    filled(tmp_path).close()
    for left in ("events.2.duckdb", "events.2.duckdb.wal"):
        (tmp_path / left).write_bytes(b"half of one")
    own = tmp_path / "events-of-mine.duckdb"
    own.write_bytes(b"not of the store")
    store = EventStore.open(tmp_path, KEYS)
    assert [path.name for path in sorted(tmp_path.glob("*.duckdb*")) if path != store.path] == [own.name]
    assert count_events(store.cursor()) == 2_000
    store.close()


def test_a_key_that_was_restored_without_its_copy_is_refused_and_nothing_is_thrown_away(tmp_path: Path) -> None:
    store = filled(tmp_path)
    former = (tmp_path / filekey.FILE_NAME).read_bytes()
    recopy(store, KEYS)
    store.close()
    (tmp_path / filekey.FILE_NAME).write_bytes(former)
    with pytest.raises(ConfigurationError, match="not there"):
        EventStore.open(tmp_path, KEYS)
    assert store.path.exists()


def test_a_copy_that_lacks_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(tmp_path)
    counts = recopying._counts
    monkeypatch.setattr(recopying, "_counts", lambda cursor, name: counts(cursor, name) | {name: 1})
    with pytest.raises(recopying.CopyDiffersError):
        recopy(store, KEYS)
    assert [path.name for path in filekey.store_files(tmp_path)] == ["events.duckdb"]
    store.close()


def test_deleting_leaves_the_bytes_in_a_file_and_a_copy_does_not(tmp_path: Path) -> None:
    """Why there is a copy: shown in a file in clear and uncompressed, where bytes can be looked for."""
    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    connection.execute(f"SET force_compression = 'uncompressed'; ATTACH '{tmp_path}/plain' AS plain")
    connection.execute("CREATE TABLE plain.t AS SELECT range AS n, 'ben-stays' AS path FROM range(50000)")
    connection.execute("INSERT INTO plain.t VALUES (50001, ?)", [CANARY])
    connection.execute("CHECKPOINT plain")
    connection.execute("DELETE FROM plain.t WHERE n = 50001")
    connection.execute("CHECKPOINT plain")
    connection.execute(f"ATTACH '{tmp_path}/copy' AS copy; COPY FROM DATABASE plain TO copy; DETACH copy; DETACH plain")
    connection.close()
    assert CANARY.encode() in (tmp_path / "plain").read_bytes()
    assert CANARY.encode() not in (tmp_path / "copy").read_bytes()
    assert b"ben-stays" in (tmp_path / "copy").read_bytes()
