"""The event store copied into a new file under a fresh key, while queries go on: so that what was deleted is gone.

DELETE and CHECKPOINT leave the bytes of deleted rows in a DuckDB file. A new file holds only what is still there, and
the old one's key goes with its file. Each step leaves something that can be opened: until the key's file is replaced it
is the old store, afterwards the new one, and opening the store unlinks the other.

The copy takes the old file's name "store" in one step (ATTACH OR REPLACE). A query or a transaction that began before
keeps reading the old file, which has no name in the folder any more, until it ends; the next one reads the new file.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from leadline.eventstore import filekey
from leadline.eventstore.database import Cursor, EventStore, attach, discard_file, fetch_int
from leadline.eventstore.filekey import FileKey
from leadline.kernel.durability import make_durable
from leadline.kernel.errors import TransientError

COPIED, COMMITTED, ATTACHED, UNLINKED = "copied", "committed", "attached", "unlinked"
POLL_SECONDS = 0.05
DESCRIPTORS = Path("/dev/fd")
Step = Callable[[str], None]


class CopyDiffersError(TransientError):
    """A copy of the event store has not the rows that it should have; the store stays as it was."""


@dataclass(frozen=True, slots=True)
class OldFile:
    """The file that a copy took the place of, as its device and number name it: its name is gone.

    Attributes:
        device, number: what `os.stat` said of it.
        rows: how many rows the copy has.
    """

    device: int
    number: int
    rows: int

    def is_open(self) -> bool:
        """Whether a query of this process still reads it; once it does not, its place on the disk is free."""
        return any(_is_this(each.name, self) for each in DESCRIPTORS.iterdir())


def recopy(store: EventStore, keys: Sequence[bytes], reached: Step = lambda _: None) -> OldFile:
    """Copy the store into a new file under a fresh key, and go on with that one. The old one is unlinked.

    Nothing may be written to the store meanwhile: the caller holds the engine's lock. Reading needs no care.

    Args:
        keys: what wraps the new file's key, newest first.
        reached: told of each step: COPIED, COMMITTED, ATTACHED, UNLINKED.

    Raises:
        CopyDiffersError: the copy is not complete.
        duckdb.Error: there is no room for it, or it can't be written. The store is as it was.
    """
    old, fresh, before = store.key, store.key.next(), store.path.stat()
    try:
        rows = _copy(store, fresh)
        reached(COPIED)
        _go_over(store, fresh, keys, reached)
    except BaseException:
        if store.key is old:
            discard_file(store.data / fresh.file)
        raise
    discard_file(store.data / old.file)
    reached(UNLINKED)
    return OldFile(before.st_dev, before.st_ino, rows)


def wait_until_closed(old: OldFile, seconds: float, waiting: Callable[[], None] = lambda: None) -> bool:
    """Wait for the last query that reads the old file. False when one still does after so many seconds.

    Args:
        waiting: called at each look; what it raises ends the waiting.
    """
    until = time.monotonic() + seconds
    while old.is_open():
        waiting()
        if time.monotonic() >= until:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _copy(store: EventStore, fresh: FileKey) -> int:
    """Into a file that is closed and on the disk afterwards. Returns its number of rows."""
    discard_file(store.data / fresh.file)
    with store.connection.cursor() as cursor:
        cursor.execute("USE memory")
        cursor.execute("CHECKPOINT store")
        attach(cursor, store.data, fresh, "fresh")
        try:
            cursor.execute("COPY FROM DATABASE store TO fresh")
            cursor.execute("CHECKPOINT fresh")
            rows = _compared(cursor)
        finally:
            cursor.execute("DETACH fresh")
    make_durable(store.data / fresh.file)
    return rows


def _compared(cursor: Cursor) -> int:
    there, made = (_counts(cursor, name) for name in ("store", "fresh"))
    if there != made:
        raise CopyDiffersError("A copy of the event store is not complete.", advice="Try again; see the log.")
    return sum(made.values())


def _counts(cursor: Cursor, database: str) -> dict[str, int]:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND NOT temporary ORDER BY 1"
    tables = [name for (name,) in cursor.execute(query, [database]).fetchall()]
    return {name: fetch_int(cursor, f'SELECT count(*) FROM {database}.main."{name}"') for name in tables}


def _go_over(store: EventStore, fresh: FileKey, keys: Sequence[bytes], reached: Step) -> None:
    """First on the disk, then in memory: should the second fail, the first is taken back, and nothing was written to
    the new file yet. The other way round could not be taken back: a file that a query still reads can't be attached."""
    with filekey.replaced(store.data / filekey.FILE_NAME, fresh, keys):
        reached(COMMITTED)
        attach(store.connection, store.data, fresh, "store", replacing=True)
    store.key = fresh
    reached(ATTACHED)


def _is_this(descriptor: str, old: OldFile) -> bool:
    try:
        found = os.fstat(int(descriptor))
    except OSError:  # the one that the folder itself was listed with, or one closed meanwhile
        return False
    return (found.st_dev, found.st_ino) == (old.device, old.number)
