"""One server per data folder: a locked file that holds the owner's process id."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from leadline.kernel.errors import AlreadyRunningError

LOCK = "serve.lock"


class FolderLock:
    """Owns a data folder while open; the operating system lets go of it when the process dies, however it dies.

    Raises:
        AlreadyRunningError: somebody else owns it; the message names the process id.
    """

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = data / LOCK
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(self._handle, 20).decode().strip()
            os.close(self._handle)
            raise AlreadyRunningError(
                f"Process {owner} has {data} open already.",
                advice=f"Wait until it has started or is done, or stop it: kill {owner}",
            ) from error
        os.ftruncate(self._handle, 0)
        os.write(self._handle, str(os.getpid()).encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the folder free."""
        os.close(self._handle)


def owner_of(data: Path) -> int | None:
    """The process id of the server that owns a data folder; None when nobody does."""
    path = data / LOCK
    if not path.exists():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read().decode().strip() or 0) or None
    return None
