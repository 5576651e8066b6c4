"""When a scheduled report is due: an hour of the wall clock in its zone, daily or on one weekday. Pure.

An hour that daylight saving skips is due when the clock has gone on; one that comes twice is due the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Between tries; who failed once more after the last is given up."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Weekly on `weekday` (0 is Monday), or daily when that is None."""

    weekday: int | None
    hour: int
    zone: str

    def due_between(self, after: datetime, until: datetime) -> list[datetime]:
        """The due instants later than `after`, up to and including `until`, in UTC, in order, each once."""
        return sorted({at for at in self._around(after, until) if after < at <= until})

    def next_after(self, after: datetime) -> datetime:
        """The next due instant, in UTC."""
        return self.due_between(after, after + 9 * DAY)[0]

    def _around(self, after: datetime, until: datetime) -> Iterator[datetime]:
        day = after.astimezone(ZoneInfo(self.zone)).date() - DAY
        last = until.astimezone(ZoneInfo(self.zone)).date()
        while day <= last:
            if self.weekday is None or day.weekday() == self.weekday:
                yield self._instant(day)
            day += DAY

    def _instant(self, day: date) -> datetime:
        """fold=0: the first of two, and of a skipped hour as much later as the clock went on."""
        return datetime(day.year, day.month, day.day, self.hour, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


def next_try(attempts: int, tried_at: datetime | None) -> datetime | None:
    """When to try again after so many failures; None to give up. Never tried: at once."""
    if attempts == 0 or tried_at is None:
        return datetime.min.replace(tzinfo=UTC)
    return tried_at + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
