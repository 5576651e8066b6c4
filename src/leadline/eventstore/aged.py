"""What reports have counted of people who went by their age: totals without anybody in them.

`aged_totals` has one row a quarter of an hour and metric: every metric that adds up over time (`Measure.adds`), as the
people who went had made it up. Every time zone's day begins with a quarter of an hour, so that totals over any days are
what they were. A batch's rows wait under its number until its people go, in the same transaction; 0 is what counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from leadline.eventstore.columns import MICROS
from leadline.eventstore.database import Cursor, transaction
from leadline.eventstore.measured import Asked, measured
from leadline.eventstore.schema import sql

QUARTER = timedelta(minutes=15)
TOTALS = pa.schema(
    [
        ("batch", pa.int64()),
        ("moment", MICROS),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("cases", pa.int64()),
    ]
)
WHO = "lead IN (SELECT unnest($going::BIGINT[]))"
FORGET = "DELETE FROM aged_totals WHERE batch <> 0"
SETTLE = "UPDATE aged_totals SET batch = 0 WHERE batch = ?"
CONVERSIONS = "SELECT DISTINCT name FROM memory.main.conversions ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour from a moment on, aware UTC."""

    start: datetime

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.start + QUARTER


def tally(cursor: Cursor, batch: int, leads: Collection[int], metrics: Sequence[str], now: datetime) -> int:
    """Note what these people made up of each metric, to be counted once `settle` is called. Returns how many totals.

    The tables in memory have them (`projections.py`). What an earlier batch noted and never settled goes.

    Args:
        batch: a number from 1 on.
    """
    quarters = [Quarter(start) for start in _quarters(cursor, leads)]
    found = measured(cursor, metrics, Asked(quarters, now, WHO, {"going": sorted(leads)}, quarters=True))
    rows = [
        {
            "batch": batch,
            "moment": quarter.start.replace(tzinfo=None),
            "metric": name,
            "value": one.value,
            "cases": one.cases,
        }
        for name, parts in found.items()
        for part in parts.values()
        for quarter, one in zip(quarters, part, strict=True)
        if one.cases and one.value is not None
    ]
    with transaction(cursor):
        cursor.execute(FORGET)
        cursor.register("incoming", pa.Table.from_pylist(rows, schema=TOTALS))
        cursor.execute("INSERT INTO aged_totals FROM incoming")
        cursor.unregister("incoming")
    return len(rows)


def settle(cursor: Cursor, batch: int) -> None:
    """Have a batch count. Inside the transaction that deletes its people; done again, it changes nothing."""
    cursor.execute(SETTLE, [batch])


def fold(cursor: Cursor) -> None:
    """One row a quarter of an hour and metric again, after many batches."""
    with transaction(cursor):
        cursor.execute(sql("aged_folded"))
        cursor.execute("DELETE FROM aged_totals")
        cursor.execute("INSERT INTO aged_totals FROM temp.aged_folded")


def names_of_conversions(cursor: Cursor) -> list[str]:
    """Every conversion that anybody made, also of rulesets of the past."""
    return [name for (name,) in cursor.execute(CONVERSIONS).fetchall()]


def _quarters(cursor: Cursor, leads: Collection[int]) -> list[datetime]:
    rows = cursor.execute(sql("aged_quarters"), {"going": sorted(leads)}).fetchall()
    return [start.replace(tzinfo=UTC) for (start,) in rows]
