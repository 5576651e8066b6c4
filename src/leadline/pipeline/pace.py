"""What is called after each tick, and has something to look at once in a while only."""

from datetime import datetime, timedelta


class Pace:
    """Tells when it is time to look again; the first time at once, and whenever the clock went back."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._looked_at: datetime | None = None

    def is_time(self, now: datetime) -> bool:
        """Whether so much time has passed since it last said so."""
        if self._looked_at is not None and timedelta() <= now - self._looked_at < self._every:
            return False
        self._looked_at = now
        return True
