"""What the collector did so far, kept in ``collector.json`` for `status`: totals of all workers since the first start.

Workers add their differences under a lock about once a second. After a kill the last second is missing from the totals;
the events themselves are not: they are in the spool.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from leadline.tracking.spool import SpoolWriter

FILE_NAME = "collector.json"
INTERVAL_SECONDS = 1.0
FORGET_MICROS = 10_000_000  # a worker that has been silent for so long is gone

_log = logging.getLogger(__name__)


class Totals(msgspec.Struct):
    """Counts of requests and events; `refused` by error code."""

    accepted_events: int = 0
    accepted_requests: int = 0
    refused: dict[str, int] = {}

    def accept(self, events: int) -> None:
        """Count an acknowledged request."""
        self.accepted_events += events
        self.accepted_requests += 1

    def refuse(self, code: str) -> None:
        """Count a refused one."""
        self.refused[code] = self.refused.get(code, 0) + 1

    def copy(self) -> "Totals":
        """A snapshot."""
        return Totals(self.accepted_events, self.accepted_requests, dict(self.refused))

    def plus(self, other: "Totals", sign: int = 1) -> "Totals":
        """The sum, or with `sign` -1 the difference."""
        codes = self.refused.keys() | other.refused.keys()
        return Totals(
            self.accepted_events + sign * other.accepted_events,
            self.accepted_requests + sign * other.accepted_requests,
            {code: self.refused.get(code, 0) + sign * other.refused.get(code, 0) for code in codes},
        )


class WorkerState(msgspec.Struct):
    """One live worker: its spool's trouble, backlog and disk. `updated_micros` counts from 1970 (UTC)."""

    updated_micros: int
    trouble: str
    pending_bytes: int
    pending_records: int
    free_bytes: int


class CollectorState(msgspec.Struct):
    """The content of ``collector.json``; `workers` by process id."""

    totals: Totals = msgspec.field(default_factory=Totals)
    workers: dict[str, WorkerState] = {}

    @property
    def trouble(self) -> str:
        """What is wrong with the disk of any live worker; nothing when all is well."""
        return next((worker.trouble for worker in self.workers.values() if worker.trouble), "")


def read_state(data: Path) -> CollectorState:
    """The state of the collectors of a data folder; an empty one when none has run yet."""
    try:
        return msgspec.json.decode((data / FILE_NAME).read_bytes(), type=CollectorState)
    except FileNotFoundError:
        return CollectorState()
    except msgspec.MsgspecError as error:  # a power failure between rename and write-back: counting starts anew
        _log.warning("%s can't be read, counting starts anew: %s", FILE_NAME, error)
        return CollectorState()


class StateKeeper:
    """Counts in memory, and from a thread of its own writes the differences to the data folder.

    Without a data folder it only counts (an application that mounts the collector without its own state file).
    """

    def __init__(self, writer: SpoolWriter, data: Path | None = None) -> None:
        self.counters = Totals()
        self._writer = writer
        self._data = data
        self._saved = Totals()  # of `counters`, what the file already holds
        self._others = Totals()  # the file's totals when it was last written, this worker's `_saved` included
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-state", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write the last differences and end the thread."""
        self._stop.set()
        self._thread.join()

    def totals(self) -> Totals:
        """The totals of all workers, the others' as of a second ago."""
        return self._others.plus(self.counters).plus(self._saved, -1)

    def save(self, *, leaving: bool = False) -> None:
        """Merge this worker's differences into the file; what can't be written now goes with the next one."""
        if self._data is None:
            return
        counted = self.counters.copy()
        try:
            with _exclusive(self._writer.folder):
                state = self._merged(read_state(self._data), counted, leaving)
                _write_atomically(self._data / FILE_NAME, msgspec.json.encode(state))
        except OSError as error:
            _log.warning("%s can't be written: %s", FILE_NAME, error)
            return
        self._saved, self._others = counted, state.totals

    def _merged(self, state: CollectorState, counted: Totals, leaving: bool) -> CollectorState:
        now = time.time_ns() // 1000
        own = str(os.getpid())
        workers = {
            pid: worker
            for pid, worker in state.workers.items()
            if pid != own and now - worker.updated_micros < FORGET_MICROS
        }
        if not leaving:
            workers[own] = self._own(now)
        return CollectorState(state.totals.plus(counted.plus(self._saved, -1)), workers)

    def _own(self, now: int) -> WorkerState:
        writer = self._writer
        trouble = writer.trouble or writer.disk.shortage
        return WorkerState(now, trouble, writer.pending_bytes, writer.pending_records, writer.disk.free_bytes)

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            self.save()
        self.save(leaving=True)


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write_atomically(path: Path, content: bytes) -> None:
    nascent = path.with_suffix(f".{os.getpid()}.new")
    nascent.write_bytes(content)
    nascent.replace(path)
