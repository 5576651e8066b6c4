"""How much room the spool's disk has, and whether it takes writes again."""

import os
import time
from pathlib import Path

CHECK_SECONDS = 1.0


class DiskWatch:
    """Looks at most once a second. `shortage` says what is missing, or nothing; `free_bytes` is as last seen."""

    def __init__(self, folder: Path, minimum: int) -> None:
        self.shortage = ""
        self.free_bytes = -1
        self._folder = folder
        self._minimum = minimum
        self._next = 0.0

    def check(self) -> str:
        """The present shortage, from a look at most a second old."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + CHECK_SECONDS
            self.shortage = self._look()
        return self.shortage

    def probe(self) -> str:
        """Try the disk with a small file, so that trouble ends by itself: what is wrong, or nothing."""
        self._next = 0.0
        if shortage := self.check():
            return shortage
        path = self._folder / f"probe-{os.getpid()}.new"
        try:
            _write_through(path)
        except OSError as error:
            return f"The spool can't be written: {error.strerror or error}."
        finally:
            path.unlink(missing_ok=True)
        return ""

    def _look(self) -> str:
        try:
            state = os.statvfs(self._folder)
        except OSError as error:
            return f"The spool's folder can't be reached: {error.strerror}."
        self.free_bytes = state.f_bavail * state.f_frsize
        if self.free_bytes >= self._minimum:
            return ""
        return f"The disk has {self.free_bytes >> 20} MB free; the spool keeps {self._minimum >> 20} MB."


def _write_through(path: Path) -> None:
    with path.open("wb") as file:
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())
