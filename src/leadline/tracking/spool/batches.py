"""What callers hand to the writer's thread together, and how they are answered together."""

import asyncio
import threading
from typing import Protocol

QUIET_TURNS = 4  # of the event loop without an append, after which a batch is handed over


class Batch(Protocol):
    """Payloads that are committed in one piece. `size` counts their bytes; `rotates` closes the segment after them."""

    payloads: list[bytes]
    size: int
    rotates: bool

    def answer(self, trouble: str) -> None:
        """Tell those who wait, once; an empty `trouble` means that the payloads are on disk."""


class _GroupFuture(asyncio.Future[str]):
    """Awaited by many tasks at once: one that is cancelled must not take it away from the others."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002  (asyncio's signature)
        return False


class AsyncBatch:
    """The appends of one iteration of an event loop; `waiter` yields the trouble."""

    rotates = False

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.payloads: list[bytes] = []
        self.size = 0
        self.loop = loop
        self.waiter = _GroupFuture(loop=loop)
        self._quiet_turns = 0
        self._seen = 0

    def add(self, payload: bytes) -> None:
        """One more payload."""
        self.payloads.append(payload)
        self.size += len(payload)

    def grew(self) -> bool:
        """Whether one of the last turns of the loop brought something; called once a turn."""
        count = len(self.payloads)
        self._quiet_turns = self._quiet_turns + 1 if count == self._seen else 0
        self._seen = count
        return self._quiet_turns < QUIET_TURNS

    def answer(self, trouble: str) -> None:
        """From any thread."""
        try:
            self.loop.call_soon_threadsafe(self._resolve, trouble)
        except RuntimeError:  # that loop was closed: nobody waits there any more
            return

    def _resolve(self, trouble: str) -> None:
        if not self.waiter.done():
            self.waiter.set_result(trouble)


class BlockingBatch:
    """The appends of a thread that waits."""

    def __init__(self, *, rotates: bool = False) -> None:
        self.payloads: list[bytes] = []
        self.size = 0
        self.rotates = rotates
        self._answered = threading.Event()
        self._trouble = ""

    def add(self, payload: bytes) -> None:
        """One more payload."""
        self.payloads.append(payload)
        self.size += len(payload)

    def answer(self, trouble: str) -> None:
        """From the writer's thread; the first answer counts."""
        if not self._answered.is_set():
            self._trouble = trouble
            self._answered.set()

    def wait(self) -> str:
        """The trouble, or nothing."""
        self._answered.wait()
        return self._trouble
