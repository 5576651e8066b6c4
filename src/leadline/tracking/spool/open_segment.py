"""The segment file a writer is appending to: locked while open, durable after each commit, renamed when finished."""

import fcntl
import itertools
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from leadline.kernel.clock import Clock, to_micros
from leadline.tracking.spool.frames import FrameSealer
from leadline.tracking.spool.segments import sync_folder

_log = logging.getLogger(__name__)
_numbers = itertools.count(1)


class OpenSegment:
    """One `.open` file. `size` is the offset up to which everything is on disk; beyond it nothing counts.

    Raises:
        OSError: the file can't be made. What was begun is removed.
    """

    def __init__(self, folder: Path, key: bytes, clock: Clock) -> None:
        name = f"{to_micros(clock()):016d}-{os.getpid()}-{next(_numbers)}"
        self.path = folder / f"{name}.open"
        self.size = 0
        self.damaged = False
        self.opened_at = time.monotonic()
        self._sealer = FrameSealer(key)
        self._handle = _create_locked(folder / f"{name}.new", self.path)

    def commit(self, payloads: Sequence[bytes]) -> int:
        """Seal, write and sync; returns the bytes written. When it returns, all of it survives a power failure.

        Raises:
            OSError: nothing was kept. After a failed sync the segment is `damaged`: finish it and open another, since
                the kernel may have dropped the pages and reports that only once.
        """
        parts = [] if self.size else [self._sealer.header]
        for payload in payloads:
            parts += self._sealer.seal(payload)
        written = self._write(b"".join(parts))
        try:
            os.fdatasync(self._handle)
        except OSError:
            self.damaged = True
            self._truncate()
            raise
        self.size += written
        return written

    def finish(self) -> None:
        """Hand the segment to the loader, or remove it when nothing is in it. Never raises for a failing disk."""
        try:
            if self.size:
                os.fdatasync(self._handle)
                self.path.rename(self.path.with_suffix(".seg"))
            else:
                self.path.unlink()
            sync_folder(self.path.parent)
        except OSError as error:  # still whole as `.open`: the loader adopts it once the lock is free
            _log.warning("spool segment %s stays open for adoption: %s", self.path.name, error)
        finally:
            os.close(self._handle)

    def _write(self, content: bytes) -> int:
        written = 0
        try:
            while written < len(content):
                rest = memoryview(content)[written:] if written else content
                written += os.pwrite(self._handle, rest, self.size + written)
        except OSError:
            self._truncate()
            raise
        return written

    def _truncate(self) -> None:
        try:
            os.ftruncate(self._handle, self.size)
        except OSError:  # the loader cuts the torn tail instead
            self.damaged = True


def _create_locked(nascent: Path, path: Path) -> int:
    # Locked before it gets the name that adoption looks for: nobody can take it for an orphan.
    handle = os.open(nascent, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        nascent.rename(path)
        sync_folder(path.parent)
    except OSError:
        os.close(handle)
        for name in (nascent, path):
            name.unlink(missing_ok=True)
        raise
    return handle
