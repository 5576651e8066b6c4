"""On which local days people were active: those on which a visit of theirs began."""

from datetime import datetime

from leadline.analytics.periods import Grain, Period
from leadline.analytics.stickiness import MONTH
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import EVERYBODY, Who, naive


def activity_gaps(cursor: Cursor, span: Period, now: datetime, who: Who = EVERYBODY) -> list[tuple[int, int, int]]:
    """(Day of the span from 0, days until the person's next active day at most MONTH, people)."""
    query, given = _query("active_days", span, now, who)
    return cursor.execute(query, {**given, "cap": MONTH}).fetchall()


def days_each(cursor: Cursor, span: Period, now: datetime, who: Who = EVERYBODY) -> list[tuple[int, int]]:
    """(Active days in the span, how many people had so many), from one on."""
    return cursor.execute(*_query("active_days_each", span, now, who)).fetchall()


def _query(name: str, span: Period, now: datetime, who: Who) -> tuple[str, dict[str, object]]:
    condition, parameters = who
    people = "" if condition == "true" else "JOIN memory.main.people AS people USING (lead)"
    starts = [naive(day.start) for day in span.buckets(Grain.DAY)]
    given = {"numbers": list(range(len(starts))), "starts": starts, "since": starts[0], "until": naive(span.end)}
    query = sql(name).replace("{people}", people).replace("{who}", condition)
    return query, {**given, "now": naive(now), **parameters}
