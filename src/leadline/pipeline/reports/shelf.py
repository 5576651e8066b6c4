"""Reports that were computed, kept for whoever asks the same again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from leadline.analytics.periods import Period
from leadline.analytics.report import Report

Stamp = tuple[object, ...]
KEPT = 256
STALE_AFTER = timedelta(seconds=60)
"""So long a report is shown again although something came in meanwhile; it says as of when it is."""

Key = tuple[str, Period, date, tuple[tuple[str, str], ...]]


class ReportShelf:
    """Reports that were computed, the latest asked last.

    Attributes:
        cleared: how often all were let go.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.cleared = 0
        self._kept: OrderedDict[Key, tuple[Stamp, Report]] = OrderedDict()
        self._computing: dict[Key, tuple[threading.Lock, int]] = {}

    @contextmanager
    def one_at_a_time(self, key: Key) -> Iterator[None]:
        """Who asks the same waits for whoever computes it, and then finds it kept."""
        with self._lock:
            lock, waiting = self._computing.get(key, (threading.Lock(), 0))
            self._computing[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                _, waiting = self._computing.pop(key)
                if waiting > 1:
                    self._computing[key] = (lock, waiting - 1)

    def find(self, key: Key, now: datetime, current: Callable[[], Stamp]) -> Report | None:
        """A report that still holds: nothing came in since, or it is fresh enough."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        known, report = found
        return report if now - report.as_of < STALE_AFTER or known == current() else None

    def keep(self, key: Key, known: Stamp, report: Report, cleared: int | None = None) -> None:
        """Keep one, and let the one go that was not asked for longest.

        Args:
            cleared: what it was when the report began: if all were let go meanwhile, this one is not kept either.
        """
        with self._lock:
            if cleared not in (None, self.cleared):
                return
            self._kept[key] = (known, report)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Let all go: rules of channels, money or privacy changed."""
        with self._lock:
            self.cleared += 1
            self._kept.clear()
