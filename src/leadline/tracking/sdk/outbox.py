"""Messages on their way: a bounded queue between the callers and the one thread that sends."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition

from leadline.tracking.sdk.messages import Packed
from leadline.tracking.sdk.stats import Stats

BATCH_BYTES = 450_000
SHORTEST_LAST_WAIT = 0.1


@dataclass(frozen=True)
class OutboxLimits:
    """How much may wait, and when a batch is ripe. Times in seconds."""

    max_messages: int = 10_000
    max_bytes: int = 64 << 20
    flush_at: int = 100
    flush_interval: float = 0.5


class Outbox:
    """First in, first out. Callers wait only for other callers, never for the network.

    What does not fit is not taken; what was taken is not thrown out for newer messages: an identify that explains
    later events is worth more than they are.
    """

    def __init__(self, limits: OutboxLimits) -> None:
        self._limits = limits
        self._changed = Condition()  # its lock is re-entrant: a signal's code may track while its thread is in here
        self._waiting: deque[Packed] = deque()
        self._on_the_way: Sequence[Packed] = ()
        self._bytes = self._accepted = self._settled = 0
        self._sent = self._failed = self._overflowed = self._skipped = self._retried = 0
        self._urgent = self._told = 0
        self._deadline: float | None = None

    def put(self, packed: Packed) -> bool:
        """Take a message in; False when there is no place, or when it is closed."""
        with self._changed:
            if self._deadline is not None or self._is_full(packed):
                self._overflowed += 1
                return False
            self._waiting.append(packed)
            self._bytes += len(packed.payload)
            self._accepted += 1
            if len(self._waiting) in (1, self._limits.flush_at):
                self._changed.notify_all()
            return True

    def take(self) -> Sequence[Packed]:
        """The next batch: full, or as much as came within the interval. Empty: it is closed, nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._deadline is not None)
            self._changed.wait_for(self._is_ripe, self._limits.flush_interval)
            self._on_the_way = self._pop_batch()
            return self._on_the_way

    def finish(self, batch: Sequence[Packed], *, delivered: bool) -> bool:
        """What became of the batch taken last. False: it was abandoned meanwhile, and counted then."""
        with self._changed:
            if batch is not self._on_the_way:
                return False
            self._on_the_way = ()
            self._count(batch, delivered=delivered)
            return True

    def settle(self, batch: Sequence[Packed]) -> None:
        """All is said about a finished batch: its place is free, and who waits for it may go on."""
        with self._changed:
            self._settled += len(batch)
            self._bytes -= sum(len(packed.payload) for packed in batch)
            self._changed.notify_all()

    def skipped(self) -> None:
        """Count a message that never came in."""
        with self._changed:
            self._skipped += 1

    def retried(self) -> None:
        """Count a request that is sent again."""
        with self._changed:
            self._retried += 1

    def wait_until_settled(self, seconds: float | None) -> bool:
        """Hurry, and wait for all that was taken in before this call. True: all of it was delivered, and nothing was
        lost since the last time that somebody asked."""
        with self._changed:
            wanted = self._accepted
            self._urgent = max(self._urgent, wanted)
            self._changed.notify_all()
            in_time = self._changed.wait_for(lambda: self._settled >= wanted, seconds)
            told, self._told = self._told, self._failed + self._overflowed
            return in_time and self._told == told

    def close(self, seconds: float) -> None:
        """Take nothing more; what waits should be sent within these seconds."""
        with self._changed:
            if self._deadline is None:
                self._deadline = time.monotonic() + seconds
            self._changed.notify_all()

    def abandon(self) -> Sequence[Packed]:
        """Give up what is left and return it; of what is on its way, the server may have taken some."""
        with self._changed:
            left = [*self._on_the_way, *self._waiting]
            self._on_the_way = ()
            self._waiting.clear()
            self._count(left, delivered=False)
            self.settle(left)
            return left

    def pause(self, seconds: float) -> None:
        """Wait between two attempts. Closing ends the wait; while it closes, no wait takes more than half of what is
        left, so that there is another attempt before the end."""
        with self._changed:
            was_open = self._deadline is None
            longest = max(self.remaining() / 2, SHORTEST_LAST_WAIT)
            self._changed.wait_for(lambda: was_open and self._deadline is not None, min(seconds, longest))

    def remaining(self) -> float:
        """Seconds until the deadline of closing; infinite while open."""
        return float("inf") if self._deadline is None else self._deadline - time.monotonic()

    @property
    def is_closed(self) -> bool:
        """Whether it takes nothing more."""
        return self._deadline is not None

    @property
    def stats(self) -> Stats:
        """The figures of this moment."""
        with self._changed:
            dropped = self._failed + self._overflowed + self._skipped
            return Stats(self._accepted - self._settled, self._sent, dropped, self._retried)

    def _is_full(self, packed: Packed) -> bool:
        held = self._accepted - self._settled
        return held >= self._limits.max_messages or self._bytes + len(packed.payload) > self._limits.max_bytes

    def _is_ripe(self) -> bool:
        hurry = self._deadline is not None or self._settled < self._urgent
        return hurry or len(self._waiting) >= self._limits.flush_at

    def _pop_batch(self) -> Sequence[Packed]:
        batch: list[Packed] = []
        size = 0
        while self._waiting and len(batch) < self._limits.flush_at:
            size += len(self._waiting[0].payload) + 1
            if batch and size > BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _count(self, batch: Sequence[Packed], *, delivered: bool) -> None:
        if delivered:
            self._sent += len(batch)
        else:
            self._failed += len(batch)
