"""The event store's tables and their version."""

from functools import cache
from importlib.resources import files

from duckdb import DuckDBPyConnection

from leadline.kernel.errors import ConfigurationError

VERSION = 3
STEPS = {2: "schema_2", 3: "schema_3"}
"""By the version that it leads to, what a store of the version before needs. Each may be run again after a crash, since
DuckDB takes no two changes of a filled table in one transaction."""


@cache
def sql(name: str) -> str:
    """The text of one file in the `sql` folder."""
    return files("leadline.eventstore").joinpath("sql", f"{name}.sql").read_text("utf-8")


def create_schema(cursor: DuckDBPyConnection) -> None:
    """Make what is missing, and bring an older store up to date; one that has everything stays as it is.

    Raises:
        ConfigurationError: the store was made by a newer Leadline.
    """
    cursor.execute(sql("schema"))
    version = stored_version(cursor) or _made_new(cursor)
    if version > VERSION:
        raise ConfigurationError(
            f"The event store has schema version {version}; this Leadline knows {VERSION}.",
            advice="Install the Leadline that wrote it, or a newer one.",
        )
    for step in range(version + 1, VERSION + 1):
        cursor.execute(sql(STEPS[step]))
        cursor.execute("INSERT INTO schema_version VALUES (?, now()::TIMESTAMP)", [step])


def _made_new(cursor: DuckDBPyConnection) -> int:
    cursor.execute("INSERT INTO schema_version VALUES (?, now()::TIMESTAMP)", [VERSION])
    return VERSION


def stored_version(cursor: DuckDBPyConnection) -> int:
    """The newest schema version in the store; 0 in a new one."""
    # A result that is not read to its end holds its transaction open, and no checkpoint can pass it.
    (row,) = cursor.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()
    return int(row[0])
