"""The embedded event store: one encrypted DuckDB file, owned by one process, with a cursor for each thread."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import duckdb_extension_httpfs
from duckdb import DuckDBPyConnection

from leadline.eventstore import filekey
from leadline.eventstore.filekey import FileKey
from leadline.eventstore.schema import create_schema
from leadline.kernel.errors import AlreadyRunningError, ConfigurationError

MEMORY_LIMIT = "2GB"
"""So that the whole process stays below 3 GB: DuckDB may go over its limit a little, and Python has its own needs."""
CONNECTION: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
}
"""What every connection is made with. Tests add what spares them time (`tests/environment.py`)."""


Cursor = DuckDBPyConnection
"""What a query runs on. Others name it so, and need not know DuckDB."""


@dataclass(eq=False)
class EventStore:
    """An open event store. The connection is shared; every thread takes a cursor of its own.

    Attributes:
        data: the folder that it lies in.
        key: which file of the folder it is, and what opens it; a copy (`recopying.py`) changes both.
    """

    data: Path
    key: FileKey
    connection: DuckDBPyConnection

    @classmethod
    def open(
        cls, data: Path, keys: Sequence[bytes], *, memory_limit: str = MEMORY_LIMIT, threads: int | None = None
    ) -> "EventStore":
        """Open the event store of a data folder, or make it. What a copy that died left beside it goes.

        Args:
            data: the data folder; it is made when missing.
            keys: what wraps the file's own key (`derive_keys(data, "event-store")`), newest first.
            memory_limit: what DuckDB may hold before it spills to `<data>/tmp`.
            threads: how many threads a query may use; all cores when None.

        Raises:
            AlreadyRunningError: another process has the file open.
            ConfigurationError: the key does not open the file.
        """
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = filekey.read_or_create(data, keys)
        connection = _connect(data, memory_limit, threads)
        try:
            _attach_own(connection, data, key)
            create_schema(connection)
        except BaseException:
            connection.close()
            raise
        _discard_others(data, key)
        return cls(data, key, connection)

    @property
    def path(self) -> Path:
        """The file."""
        return self.data / self.key.file

    def cursor(self) -> DuckDBPyConnection:
        """A cursor for the calling thread; close it, or let it go with the thread."""
        cursor = self.connection.cursor()
        cursor.execute("USE store")
        return cursor

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        self.connection.execute("CHECKPOINT store")

    def close(self) -> None:
        """Checkpoint and let the file go."""
        self.checkpoint()
        self.connection.execute("USE memory; DETACH store")
        self.connection.close()


@contextmanager
def transaction(cursor: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """Everything inside is committed at the end, or nothing of it."""
    cursor.begin()
    try:
        yield cursor
    except BaseException:
        cursor.rollback()
        raise
    cursor.commit()


def fetch_int(cursor: DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()) -> int:
    """The one whole number that a query gives; 0 for NULL or no row."""
    rows = cursor.execute(sql, list(parameters)).fetchall()  # to the end, or the transaction stays open
    return int(rows[0][0] or 0) if rows else 0


def _connect(data: Path, memory_limit: str, threads: int | None) -> DuckDBPyConnection:
    config = {**CONNECTION, "memory_limit": memory_limit}
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(":memory:", config=config)
    temporary = _quoted(str(data / "tmp"))
    connection.execute(f"LOAD {_quoted(str(extension_path()))}")
    connection.execute(f"SET GLOBAL temp_directory = {temporary}; SET GLOBAL temp_file_encryption = true")
    connection.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL preserve_insertion_order = true")
    # DuckDB 1.5 takes deleted rows of a row group for ones that are there: ORDER BY ... LIMIT 1 then gives no row
    connection.execute("SET GLOBAL disabled_optimizers = 'row_group_pruner'")
    return connection


def attach(connection: DuckDBPyConnection, data: Path, key: FileKey, name: str, *, replacing: bool = False) -> None:
    """Have a file of the data folder known under a name.

    Args:
        replacing: let it take the place of the one that has this name, in one step: queries and transactions that are
            under way keep the one that they began with, and DuckDB closes that when the last of them ends.
    """
    how = "ATTACH OR REPLACE" if replacing else "ATTACH"
    options = f"(ENCRYPTION_KEY '{key.key.hex()}', ENCRYPTION_CIPHER 'GCM')"
    connection.execute(f"{how} {_quoted(str(data / key.file))} AS {name} {options}")


def _attach_own(connection: DuckDBPyConnection, data: Path, key: FileKey) -> None:
    path = data / key.file
    try:
        attach(connection, data, key, "store")
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise AlreadyRunningError(
            f"Another process has {path} open.", advice="Stop the other `leadline serve`, or use its data folder."
        ) from error
    except (duckdb.InvalidInputException, duckdb.CatalogException) as error:
        raise ConfigurationError(f"The key does not open {path}.", advice="Restore events.key.") from error
    connection.execute("USE store")


def _discard_others(data: Path, key: FileKey) -> None:
    """A copy that was not finished, or the file that a finished one took the place of. Nothing opens either again."""
    for path in filekey.store_files(data):
        if path.name != key.file:
            discard_file(path)
    (data / (filekey.FILE_NAME + filekey.BEFORE)).unlink(missing_ok=True)


def discard_file(path: Path) -> None:
    """Unlink a database file and its write-ahead log."""
    for each in (path, path.with_name(path.name + ".wal")):
        each.unlink(missing_ok=True)


def extension_path() -> Path:
    """DuckDB's signed httpfs extension, from its wheel: it brings AES-GCM without a download."""
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    return folder / "httpfs.duckdb_extension"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
