"""The segment file a writer is appending to: locked while open, durable after each commit, renamed when finished."""

import logging
import os
import time
from collections.abc import Sequence

from leadline.kernel.clock import Clock, to_micros
from leadline.tracking.spool.frames import FrameSealer
from leadline.tracking.spool.spares import Spare

_log = logging.getLogger(__name__)


class OpenSegment:
    """One `.open` file. `size` is the offset up to which everything is on disk; beyond it nothing counts.

    Raises:
        OSError: the spare can't be renamed; it is removed.
    """

    def __init__(self, spare: Spare, key: bytes, clock: Clock) -> None:
        began = f"{to_micros(clock()):016d}"
        self.path = spare.path.with_name(f"{began}-{spare.path.stem.split('-', 1)[1]}.open")
        self.size = 0
        self.damaged = False
        self.opened_at = time.monotonic()
        self._sealer = FrameSealer(key)
        self._handle = spare.handle
        try:
            spare.become(self.path)
        except OSError:
            spare.discard()
            raise

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
        """Hand the segment to the loader, or remove it when nothing is in it. Never raises for a failing disk.

        Nothing is synced: what is in it is on disk since its commits, and a name that a power failure takes back is
        `.open` again, which the loader adopts; loaded before, it is known by its name.
        """
        try:
            if self.size:
                self.path.rename(self.path.with_suffix(".seg"))
            else:
                self.path.unlink()
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
