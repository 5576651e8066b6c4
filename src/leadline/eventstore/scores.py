"""Scores as they were: a row is appended when total, grade or stage changes; each lead's newest stands apart."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from leadline.eventstore.database import Cursor, fetch_int, transaction
from leadline.eventstore.schema import sql

WEEK = timedelta(days=7)
COLUMNS = "lead, as_of, load_seq, ruleset, engagement, readiness, conversion, total, grade, stage, factors"

RECORDED = pa.schema(
    [
        ("lead", pa.int64()),
        ("engagement", pa.int64()),
        ("readiness", pa.int64()),
        ("conversion", pa.int64()),
        ("total", pa.int64()),
        ("grade", pa.string()),
        ("stage", pa.string()),
        ("factors", pa.list_(pa.int64())),
    ]
)
"""What one score row takes; numbers are millionths of a point, `factors` in the ruleset's order."""


def record_scores(cursor: Cursor, scored: pa.Table, as_of: datetime, load_seq: int, ruleset: int) -> int:
    """Append the scores that changed, in one transaction. Returns how many did.

    Args:
        scored: columns of `RECORDED`.
    """
    with transaction(cursor):
        cursor.register("incoming_scores", scored)
        stamp = {"as_of": _naive(as_of), "load_seq": load_seq, "ruleset": ruleset}
        cursor.execute(sql("scores_changed"), stamp)
        cursor.unregister("incoming_scores")
        changed = fetch_int(cursor, "SELECT count(*) FROM changed_scores")
        if changed:
            cursor.execute(f"INSERT INTO scores ({COLUMNS}) SELECT {COLUMNS} FROM changed_scores")
            cursor.execute("DELETE FROM current_scores WHERE lead IN (SELECT lead FROM changed_scores)")
            cursor.execute(f"INSERT INTO current_scores ({COLUMNS}, week_ago_total) SELECT * FROM changed_scores")
    return changed


def forget_current(cursor: Cursor, leads: Sequence[int]) -> None:
    """Leads that were merged into others have no current score; what they had stays in the past."""
    if leads:
        cursor.execute("DELETE FROM current_scores WHERE lead IN (SELECT unnest(?::BIGINT[]))", [list(leads)])


def current(cursor: Cursor, limit: int) -> list[dict[str, Any]]:
    """The leads with the highest totals, highest first."""
    rows = cursor.execute(
        f"SELECT {COLUMNS} FROM current_scores ORDER BY total DESC, lead LIMIT ?",
        [limit],
    ).to_arrow_table()
    return list(rows.to_pylist())


def history(cursor: Cursor, lead: int) -> list[dict[str, Any]]:
    """Every score that a lead had, the oldest first."""
    rows = cursor.execute(
        f"SELECT {COLUMNS} FROM scores WHERE lead = ? ORDER BY as_of, load_seq",
        [lead],
    ).to_arrow_table()
    return list(rows.to_pylist())


def refresh_week_ago(cursor: Cursor, as_of: datetime) -> None:
    """Set for every lead the total that it had seven days before `as_of`."""
    with transaction(cursor):
        cursor.execute(sql("scores_week_ago"), {"until": _naive(as_of - WEEK)})


def week_ago_totals(cursor: Cursor, leads: Sequence[int] | None = None) -> dict[int, int]:
    """Lead -> its total seven days before the last midnight; those that had none are left out."""
    condition = "AND lead IN (SELECT unnest(?::BIGINT[]))" if leads is not None else ""
    query = f"SELECT lead, week_ago_total FROM current_scores WHERE week_ago_total IS NOT NULL {condition}"
    return dict(cursor.execute(query, [list(leads)] if leads is not None else []).fetchall())


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
