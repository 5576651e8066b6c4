"""Sessions of leads, kept beside the events: made again for the runs of activity that a load or a move touched.

What a session is, is told by `leadline.engagement.sessions`; the SQL here says the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from leadline.eventstore.database import fetch_int, transaction
from leadline.eventstore.schema import sql

PART_EVENTS = 5_000_000
"""How many events are sorted at once when all sessions are made again."""
NOTHING_TOUCHED = "CREATE TEMP TABLE IF NOT EXISTS touched (identity BIGINT, day DATE)"
INSERT_FRESH = "INSERT INTO sessions SELECT * FROM fresh_sessions ORDER BY lead, started_at"
LONG = "SELECT count(*) FROM session_stretches WHERE stretch_ended_at - started_at > INTERVAL 24 HOUR"


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as pages show it. Moments are aware UTC; path, referrer and campaign are the entry's."""

    started_at: datetime
    ended_at: datetime
    events: int
    pages: int
    engaged_ms: int
    path: str | None
    referrer_domain: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None


def rebuild_sessions(cursor: DuckDBPyConnection, moved: Sequence[int] = ()) -> int:
    """Make the sessions again that the identity-days in the temporary table `touched` reach, in one transaction.

    Args:
        moved: leads that won or lost an identity: all their sessions are made again.

    Returns:
        How many sessions were made.
    """
    cursor.execute(NOTHING_TOUCHED)
    cursor.execute(sql("session_spans"), {"moved": list(moved)})
    made = _make_fresh(cursor)
    with transaction(cursor):
        cursor.execute(sql("session_forget"))
        if made:
            cursor.execute(INSERT_FRESH)
    return made


def ensure_sessions(cursor: DuckDBPyConnection) -> None:
    """Make the sessions of a store whose events were loaded before there were any."""
    if not fetch_int(cursor, "SELECT count(*) FROM (FROM sessions LIMIT 1)"):
        rebuild_all_sessions(cursor)


def rebuild_all_sessions(cursor: DuckDBPyConnection) -> int:
    """Make all sessions again from all events, in one transaction. Returns how many there are."""
    parts = fetch_int(cursor, "SELECT count(*) FROM events") // PART_EVENTS + 1
    with transaction(cursor):
        cursor.execute("TRUNCATE sessions")
        for part in range(parts):
            cursor.execute(sql("session_spans_all"), {"part": part, "parts": parts})
            if _make_fresh(cursor):
                cursor.execute(INSERT_FRESH)
    return fetch_int(cursor, "SELECT count(*) FROM sessions")


def sessions_of(cursor: DuckDBPyConnection, lead: int, limit: int) -> list[StoredSession]:
    """A lead's sessions, newest first, at most `limit`."""
    rows = cursor.execute(sql("sessions_of"), {"lead": lead, "most": limit}).fetchall()
    return stored_sessions(rows)


def stored_sessions(rows: Iterable[Sequence[Any]]) -> list[StoredSession]:
    """Rows of the columns of `sessions_of.sql`."""
    return [StoredSession(_aware(began), _aware(ended), *rest) for began, ended, *rest in rows]


def _make_fresh(cursor: DuckDBPyConnection) -> int:
    """The sessions of `session_spans`, into the temporary table `fresh_sessions`; 0 when there is nobody."""
    days = cursor.execute("SELECT min(since)::DATE, max(until)::DATE FROM session_spans").fetchone()
    if days is None or days[0] is None:
        return 0
    cursor.execute(sql("session_activity"), {"first": days[0], "last": days[1]})
    cursor.execute(sql("session_stretches"))
    if fetch_int(cursor, LONG):
        cursor.execute(sql("session_split"))
    cursor.execute(sql("session_rows"))
    return fetch_int(cursor, "SELECT count(*) FROM fresh_sessions")


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
