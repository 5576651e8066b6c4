"""What just came in and what became of it: the last few hundred messages, in memory, for the live page.

It says what happened and keeps nothing: the stores and quarantine do. A restart begins with an empty feed.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from leadline.kernel.clock import to_micros, utc_now

KEPT = 500
SEGMENTS_REMEMBERED = 100


class Result(StrEnum):
    """What became of a message."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One message and what became of it. Holds nothing that tells who somebody is.

    Attributes:
        number: its place in the feed; grows, also over restarts.
        source: the name of the event source; nothing when it is not known.
        who: the person, masked.
        properties: as scrubbing left them.
        traits: names of the traits that came with it; their values are personal.
        path: the page's path, if it has one.
        noise: "", "bot" or "internal".
        violations: what the tracking plan says against it, one sentence each.
        code: why it is in quarantine, or would be were its source no test, as a code; nothing when all is well.
        reason: the same in words.
    """

    source: str
    kind: str
    name: str
    who: str
    occurred_micros: int
    received_micros: int
    properties: Mapping[str, object]
    result: Result
    traits: tuple[str, ...] = ()
    path: str = ""
    noise: str = ""
    violations: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    number: int = 0


@dataclass(frozen=True)
class _Waiter:
    """A coroutine that waits for news, and the loop that it waits in."""

    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        with suppress(RuntimeError):  # its loop has ended meanwhile
            self.loop.call_soon_threadsafe(self.woken.set)


class LiveFeed:
    """A ring of outcomes: the pipeline's thread puts them in, pages read them, streams wait for more.

    Numbers begin with the microsecond in which the feed was made, so that a browser that still holds a number of an
    earlier process gets everything that is there.

    Attributes:
        closed: the server is stopping; whoever waits is woken and should leave.
        listeners: how many streams are open.
    """

    def __init__(self, first: int | None = None) -> None:
        self._last = to_micros(utc_now()) if first is None else first
        self._ring: deque[Outcome] = deque(maxlen=KEPT)
        self._segments: deque[str] = deque(maxlen=SEGMENTS_REMEMBERED)
        self._waiters: set[_Waiter] = set()
        self._lock = threading.Lock()
        self.closed = False
        self.listeners = 0

    @property
    def last(self) -> int:
        """The number of the newest outcome."""
        return self._last

    def is_new(self, segment: str) -> bool:
        """Whether this segment's outcomes were not told yet; from now on they were. A segment whose later steps fail
        is taken again with every tick."""
        if segment in self._segments:
            return False
        self._segments.append(segment)
        return True

    def publish(self, outcomes: Iterable[Outcome]) -> None:
        """Number outcomes, add them, and wake whoever waits."""
        with self._lock:
            for outcome in outcomes:
                self._last += 1
                self._ring.append(replace(outcome, number=self._last))
            waiters = list(self._waiters)
        for waiter in waiters:
            waiter.wake()

    def since(self, number: int) -> list[Outcome]:
        """Those with a higher number, the oldest first."""
        with self._lock:
            return [outcome for outcome in self._ring if outcome.number > number]

    async def wait(self, number: int, seconds: float) -> bool:
        """Until there are outcomes with a higher number, or the feed is closed; False when neither happened in time."""
        waiter = _Waiter(asyncio.get_running_loop())
        with self._lock:
            if self._last > number or self.closed:
                return True
            self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter.woken.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            with self._lock:
                self._waiters.discard(waiter)
        return True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While a stream is open."""
        with self._lock:
            self.listeners += 1
        try:
            yield
        finally:
            with self._lock:
                self.listeners -= 1

    def close(self) -> None:
        """Have every stream leave."""
        with self._lock:
            self.closed = True
            waiters = list(self._waiters)
        for waiter in waiters:
            waiter.wake()
