"""Loading: one closed segment becomes rows of the event store, exactly once, without repeated messages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.database import fetch_int, transaction
from leadline.eventstore.schema import sql
from leadline.kernel.clock import utc_now

SLACK = timedelta(days=1)
"""A message sent again under another client timestamp is still found when that moved by no more than this. A wider
slack scans more days for every segment: each day costs about a millisecond per 500,000 events a day."""


@dataclass(frozen=True, slots=True)
class SegmentLoad:
    """What one spool segment holds for the event store.

    Attributes:
        name: the segment's file name; a name loads once.
        events: columns of `columns.EVENTS`.
        traits: columns of `columns.TRAITS`; each belongs to the event with its message hash.
        quarantined: how many of its messages went to quarantine instead.
    """

    name: str
    events: pa.Table
    traits: pa.Table
    quarantined: int = 0
    first_received_at: datetime | None = None
    last_received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did. A segment that was there already gives the numbers of its first load.

    Attributes:
        repeated: the rows of the load's `events`, from 0 and in order, that were repeats; empty for a segment that was
            there already.
    """

    load_seq: int
    stored: int
    duplicates: int
    repeated: tuple[int, ...] = ()


def load_segment(cursor: DuckDBPyConnection, load: SegmentLoad) -> LoadResult:
    """Store a segment in one transaction.

    A message is a repeat when source and message id (hash and key) were seen before: inside the segment (the first
    one stays), or in the store within a day of the segment's client timestamps.
    """
    with transaction(cursor):
        earlier = loaded(cursor, load.name)
        if earlier is not None:
            return earlier
        with _registered(cursor, load):
            return _store(cursor, load)


def loaded(cursor: DuckDBPyConnection, name: str) -> LoadResult | None:
    """The result of loading the segment of this name, if it was loaded."""
    row = cursor.execute("SELECT load_seq, events, duplicates FROM segments WHERE name = ?", [name]).fetchone()
    return LoadResult(*row) if row else None


def last_load_seq(cursor: DuckDBPyConnection) -> int:
    """The number of the newest load; 0 before the first."""
    return fetch_int(cursor, "SELECT max(load_seq) FROM segments")


@contextmanager
def _registered(cursor: DuckDBPyConnection, load: SegmentLoad) -> Iterator[None]:
    cursor.register("incoming_events", load.events)
    cursor.register("incoming_traits", load.traits)
    try:
        yield
    finally:
        cursor.unregister("incoming_events")
        cursor.unregister("incoming_traits")


def _store(cursor: DuckDBPyConnection, load: SegmentLoad) -> LoadResult:
    load_seq = last_load_seq(cursor) + 1
    repeated = _find_repeats(cursor) if load.events.num_rows else ()
    duplicates = len(repeated)
    suffix = "_without_repeats" if repeated else ""
    cursor.execute(sql(f"insert_events{suffix}"), {"load_seq": load_seq})
    cursor.execute(sql(f"insert_traits{suffix}"), {"load_seq": load_seq})
    stored = load.events.num_rows - duplicates
    times = [_naive(load.first_received_at), _naive(load.last_received_at), _naive(utc_now())]
    row = [load.name, load_seq, stored, duplicates, load.quarantined, *times]
    cursor.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return LoadResult(load_seq, stored, duplicates, repeated)


def _find_repeats(cursor: DuckDBPyConnection) -> tuple[int, ...]:
    cursor.execute(sql("repeats_inside"))
    days = cursor.execute("SELECT DISTINCT occurred_at::DATE FROM incoming_events ORDER BY 1").fetchall()
    for first, last in day_ranges([day for (day,) in days]):
        cursor.execute(sql("repeats_of_store"), {"first": first, "last": last})
    positions = cursor.execute("SELECT DISTINCT position FROM repeats ORDER BY 1").fetchall()
    return tuple(position - 1 for (position,) in positions)  # row_number counts from 1


def day_ranges(days: Sequence[date], slack: timedelta = SLACK) -> list[tuple[date, date]]:
    """Sorted days, each widened by `slack` to both sides, joined where they overlap or touch."""
    ranges: list[tuple[date, date]] = []
    for day in days:
        first, last = _widened(day, slack)
        if ranges and first <= ranges[-1][1] + timedelta(days=1):
            ranges[-1] = (ranges[-1][0], last)
        else:
            ranges.append((first, last))
    return ranges


def _widened(day: date, slack: timedelta) -> tuple[date, date]:
    first = day - slack if day - date.min >= slack else date.min
    last = day + slack if date.max - day >= slack else date.max
    return first, last


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)
