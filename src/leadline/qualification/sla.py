"""When a lead's first contact is due, by the ruleset's promise, in working hours. Pure.

Working time is counted in the promise's own time zone: a day with a change of clocks has an hour more or less only
when that hour lies inside working hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leadline.scoring.sales_terms import ContactPromise, WorkingHours

TRIGGER_COUNTS = timedelta(days=30)
"""A trigger older than this when the stage was entered is not why it was entered."""
DAY = timedelta(days=1)
HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class ContactDue:
    """The promise to one lead: until when, and how much working time that was."""

    at: datetime
    allowance: timedelta
    working_day: timedelta = timedelta(hours=8)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was broken."""
        return self.at <= now

    @property
    def promise(self) -> str:
        """What was promised, in words: "one-hour promise"."""
        if self.allowance == self.working_day:
            return "one-day promise"
        minutes = self.allowance // timedelta(minutes=1)
        if minutes == HOUR_MINUTES:
            return "one-hour promise"
        return f"{minutes // HOUR_MINUTES}-hour promise" if minutes % HOUR_MINUTES == 0 else f"{minutes}-minute promise"


def contact_due(promise: ContactPromise, qualified_at: datetime, triggers: Iterable[datetime]) -> ContactDue:
    """When somebody should have spoken to a qualified lead at the latest.

    A trigger before the stage was entered starts its time on entering; one after it starts a time of its own, which
    never moves what was promised earlier.
    """
    trigger, other = timedelta(minutes=promise.trigger_minutes), timedelta(minutes=promise.other_minutes)
    starts = [max(qualified_at, at) for at in triggers if at >= qualified_at - TRIGGER_COUNTS]
    dues = [_due(promise, qualified_at, other)]
    if starts:
        dues.append(_due(promise, min(starts), trigger))
    return min(dues, key=lambda due: due.at)


def after_snooze(promise: ContactPromise, due_at: datetime, snoozed_until: datetime | None) -> datetime:
    """A snooze is an answer: nobody owes a call before it ends, and then as soon as after a trigger."""
    if snoozed_until is None:
        return due_at
    woken = add_working_time(promise.hours, snoozed_until, timedelta(minutes=promise.trigger_minutes))
    return max(due_at, woken)


def promised(promise: ContactPromise, qualified_at: datetime, due_at: datetime) -> ContactDue:
    """The promise behind a due moment that was kept: the longer one where it leads to that moment."""
    other = timedelta(minutes=promise.other_minutes)
    is_other = add_working_time(promise.hours, qualified_at, other) == due_at
    allowance = other if is_other else timedelta(minutes=promise.trigger_minutes)
    return ContactDue(due_at, allowance, _working_day(promise.hours))


def add_working_time(hours: WorkingHours, start: datetime, length: timedelta) -> datetime:
    """The moment when so much working time has passed since `start`, in UTC.

    Raises:
        ValueError: there are no working hours.
    """
    left = length
    for opens, closes in _spans_from(hours, start):
        begin = max(start, opens)
        if begin + left <= closes:
            return begin + left
        left -= closes - begin
    raise AssertionError("the working days never end")


def working_time_between(hours: WorkingHours, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; nothing when `end` is not later."""
    total = timedelta(0)
    for opens, closes in _spans_from(hours, start):
        if opens >= end:
            return total
        total += min(closes, end) - max(opens, start)
    raise AssertionError("the working days never end")


def _due(promise: ContactPromise, start: datetime, allowance: timedelta) -> ContactDue:
    at = add_working_time(promise.hours, start, allowance)
    return ContactDue(at, allowance, _working_day(promise.hours))


def _working_day(hours: WorkingHours) -> timedelta:
    return timedelta(minutes=hours.closes - hours.opens)


def _spans_from(hours: WorkingHours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans of working time that end after `start`, in their order, without end."""
    if not hours.days or hours.closes <= hours.opens:
        raise ValueError("A promise needs working hours: a day at least, and a close after the open.")
    zone = ZoneInfo(hours.zone)
    day = start.astimezone(zone).date()
    while True:
        if day.weekday() in hours.days:
            opens, closes = _moment(day, hours.opens, zone), _moment(day, hours.closes, zone)
            if closes > max(opens, start):
                yield opens, closes
        day += DAY


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """So many minutes after midnight by the clock on the wall; 24:00 is the next midnight."""
    days, rest = divmod(minutes, 24 * HOUR_MINUTES)
    wall = datetime.combine(day + days * DAY, time(rest // HOUR_MINUTES, rest % HOUR_MINUTES), tzinfo=zone)
    return wall.astimezone(UTC)
