"""Who of the people in question was silent for too long, by the sources that saw them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from leadline.eventstore.columns import MICROS
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import naive

CANDIDATES = pa.schema([("lead", pa.int64()), ("known", pa.bool_()), ("heard", MICROS)])
PERIODS = pa.schema([("rule", pa.string()), ("source", pa.int64()), ("days", pa.int32())])
GROUPED = "SELECT rule, source, count(*), min(heard) FROM due_people GROUP BY ALL ORDER BY rule, source NULLS FIRST"


@dataclass(frozen=True, slots=True)
class Due:
    """So many of a rule are due.

    Attributes:
        source: the number of the event source whose period decides; None for none.
        oldest: when the one that waits longest was last heard of, or came in.
    """

    rule: str
    source: int | None
    count: int
    oldest: datetime


def find_due(
    cursor: Cursor, candidates: Iterable[pa.Table], days: Mapping[tuple[str, int | None], int | None], now: datetime
) -> None:
    """Find who is due, for `due_groups` and `due_leads` on the same cursor.

    Args:
        candidates: tables of CANDIDATES.
        days: by rule and source; (rule, None) is there for "known" and "visitors". None: never.
    """
    rows = [{"rule": rule, "source": source, "days": each} for (rule, source), each in days.items()]
    cursor.register("incoming", CANDIDATES.empty_table())
    cursor.execute("CREATE OR REPLACE TEMP TABLE due_candidates AS FROM incoming")
    for table in candidates:
        cursor.register("incoming", table)
        cursor.execute("INSERT INTO temp.due_candidates FROM incoming")
    cursor.register("incoming", pa.Table.from_pylist(rows, schema=PERIODS))
    cursor.execute("CREATE OR REPLACE TEMP TABLE due_periods AS FROM incoming")
    cursor.unregister("incoming")
    cursor.execute(sql("retention_due"), {"now": naive(now)})


def due_groups(cursor: Cursor) -> list[Due]:
    """How many, by rule and source."""
    rows = cursor.execute(GROUPED).fetchall()
    return [Due(rule, source, count, oldest.replace(tzinfo=UTC)) for rule, source, count, oldest in rows]


def due_leads(cursor: Cursor, rule: str = "") -> list[int]:
    """Who, of one rule or of both, by number."""
    rows = cursor.execute("SELECT lead FROM due_people WHERE $rule IN ('', rule) ORDER BY lead", {"rule": rule})
    return [lead for (lead,) in rows.fetchall()]
