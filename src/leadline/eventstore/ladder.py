"""How far people come on the way from visitor to customer, when, and how long they stay where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadline.analytics.periods import Period
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.usage import EVERYBODY, Who, naive


@dataclass(frozen=True, slots=True)
class Reached:
    """Of the people who became known in one bucket, how many reached a stage.

    Attributes:
        place: of the bucket.
        ever: until now.
        ripe: how many became known `days` or more ago.
        within: how many of those reached it within `days`.
    """

    place: int
    stage: str
    days: int
    people: int
    ever: int
    ripe: int
    within: int


@dataclass(frozen=True, slots=True)
class Stays:
    """How long stays in one stage took, in seconds."""

    count: int
    median: float
    p75: float
    p90: float


def steps_reached(cursor: Cursor, period: Period, now: datetime, who: Who = EVERYBODY) -> tuple[int, ...]:
    """Of the people first seen in the period: all, known, and those who ever reached profile_development,
    conversion_signals, qualified, customer."""
    (row,) = cursor.execute(*_query("ladder_reached", who, _within(period, now))).fetchall()
    return tuple(row)


def cohorts_reached(
    cursor: Cursor,
    buckets: Sequence[Period],
    spans: Sequence[int],
    now: datetime,
    who: Who = EVERYBODY,
) -> list[Reached]:
    """By bucket of becoming known, stage and span of days. Buckets without people are left out."""
    starts, ends = [naive(each.start) for each in buckets], [naive(each.end) for each in buckets]
    given = {"places": list(range(len(buckets))), "starts": starts, "ends": ends, "spans": list(spans)}
    rows = cursor.execute(*_query("ladder_cohorts", who, {**given, "now": naive(now)})).fetchall()
    return [Reached(*row) for row in rows]


def stays_ended(cursor: Cursor, period: Period, now: datetime, who: Who = EVERYBODY) -> dict[str, Stays]:
    """By stage: stays that ended in the period."""
    rows = cursor.execute(*_query("ladder_stays", who, _within(period, now))).fetchall()
    return {stage: Stays(*numbers) for stage, *numbers in rows}


def standing_now(cursor: Cursor, now: datetime, who: Who = EVERYBODY) -> dict[str, tuple[int, float]]:
    """By stage: how many are in it, and the median of how many seconds they have been."""
    rows = cursor.execute(*_query("ladder_now", who, {"now": naive(now)})).fetchall()
    return {stage: (count, seconds) for stage, count, seconds in rows}


def _within(period: Period, now: datetime) -> dict[str, object]:
    return {"start": naive(period.start), "end": naive(period.end), "now": naive(now)}


def _query(name: str, who: Who, given: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    condition, parameters = who
    return sql(name).replace("{who}", condition), {**given, **parameters}
