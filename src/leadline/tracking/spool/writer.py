"""Durable appends by group commit: one thread writes and syncs what all callers brought meanwhile, then answers."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import SpoolUnavailableError
from leadline.tracking.spool.batches import AsyncBatch, Batch, BlockingBatch
from leadline.tracking.spool.disk import DiskWatch
from leadline.tracking.spool.frames import MAXIMUM_PAYLOAD
from leadline.tracking.spool.open_segment import OpenSegment
from leadline.tracking.spool.spares import SpareKeeper

CHUNK_RECORDS = 2_000
CHUNK_BYTES = 4 << 20
GATHERED_RECORDS = 256
GROUP_BYTES = 8 << 20  # one write; a larger backlog takes several
PROBE_SECONDS = 1.0
DISK_ADVICE = "Free disk space, or check the disk's health; the collector recovers by itself."


class SpoolWriter:
    """Appends records to segment files in `folder`, sealed under `key` (32 bytes; or what says which, asked once a
    segment).

    A segment is closed at `segment_bytes`, or `segment_seconds` after its first record even without further traffic.
    More than `backlog_bytes` or `backlog_records` waiting, or less than `free_bytes` of free disk, refuses appends.
    `trouble` says in a few words what is wrong with the disk; it is empty when nothing is.
    """

    def __init__(
        self,
        folder: Path,
        key: bytes | Callable[[], bytes],
        *,
        clock: Clock = utc_now,
        segment_bytes: int = 32 << 20,
        segment_seconds: float = 0.5,
        backlog_bytes: int = 64 << 20,
        backlog_records: int = 100_000,
        free_bytes: int = 64 << 20,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.trouble = ""
        self.pending_bytes = 0
        self.pending_records = 0
        self.commits = 0
        self.bytes_written = 0
        self.records_written = 0
        self.disk = DiskWatch(folder, free_bytes)
        self._key, self._clock = key if callable(key) else lambda: key, clock
        self._segment_bytes, self._segment_seconds = segment_bytes, segment_seconds
        self._backlog_bytes, self._backlog_records = backlog_bytes, backlog_records
        self._segment: OpenSegment | None = None
        self._spares = SpareKeeper(folder, clock)
        self._gathering: dict[asyncio.AbstractEventLoop, AsyncBatch] = {}  # by loop, until its iteration ends
        self._batches: list[Batch] = []
        self._lock = threading.Lock()
        self._wake = threading.Lock()  # a binary semaphore: held while there is nothing to be told
        self._wake.acquire()
        self._idle = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="spool-writer", daemon=True)
        self._thread.start()

    async def append(self, payload: bytes) -> None:
        """Returns when the payload is on disk.

        Raises:
            SpoolUnavailableError: it was not taken; nothing of it remains.
        """
        loop = asyncio.get_running_loop()
        batch = self._gathering.get(loop)
        self._admit(len(payload) + (batch.size if batch else 0))
        if batch is None:
            # All that one iteration of the loop brings goes over together: one wake-up of the thread, one answer.
            batch = self._gathering[loop] = AsyncBatch(loop)
            loop.call_soon(self._hand_over, batch)
        batch.add(payload)
        if trouble := await batch.waiter:
            raise SpoolUnavailableError(trouble, advice=DISK_ADVICE)

    def append_all(self, payloads: Iterable[bytes]) -> int:
        """Append in chunks from a thread without an event loop, waiting while the spool is busy; returns how many.

        Raises:
            SpoolUnavailableError: the disk takes no more. Earlier chunks are kept.
        """
        count = 0
        batch = BlockingBatch()
        for payload in payloads:
            batch.add(payload)
            if len(batch.payloads) >= CHUNK_RECORDS or batch.size >= CHUNK_BYTES:
                count += self._append_batch(batch)
                batch = BlockingBatch()
        return count + (self._append_batch(batch) if batch.payloads else 0)

    def rotate(self) -> None:
        """Close the current segment now, after everything appended before; returns when it can be loaded."""
        batch = BlockingBatch(rotates=True)
        self._enqueue(batch)
        batch.wait()

    def close(self) -> None:
        """Write what is pending, close the segment, end the thread. Later appends are refused; it may be repeated."""
        with self._lock:
            self._closing = True
            self._wake_up()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append_batch(self, batch: BlockingBatch) -> int:
        while self._is_full(batch.size) and not self._closing:
            time.sleep(0.005)
        self._admit(batch.size)
        self._enqueue(batch)
        if trouble := batch.wait():
            raise SpoolUnavailableError(trouble, advice=DISK_ADVICE)
        return len(batch.payloads)

    def _hand_over(self, batch: AsyncBatch) -> None:
        # Not before the loop runs dry: a sync costs more than what one more turn of the loop adds to the wait.
        if batch.grew() and len(batch.payloads) < GATHERED_RECORDS:
            batch.loop.call_soon(self._hand_over, batch)
            return
        del self._gathering[batch.loop]
        try:
            self._enqueue(batch)
        except SpoolUnavailableError as error:
            batch.answer(error.message)

    def _is_full(self, size: int) -> bool:
        full = self.pending_bytes + size > self._backlog_bytes and self.pending_bytes > 0
        return full or self.pending_records >= self._backlog_records

    def _admit(self, size: int) -> None:
        if self.disk.shortage:
            raise SpoolUnavailableError(self.disk.shortage, advice=DISK_ADVICE)
        if self._is_full(size):
            raise SpoolUnavailableError("The spool's backlog is full.", advice="Try again in a few seconds.")
        if size > MAXIMUM_PAYLOAD:
            raise ValueError(f"a record of {size} bytes is over the spool's limit of {MAXIMUM_PAYLOAD}")

    def _enqueue(self, batch: Batch) -> None:
        with self._lock:
            if self._closing:
                raise SpoolUnavailableError("The spool is closed.", advice="The server is stopping; try again shortly.")
            self._batches.append(batch)
            self.pending_bytes += batch.size
            self.pending_records += len(batch.payloads)
            self._wake_up()

    def _wake_up(self) -> None:
        if self._idle:
            self._idle = False
            self._wake.release()

    def _run(self) -> None:
        taken: list[Batch] = []
        try:
            while not self._closing or self._batches:
                taken = self._take()
                self._work(taken)
        finally:  # also when the thread dies of a defect: nobody may wait for ever
            self._finish_segment()
            self._spares.close()
            with self._lock:
                self._closing = True
                left, self._batches = taken + self._batches, []
            for batch in left:
                batch.answer("The spool's thread has ended.")

    def _take(self) -> list[Batch]:
        with self._lock:
            idle = self._idle = not self._batches and not self._closing
        if idle and not self._wake.acquire(timeout=self._patience()):
            self._end_idleness()
        with self._lock:
            batches, self._batches = self._batches, []
        return batches

    def _end_idleness(self) -> None:
        with self._lock:
            if not self._idle:  # woken in the moment the wait ran out: use the signal up
                self._wake.acquire()
            self._idle = False

    def _patience(self) -> float:
        if self._segment is not None:
            return max(0.0, self._segment.opened_at + self._segment_seconds - time.monotonic())
        return PROBE_SECONDS if self.trouble or self.disk.shortage else -1

    def _work(self, batches: list[Batch]) -> None:
        if batches:
            self._commit_all(batches)
        elif self.trouble or self.disk.shortage:
            self.trouble = self.disk.probe()
        if self._is_due():
            self._finish_segment()

    def _is_due(self) -> bool:
        segment = self._segment
        return segment is not None and (
            segment.damaged
            or segment.size >= self._segment_bytes
            or time.monotonic() >= segment.opened_at + self._segment_seconds
        )

    def _commit_all(self, batches: list[Batch]) -> None:
        trouble = ""
        for group in _groups(batches):
            trouble = trouble or self._commit(group)  # the first failure refuses all that follow
            self._settle(group, trouble)
            if self._is_due():
                self._finish_segment()

    def _commit(self, group: list[Batch]) -> str:
        payloads = [payload for batch in group for payload in batch.payloads]
        trouble = self._write(payloads) if payloads else ""
        if group[-1].rotates:
            self._finish_segment()
        return trouble

    def _write(self, payloads: list[bytes]) -> str:
        """Why it failed, or nothing."""
        trouble = self.disk.check()
        if not trouble:
            try:
                self._write_durably(payloads)
            except OSError as error:
                trouble = f"The spool can't be written: {error.strerror or error}."
        self.trouble = trouble
        return trouble

    def _write_durably(self, payloads: list[bytes]) -> None:
        if self._segment is None:
            self._segment = OpenSegment(self._spares.take(), self._key(), self._clock)
        self.bytes_written += self._segment.commit(payloads)
        self.records_written += len(payloads)
        self.commits += 1

    def _settle(self, group: list[Batch], trouble: str) -> None:
        with self._lock:
            self.pending_records -= sum(len(batch.payloads) for batch in group)
            self.pending_bytes -= sum(batch.size for batch in group)
        for batch in group:
            batch.answer(trouble)

    def _finish_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.finish()


def _groups(batches: list[Batch]) -> Iterator[list[Batch]]:
    """Runs of about `GROUP_BYTES`, each one write; a request to rotate ends its run."""
    start, size = 0, 0
    for index, batch in enumerate(batches, 1):
        size += batch.size
        if batch.rotates or size >= GROUP_BYTES:
            yield batches[start:index]
            start, size = index, 0
    if start < len(batches):
        yield batches[start:]
