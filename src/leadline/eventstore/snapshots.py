"""The event store as it is at one instant, copied into a file of its own while it goes on being read and written.

A transaction sees the store as it was when it first read from it. So the instant is chosen in microseconds, and the
copy, which takes seconds, keeps nobody waiting.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from leadline.eventstore import filekey
from leadline.eventstore.database import Cursor, EventStore, attach, fetch_int
from leadline.eventstore.filekey import FileKey
from leadline.kernel.errors import TransientError

POLL_SECONDS = 0.2
Waiting = Callable[[], None]
TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND NOT temporary ORDER BY 1"


class CannotCopyError(TransientError):
    """A store could not be copied."""

    code = "cannot_copy"


@dataclass(frozen=True)
class Snapshot:
    """One instant of the store, held open.

    Attributes:
        cursor: its transaction.
        folder, key: where the copy is made, and what opens it.
    """

    cursor: Cursor
    folder: Path
    key: FileKey

    def copy(self, waiting: Waiting = lambda: None) -> dict[str, int]:
        """Write the copy, and let the instant go. Returns how many rows each table has.

        Args:
            waiting: called while it is written; what it raises ends it.

        Raises:
            CannotCopyError: there is no room for it, or it can't be written.
        """
        try:
            run_watched(self.cursor, "COPY FROM DATABASE store TO snapshot", waiting)
            self.cursor.commit()
            self.cursor.execute("CHECKPOINT snapshot")
        except duckdb.Error as error:
            raise CannotCopyError("The event store could not be copied.", advice="Is the disk full?") from error
        return row_counts(self.cursor, "snapshot")


@contextmanager
def snapshot_in(store: EventStore, folder: Path, keys: Sequence[bytes]) -> Iterator[Callable[[], Snapshot]]:
    """Gives what fixes the instant when it is called; everything else is ready then, so that it takes no time.

    Args:
        folder: an empty one, which gets the copy and its `events.key`.
        keys: what wraps the copy's own key, newest first.
    """
    fresh = filekey.read_or_create(folder, keys)
    with store.connection.cursor() as cursor:
        cursor.execute("USE memory")
        attach(cursor, folder, fresh, "snapshot")

        def fix() -> Snapshot:
            cursor.begin()
            cursor.execute("SELECT count(*) FROM store.main.schema_version").fetchall()
            return Snapshot(cursor, folder, fresh)

        try:
            yield fix
        except BaseException:
            _let_go(cursor)
            raise
        cursor.execute("DETACH snapshot")


def row_counts(cursor: Cursor, database: str = "store") -> dict[str, int]:
    """How many rows each table has."""
    names = [name for (name,) in cursor.execute(TABLES, [database]).fetchall()]
    return {name: fetch_int(cursor, f'SELECT count(*) FROM {database}.main."{name}"') for name in names}


def run_watched(cursor: Cursor, statement: str, waiting: Waiting) -> None:
    """Run a long statement in a thread of its own; what `waiting` raises meanwhile interrupts it."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            cursor.execute(statement)
        except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
            failed.append(error)

    thread = threading.Thread(target=run, name="snapshot")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(POLL_SECONDS)
            waiting()
    except BaseException:
        cursor.interrupt()
        thread.join()
        raise
    if failed:
        raise failed[0]


def _let_go(cursor: Cursor) -> None:
    """After a failure: the transaction may be over already."""
    try:
        cursor.rollback()
    except duckdb.TransactionException:
        pass
    finally:
        cursor.execute("DETACH snapshot")
