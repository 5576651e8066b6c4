"""The next segment's file, made while the present one is written: making a file durable means waiting for everything
else that the file system has to write, which may be much when a database works on the same disk."""

import fcntl
import itertools
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from leadline.kernel.clock import Clock, to_micros
from leadline.kernel.durability import make_durable

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Spare:
    """An empty file, locked, its name in the folder durable. It ends in `.new`, which nobody takes for a segment."""

    path: Path
    handle: int

    def discard(self) -> None:
        """Remove it."""
        self.path.unlink(missing_ok=True)
        os.close(self.handle)

    def become(self, path: Path) -> None:
        """Give it the name of a segment. A power failure may take that name back; what is in the file by then is
        adopted under its first one."""
        self.path.rename(path)


def make_spare(folder: Path, clock: Clock) -> Spare:
    """A new one.

    Raises:
        OSError: the disk takes no more; nothing is left behind.
    """
    path = folder / f"{to_micros(clock()):016d}-{os.getpid()}-{next(_numbers)}.new"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        make_durable(folder)
    except OSError:
        Spare(path, handle).discard()
        raise
    return Spare(path, handle)


class SpareKeeper:
    """Keeps one spare at hand. Used by one thread, the writer's."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="spool-spare")
        self._next: Future[Spare] | None = None

    def take(self) -> Spare:
        """The spare at hand, or one made now; the next is begun.

        Raises:
            OSError: the disk takes no more.
        """
        waiting, self._next = self._next, None
        spare = waiting.result() if waiting else make_spare(self._folder, self._clock)
        self._next = self._maker.submit(make_spare, self._folder, self._clock)
        return spare

    def close(self) -> None:
        """Remove the spare."""
        self._maker.shutdown()
        if self._next is not None and self._next.exception() is None:
            self._next.result().discard()
