"""What the event store holds about a person, table by table: for archives, and to prove that nothing is left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.eventstore.database import Cursor, fetch_int

BATCH = 2_000
EVENTS = """SELECT source, kind, name, identity, occurred_at, received_at, properties, path, referrer_domain,
    utm_source, utm_medium, utm_campaign, nullif(bot, false) AS bot, nullif(internal, false) AS internal FROM events"""
CELLS = """SELECT cells.day, metric_catalogue.definition->>'name' AS metric, cells.value / 1000 AS value
FROM cells JOIN metric_catalogue ON metric_catalogue.code = cells.metric"""


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """One table with rows about people.

    Attributes:
        name: as queries have it; a table in memory begins with "memory.".
        by: what its rows are found by: "identity", "lead", or "leads" for a list of them.
        shown: the query whose rows are shown instead of the table's own.
        order: what the rows are ordered by when they are shown.
    """

    name: str
    by: str
    shown: str = ""
    order: str = ""

    @property
    def in_memory(self) -> bool:
        """Whether it may be missing, and goes with the process."""
        return self.name.startswith("memory.")


def rows_about(
    cursor: Cursor, table: PersonalTable, leads: Sequence[int], identities: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """A person's rows, column by column; moments are naive UTC."""
    query = f"{table.shown or f'SELECT * FROM {table.name}'} WHERE {_condition(table)}"
    cursor.execute(
        f"{query} ORDER BY {table.order}" if table.order else query, {"numbers": _numbers(table, leads, identities)}
    )
    names = [column[0] for column in cursor.description or ()]
    while some := cursor.fetchmany(BATCH):
        yield from (dict(zip(names, row, strict=True)) for row in some)


def count_about(cursor: Cursor, table: PersonalTable, leads: Sequence[int], identities: Sequence[int]) -> int:
    """How many rows of a table are a person's; none of one that is not made."""
    if table.in_memory and not _is_made(cursor, table):
        return 0
    query = f"SELECT count(*) FROM {table.name} WHERE {_condition(table)}"
    rows = cursor.execute(query, {"numbers": _numbers(table, leads, identities)}).fetchall()
    return int(rows[0][0])


def _condition(table: PersonalTable) -> str:
    if table.by == "leads":
        return "list_has_any(leads, $numbers::BIGINT[])"
    return f"{table.by} IN (SELECT unnest($numbers::BIGINT[]))"


def _numbers(table: PersonalTable, leads: Sequence[int], identities: Sequence[int]) -> list[int]:
    return sorted(identities if table.by == "identity" else leads)


def _is_made(cursor: Cursor, table: PersonalTable) -> bool:
    name = table.name.rsplit(".", 1)[1]
    query = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'memory' AND table_name = ?"
    return fetch_int(cursor, query, [name]) > 0


STORED: dict[str, tuple[PersonalTable, ...]] = {
    "events": (PersonalTable("events", "identity", shown=EVENTS, order="occurred_at"),),
    "traits": (PersonalTable("traits", "identity", order="occurred_at"),),
    "scores": (
        PersonalTable("scores", "lead", order="as_of"),
        PersonalTable("current_scores", "lead"),
        PersonalTable("evaluations", "leads", shown="SELECT evaluated_at, kind, ruleset FROM evaluations"),
    ),
    "visits": (PersonalTable("sessions", "lead", order="started_at"),),
    "measured": (PersonalTable("cells", "identity", shown=CELLS, order="day"),),
    "pointers": (PersonalTable("edges", "identity", order="edge_id"), PersonalTable("identity_lead", "identity")),
}
"""The tables on disk, by kind of data."""
IN_MEMORY = (
    *(PersonalTable(f"memory.main.{name}", "lead") for name in ("people", "moves", "conversions", "touches")),
    PersonalTable("memory.main.first_events", "identity"),
    *(PersonalTable(f"memory.main.{name}", "lead") for name in ("kept_raws", "kept_days", "tried_raws", "doings")),
    PersonalTable("memory.main.doings_waiting", "identity"),
)
"""Copies and sums of what lies on disk and in the record store."""
ABOUT_NOBODY = ("schema_version", "segments", "metric_catalogue", "aged_totals")
ABOUT_NOBODY_IN_MEMORY = ("kept_state", "doing_codes", "doings_mark")


def all_tables(cursor: Cursor) -> list[str]:
    """The tables that there are now, as kinds of data name them: "events.traits", "memory.people"."""
    query = """SELECT CASE database_name WHEN 'store' THEN 'events.' ELSE 'memory.' END || table_name
    FROM duckdb_tables() WHERE database_name IN ('store', 'memory') AND NOT temporary ORDER BY 1"""
    return [name for (name,) in cursor.execute(query).fetchall()]
