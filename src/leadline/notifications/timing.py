"""When a message may go: quiet hours and digests by the clock on a channel's wall. Pure.

An hour that daylight saving skips is over when the clock has gone on; one that comes twice is quiet, or due, by what
the clock shows. Hours are whole ones of the local day, 0 to 23; instants are aware UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MORNING = (8,)
"""When a digest is sent whose channel names no hours."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The times of one channel.

    Attributes:
        quiet_from, quiet_until: nothing is sent from the first hour to the second; both None: never quiet. From 22 to 7
            is overnight; equal hours are never quiet.
        digest: the hours at which a digest is sent; empty for a channel that gets each message by itself.
    """

    zone: str = "UTC"
    quiet_from: int | None = None
    quiet_until: int | None = None
    digest: tuple[int, ...] = ()

    def is_quiet(self, at: datetime) -> bool:
        """Whether nothing may be sent now."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        hour = at.astimezone(ZoneInfo(self.zone)).hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def awake(self, at: datetime) -> datetime:
        """`at`, or the end of the quiet hours that it lies in."""
        if self.quiet_until is None or not self.is_quiet(at):
            return at
        return next(each for each in self._instants((self.quiet_until,), at) if not self.is_quiet(each))

    def next_digest(self, at: datetime) -> datetime:
        """When the next digest goes: at a digest hour later than `at`, or after the quiet hours that it falls into."""
        return self.awake(self._instants(self.digest or MORNING, at)[0])

    def due(self, at: datetime, *, digest: bool) -> datetime:
        """When something that happens at `at` may be sent."""
        return self.next_digest(at) if digest or self.digest else self.awake(at)

    def _instants(self, hours: Iterable[int], after: datetime) -> list[datetime]:
        """The full hours later than `after`, of the three days around it, in order."""
        today = after.astimezone(ZoneInfo(self.zone)).date()
        days = (today - DAY, today, today + DAY, today + 2 * DAY)
        return sorted({at for day in days for hour in hours if (at := self._instant(day, hour)) > after})

    def _instant(self, day: date, hour: int) -> datetime:
        """fold=0: the first of two, and of a skipped hour as much later as the clock went on."""
        return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
