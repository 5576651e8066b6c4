"""The record store as it is at one instant, copied while it goes on being read and written.

SQLite: a transaction that reads sees one instant of the write-ahead log; what SQLite's backup copies through its
connection is that. PostgreSQL: a transaction's snapshot is exported, and `pg_dump` dumps that.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from leadline.eventstore.snapshots import CannotCopyError
from leadline.pipeline.backups.postgresql import dump, require

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FILES = {SQLITE: "records.sqlite3", POSTGRESQL: "records.pgdump"}
PAGES = 4_096
"""How many are copied between two looks whether to stop: 16 MB."""
TABLES = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    POSTGRESQL: "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
}
Waiting = Callable[[], None]


class Instant(Protocol):
    """The record store at one instant, held open."""

    def copy(self, folder: Path, waiting: Waiting) -> dict[str, int]:
        """Write the copy. Returns how many rows each table has."""


def kind() -> str:
    """What the record store is."""
    return connection.vendor


@contextmanager
def instant_of_records() -> Iterator[Callable[[], Instant]]:
    """Gives what fixes the instant when it is called; everything else is ready then, so that it takes no time."""
    with _sqlite(settings.DATABASES["default"]["NAME"]) if kind() == SQLITE else _postgresql() as fix:
        yield fix


class SQLiteInstant:
    """A transaction that reads."""

    def __init__(self, source: sqlite3.Connection) -> None:
        self._source = source
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def copy(self, folder: Path, waiting: Waiting) -> dict[str, int]:
        """Into `records.sqlite3`, in clear as the store itself."""
        path = folder / FILES[SQLITE]
        path.touch(0o600)
        try:
            with closing(sqlite3.connect(path)) as copy:
                self._source.backup(copy, pages=PAGES, progress=lambda *_: waiting(), sleep=0)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
                rows = sqlite_rows(copy)
        except sqlite3.Error as error:
            raise CannotCopyError("The record store could not be copied.", advice="Is the disk full?") from error
        self._source.execute("ROLLBACK")
        return rows


@contextmanager
def _sqlite(path: object) -> Iterator[Callable[[], Instant]]:
    with closing(sqlite3.connect(f"file:{path}", uri=True, isolation_level=None, timeout=20)) as source:
        yield lambda: SQLiteInstant(source)


def sqlite_rows(database: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = [name for (name,) in database.execute(TABLES[SQLITE])]
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # its own names


class PostgreSQLInstant:
    """A transaction whose snapshot is exported."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self._cursor = cursor
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (self._snapshot,) = cursor.fetchone()

    def copy(self, folder: Path, waiting: Waiting) -> dict[str, int]:
        """Into `records.pgdump`, by pg_dump."""
        rows = postgresql_rows(self._cursor)
        dump(settings.DATABASES["default"], folder / FILES[POSTGRESQL], self._snapshot, waiting)
        self._cursor.execute("ROLLBACK")
        return rows


@contextmanager
def _postgresql() -> Iterator[Callable[[], Instant]]:
    require("pg_dump")
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:
            yield lambda: PostgreSQLInstant(cursor)
    finally:
        own.close()


def postgresql_rows(cursor: CursorWrapper) -> dict[str, int]:
    """How many rows each table has."""
    cursor.execute(TABLES[POSTGRESQL])
    return {name: _count(cursor, name) for (name,) in cursor.fetchall()}


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  # its own names
    return int(cursor.fetchone()[0])
