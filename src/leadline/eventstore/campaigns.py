"""Campaigns that visits came by."""

from datetime import UTC, datetime

from leadline.analytics.periods import Period
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import naive

FirstSeen = tuple[str, datetime, int, int]


def first_seen(cursor: Cursor, period: Period, now: datetime) -> list[FirstSeen]:
    """Campaigns whose first visit ever began in the period: name, when, people and visits until now; by when."""
    bounds = {"start": naive(period.start), "end": naive(period.end), "now": naive(now)}
    rows = cursor.execute(sql("first_campaigns"), bounds).fetchall()
    return [(name, at.replace(tzinfo=UTC), people, visits) for name, at, people, visits in rows]
