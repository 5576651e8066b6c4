"""When a lead's first contact is due: one working hour after a trigger, else one working day after qualifying. Pure.

Working hours are Monday to Friday, 9 to 17 UTC, on every installation for now.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

DAY_BEGINS = time(9, tzinfo=UTC)
DAY_ENDS = time(17, tzinfo=UTC)
WORKING_DAYS = range(5)  # Monday is 0
TRIGGER_ALLOWANCE = timedelta(hours=1)
OTHER_ALLOWANCE = timedelta(hours=8)
"""A working day."""
TRIGGER_COUNTS = timedelta(days=30)
"""A trigger older than this when the stage was entered is not why it was entered."""


@dataclass(frozen=True, slots=True)
class ContactDue:
    """The promise to one lead."""

    at: datetime
    allowance: timedelta

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was broken."""
        return self.at <= now

    @property
    def promise(self) -> str:
        """What was promised, in words."""
        return "one-hour promise" if self.allowance == TRIGGER_ALLOWANCE else "one-day promise"


def contact_due(qualified_at: datetime, trigger_at: datetime | None) -> ContactDue:
    """When somebody should have spoken to a qualified lead at the latest.

    A trigger before the stage was entered starts the hour on entering; one after it starts an hour of its own, which
    never moves the day that began on entering.
    """
    day = ContactDue(add_working_time(qualified_at, OTHER_ALLOWANCE), OTHER_ALLOWANCE)
    if trigger_at is None or trigger_at < qualified_at - TRIGGER_COUNTS:
        return day
    start = max(qualified_at, trigger_at)
    hour = ContactDue(add_working_time(start, TRIGGER_ALLOWANCE), TRIGGER_ALLOWANCE)
    return min(hour, day, key=lambda due: due.at)


def add_working_time(start: datetime, length: timedelta) -> datetime:
    """The moment when so much working time has passed since `start`."""
    moment, left = start.astimezone(UTC), length
    while True:
        opens, closes = _hours_of(moment)
        begin = max(moment, opens)
        if closes is not None and begin + left <= closes and begin < closes:
            return begin + left
        if closes is not None and begin < closes:
            left -= closes - begin
        moment = _midnight(moment) + timedelta(days=1)


def subtract_working_time(end: datetime, length: timedelta) -> datetime:
    """The latest start after which so much working time has passed by `end`: the inverse of `add_working_time`."""
    moment, left = end.astimezone(UTC), length
    while True:
        opens, closes = _hours_of(moment)
        until = min(moment, closes) if closes is not None else opens
        if until > opens and until - left >= opens:
            return until - left
        if until > opens:
            left -= until - opens
        moment = _midnight(moment) - timedelta(microseconds=1)


def _hours_of(moment: datetime) -> tuple[datetime, datetime | None]:
    """When the moment's day opens and closes; it never closes (None) on a day without work."""
    day = moment.date()
    closes = datetime.combine(day, DAY_ENDS) if day.weekday() in WORKING_DAYS else None
    return datetime.combine(day, DAY_BEGINS), closes


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
