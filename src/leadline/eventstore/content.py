"""Which content people begin, and complete."""

from datetime import datetime

from leadline.analytics.periods import Period
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import EVERYBODY, Who, naive

ContentRow = tuple[str, str, int, int, int, int, int, float | None, int]


def content_rows(cursor: Cursor, period: Period, now: datetime, who: Who = EVERYBODY) -> list[ContentRow]:
    """By content and kind, those with most people first: people, starts and completions in the period, people who began
    it in the period, those of them who completed it since, the median seconds that took, and qualified people."""
    condition, parameters = who
    bounds = {"start": naive(period.start), "end": naive(period.end), "now": naive(now), **parameters}
    return cursor.execute(sql("content_completion").replace("{who}", condition), bounds).fetchall()
