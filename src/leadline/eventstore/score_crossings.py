"""Scores that rose or fell by so much within days, as seen by somebody who looks again and again.

What is compared: a lead's total now, with its total at the UTC midnight that began so many days before the day of that
score (with 7 days: what lists show as the week's change). A lead that had no score then had 0. It is news when the
evaluations since the last look moved the total over the limit; one that lies beyond it already is not.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.kernel.clock import from_micros

MICRO = 1_000_000
RISES, FALLS = 1, -1


@dataclass(frozen=True, slots=True)
class Crossing:
    """A lead whose score passed the limit.

    Attributes:
        at: when it was evaluated; over the past, the day's end.
        total, base: millionths of a point, now and then.
    """

    lead: int
    at: datetime
    total: int
    base: int
    grade: str
    stage: str


def settled(cursor: Cursor, since: int, load_seq: int, evaluated_to: datetime | None) -> int:
    """The number of the newest evaluation that is done, like all before it.

    Args:
        since: that was looked at before.
        load_seq, evaluated_to: the pipeline's marks.
    """
    moment = (evaluated_to or datetime.min.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)
    given = {"since": since, "load_seq": load_seq, "evaluated_to": moment}
    rows = cursor.execute(sql("evaluations_settled"), given).fetchall()
    return max(since, int(rows[0][0]))


def crossings(cursor: Cursor, since: int, until: int, points: int, days: int, sign: int) -> list[Crossing]:
    """Who passed the limit by the evaluations after `since`, up to `until`, the earliest first.

    Args:
        sign: RISES or FALLS.
    """
    given = {"since": since, "until": until, "least": points * MICRO, "days": days, "sign": sign}
    rows = cursor.execute(sql("score_crossings"), given).fetchall()
    return [Crossing(lead, from_micros(at), *rest) for lead, at, *rest in rows]


def crossings_by_day(cursor: Cursor, first: date, points: int, days: int, sign: int) -> list[Crossing]:
    """Who would have passed it since a day, by the totals at the ends of UTC days: one look a day."""
    given = {"first": first, "least": points * MICRO, "days": days, "sign": sign}
    rows = cursor.execute(sql("score_crossings_by_day"), given).fetchall()
    return [Crossing(lead, datetime.combine(day, time.max, tzinfo=UTC), *rest) for lead, day, *rest in rows]
