"""The tables that reports and lists read: people, their moves between stages, conversions, and touches (visits with
their channel). Derived, columnar, in DuckDB's memory: gone with the process, one place less where erasing must look.

Rows of the record store come in as Arrow tables; touches are made here, from sessions. Everything is of leads that
count: not merged into another, not internal, no robots. They are made for everybody or replaced for some, in one
transaction: whoever reads meanwhile sees a whole state. Rows are in no order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from leadline.analytics.channels import ChannelRules
from leadline.eventstore.channel_sql import channel_case, folded_columns, quoted, referrer_case
from leadline.eventstore.columns import MICROS
from leadline.eventstore.database import Cursor, fetch_int, transaction
from leadline.eventstore.schema import sql
from leadline.qualification.countries import country_name

SCHEMA = "memory.main"
PEOPLE = f"{SCHEMA}.people"
MOVES = f"{SCHEMA}.moves"
CONVERSIONS = f"{SCHEMA}.conversions"
TOUCHES = f"{SCHEMA}.touches"
FIRST_EVENTS = f"{SCHEMA}.first_events"

PEOPLE_ROWS = pa.schema(
    [
        ("lead", pa.int64()),
        ("account", pa.int64()),
        ("known", pa.bool_()),
        ("reachable", pa.bool_()),
        ("known_at", MICROS),
        ("first_seen_at", MICROS),
        ("last_seen_at", MICROS),
        ("stage", pa.string()),
        ("stage_since", MICROS),
        ("grade", pa.string()),
        ("fit", pa.int16()),
        ("total", pa.int64()),
        ("engagement", pa.int64()),
        ("readiness", pa.int64()),
        ("conversion", pa.int64()),
        ("gain_week", pa.int64()),
        ("owner", pa.string()),
        ("owner_user", pa.int64()),
        ("contacted_at", MICROS),
        ("accepted_at", MICROS),
        ("rejected_at", MICROS),
        ("rejection", pa.string()),
        ("snoozed_until", MICROS),
        ("contact_due_at", MICROS),
        ("breached_at", MICROS),
        ("trigger_at", MICROS),
        ("seats", pa.int64()),
        ("monthly_value", pa.decimal128(18, 2)),
        ("currency", pa.string()),
        ("crm_status", pa.string()),
        ("company", pa.string()),
        ("domain", pa.string()),
        ("employees", pa.int64()),
        ("industry", pa.string()),
        ("country", pa.string()),
    ]
)
"""`known_at`: when they were first seen under a user id or an e-mail address; NULL for visitors. Scores are millionths.
`memory.main.people` has besides: qualified_at and customer_at (first entry of the stage), channel, source, campaign and
landing of their first visit, event_source (name of the event source of their first event)."""

MOVE_ROWS = pa.schema(
    [
        ("lead", pa.int64()),
        ("moved_at", MICROS),
        ("from_stage", pa.string()),
        ("to_stage", pa.string()),
        ("total", pa.int64()),
    ]
)
CONVERSION_ROWS = pa.schema(
    [
        ("number", pa.int64()),
        ("name", pa.string()),
        ("identity", pa.int64()),
        ("converted_at", MICROS),
        ("cancelled_at", MICROS),
        ("amount", pa.decimal128(18, 2)),
        ("currency", pa.string()),
        ("value", pa.decimal128(28, 2)),
    ]
)
"""`value`: the amount in the reporting currency at the rate of the day; NULL without an amount or a rate. It has room
for the largest amount at the largest rate: one such conversion must not break all reports."""
SOURCE_ROWS = pa.schema([("number", pa.int64()), ("name", pa.string())])
COUNTRY_ROWS = pa.schema([("written", pa.string()), ("name", pa.string())])
WRITTEN = """SELECT DISTINCT coalesce(given_said.country, given_people.country) AS written
FROM given_people LEFT JOIN given_said USING (lead)"""
KEPT = (
    f"SELECT lead, channel, source, campaign, landing, event_source FROM {PEOPLE} SEMI JOIN given_people USING (lead)"
)
"""What visits say of people, as it was: their standings alone are made anew."""
FORGET_FIRST = (
    f"DELETE FROM {FIRST_EVENTS} USING fresh_first_events AS fresh WHERE fresh.identity = first_events.identity"
)
IDENTITIES = """CREATE OR REPLACE TEMP TABLE given_identities AS
SELECT identity, lead FROM identity_lead SEMI JOIN given_people USING (lead)"""
ORDERS = {TOUCHES: "lead, started_at", MOVES: "lead, moved_at", CONVERSIONS: "lead, converted_at", PEOPLE: "lead"}
GIVEN = (
    *("given_people", "given_moves", "given_conversions", "given_sources"),
    *("given_identities", "given_said", "given_countries", "given_leads"),
)


@dataclass(frozen=True)
class Given:
    """Rows of the record store: of everybody, or of the leads that are replaced.

    Attributes:
        people, moves, conversions: tables of PEOPLE_ROWS, MOVE_ROWS and CONVERSION_ROWS, read once.
        sources: the names of event sources by number.
    """

    people: Iterable[pa.Table]
    moves: Iterable[pa.Table]
    conversions: Iterable[pa.Table]
    sources: Mapping[int, str]


def fill(cursor: Cursor, given: Given, channels: ChannelRules) -> int:
    """Make all anew. Returns how many people there are."""
    with _taken(cursor, given):
        cursor.execute(sql("first_events"))
        _make(cursor, TOUCHES, _touches(channels))
        _make(cursor, MOVES, sql("projected_moves"))
        _make(cursor, CONVERSIONS, sql("projected_conversions"))
        _make(cursor, PEOPLE, _people(_first_of(TOUCHES), channels))
    return count_people(cursor)


def fill_standings(cursor: Cursor, given: Given, channels: ChannelRules) -> None:
    """Make people and moves anew; visits and conversions stay as they are, and what they say of people."""
    with _taken(cursor, given):
        _make(cursor, MOVES, sql("projected_moves"))
        _make(cursor, PEOPLE, _people(KEPT, channels))


def replace(cursor: Cursor, leads: Sequence[int], given: Given, channels: ChannelRules) -> None:
    """Put what is given of these leads in place of what was there of them."""
    with _taken(cursor, given, leads):
        cursor.execute(sql("first_events_new"))
        cursor.execute(FORGET_FIRST)
        cursor.execute(f"INSERT INTO {FIRST_EVENTS} FROM fresh_first_events")
        fresh = _put(cursor, TOUCHES, _touches(channels))
        _put(cursor, MOVES, sql("projected_moves"))
        _put(cursor, CONVERSIONS, sql("projected_conversions"))
        _put(cursor, PEOPLE, _people(_first_of(fresh), channels))


def replace_standings(cursor: Cursor, leads: Sequence[int], given: Given, channels: ChannelRules) -> None:
    """The same of people and moves alone."""
    with _taken(cursor, given, leads):
        _put(cursor, MOVES, sql("projected_moves"))
        _put(cursor, PEOPLE, _people(KEPT, channels))


def count_people(cursor: Cursor) -> int:
    """How many people are listed."""
    return fetch_int(cursor, f"SELECT count(*) FROM {PEOPLE}")


def people_of(cursor: Cursor, accounts: Iterable[int]) -> frozenset[int]:
    """The people of these companies."""
    wanted = list(accounts)
    if not wanted:
        return frozenset()
    rows = cursor.execute(f"SELECT lead FROM {PEOPLE} WHERE account IN (SELECT unnest(?))", [wanted]).fetchall()
    return frozenset(lead for (lead,) in rows)


def forget(cursor: Cursor) -> None:
    """Let them go: after an erasure, which notes that everybody changed."""
    for table in (PEOPLE, MOVES, CONVERSIONS, TOUCHES, FIRST_EVENTS):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


@contextmanager
def _taken(cursor: Cursor, given: Given, leads: Sequence[int] = ()) -> Iterator[None]:
    """One transaction with what is given in temporary tables: in DuckDB's hands, which may put it on disk."""
    with transaction(cursor):
        _take(cursor, "given_people", PEOPLE_ROWS, given.people)
        _take(cursor, "given_moves", MOVE_ROWS, given.moves)
        _take(cursor, "given_conversions", CONVERSION_ROWS, given.conversions)
        sources = pa.Table.from_arrays([list(given.sources), list(given.sources.values())], schema=SOURCE_ROWS)
        _take(cursor, "given_sources", SOURCE_ROWS, [sources])
        changed = pa.Table.from_arrays([pa.array(leads, pa.int64())], schema=pa.schema([("lead", pa.int64())]))
        _take(cursor, "given_leads", changed.schema, [changed])
        cursor.execute(IDENTITIES)
        cursor.execute(sql("projected_said"))
        _take(cursor, "given_countries", COUNTRY_ROWS, [_countries(cursor)])
        yield
        for name in GIVEN:
            cursor.execute(f"DROP TABLE temp.{name}")


def _take(cursor: Cursor, name: str, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    cursor.register("incoming", schema.empty_table())
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM incoming")
    for table in tables:
        cursor.register("incoming", table)
        cursor.execute(f"INSERT INTO temp.{name} BY NAME FROM incoming")
    cursor.unregister("incoming")


def _countries(cursor: Cursor) -> pa.Table:
    """However they are written, their English names."""
    written = [text for (text,) in cursor.execute(WRITTEN).fetchall() if text]
    return pa.Table.from_arrays([written, [country_name(text) for text in written]], schema=COUNTRY_ROWS)


def _touches(channels: ChannelRules) -> str:
    text = sql("projected_touches").replace("{channel}", channel_case(channels))
    return text.replace("{folded}", folded_columns(channels)).replace("{referrer}", referrer_case(channels))


def _make(cursor: Cursor, table: str, query: str) -> None:
    cursor.execute(f"CREATE OR REPLACE TABLE {table} AS {query} ORDER BY {ORDERS[table]}")


def _put(cursor: Cursor, table: str, query: str) -> str:
    """In place of the leads' rows; returns the temporary table that has the new ones."""
    fresh = f"fresh_{table.rpartition('.')[2]}"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {fresh} AS {query}")
    cursor.execute(f"DELETE FROM {table} WHERE lead IN (SELECT lead FROM given_leads)")  # a constant
    cursor.execute(f"INSERT INTO {table} BY NAME FROM {fresh}")
    return fresh


def _people(first: str, channels: ChannelRules) -> str:
    return sql("projected_people").replace("{first}", first).replace("{direct}", quoted(channels.direct))


def _first_of(touches: str) -> str:
    return sql("first_of_visits").replace("{touches}", touches)
