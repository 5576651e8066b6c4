"""A clock that stands still until it is moved, so that tests of hours take milliseconds."""

from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)


class FrozenClock:
    """The time of a test: called, it says what time it is."""

    def __init__(self, now: datetime = BEGINNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass; stands for `time.sleep` too."""
        self.now += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Seconds, for `Limits`."""
        return (self.now - BEGINNING).total_seconds()
