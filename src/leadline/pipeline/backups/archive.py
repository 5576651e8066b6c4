"""Files as one stream and back: a tar archive, written and read piece by piece, without extracting what it names."""

import hashlib
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from leadline.pipeline.backups.manifest import Part
from leadline.pipeline.backups.sealing import NotWholeError

PIECE = 1 << 20
NAMES = re.compile(r"(spool/)?[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a part may be called: a file of the data folder, or one of the spool."""


def packed(name: str, path: Path, parts: dict[str, Part]) -> Iterator[bytes]:
    """A file as the archive has it. What it was is in `parts` afterwards.

    Raises:
        OSError: it can't be read, or became shorter meanwhile.
    """
    size, digest, done = path.stat().st_size, hashlib.sha256(), 0
    yield _header(name, size)
    with path.open("rb") as file:
        while piece := file.read(min(PIECE, size - done)):
            digest.update(piece)
            done += len(piece)
            yield piece
    if done != size:
        raise OSError(f"{path} became shorter while it was read.")
    yield _padding(size)
    parts[name] = Part(size, digest.hexdigest())


def packed_bytes(name: str, content: bytes) -> bytes:
    """A few bytes as a file."""
    return _header(name, len(content)) + content + _padding(len(content))


def end() -> bytes:
    """What every archive ends with."""
    return bytes(2 * tarfile.BLOCKSIZE)


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


class Unpacker:
    """Takes an archive piece by piece, and writes its files into a folder; without one it only looks at them.

    Attributes:
        found: each file's size and digest.
        kept: the content of the file called `keep`.
    """

    def __init__(self, folder: Path | None, keep: str) -> None:
        self._folder, self._keep = folder, keep
        self._buffer = bytearray()
        self._name, self._left, self._skip = "", 0, 0
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self.found: dict[str, Part] = {}
        self.kept = bytearray()

    def take(self, piece: bytes) -> None:
        """The next piece.

        Raises:
            NotWholeError: it is no such archive.
        """
        self._buffer += piece
        while self._buffer and self._step():
            pass

    def close(self) -> None:
        """Let a file go that was begun."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _step(self) -> bool:
        """One thing of what is in the buffer; False when more is needed first."""
        if self._skip:
            count = min(self._skip, len(self._buffer))
            del self._buffer[:count]
            self._skip -= count
            return True
        if self._name:
            self._content()
            return True
        if len(self._buffer) < tarfile.BLOCKSIZE:
            return False
        block = bytes(self._buffer[: tarfile.BLOCKSIZE])
        del self._buffer[: tarfile.BLOCKSIZE]
        if any(block):  # the end is empty blocks
            self._begin(block)
        return True

    def _begin(self, block: bytes) -> None:
        try:
            entry = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            raise NotWholeError("The backup holds something that is no archive.") from error
        if not entry.isreg() or not NAMES.fullmatch(entry.name) or entry.name in self.found:
            raise NotWholeError(f"The backup holds {entry.name[:40]!r}, which no backup has.")
        self._name, self._left, self._size = entry.name, entry.size, entry.size
        self._digest = hashlib.sha256()
        if self._folder is not None and entry.name != self._keep:
            self._file = _created(self._folder / entry.name)
        if not entry.size:
            self._end()

    def _content(self) -> None:
        piece = bytes(self._buffer[: self._left])
        del self._buffer[: self._left]
        self._left -= len(piece)
        self._digest.update(piece)
        if self._file is not None:
            self._file.write(piece)
        if self._name == self._keep:
            self.kept += piece
        if not self._left:
            self._end()

    def _end(self) -> None:
        self.close()
        self.found[self._name] = Part(self._size, self._digest.hexdigest())
        self._name, self._skip = "", -self._size % tarfile.BLOCKSIZE


def _created(path: Path) -> BinaryIO:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.touch(0o600, exist_ok=False)
    return path.open("wb")
