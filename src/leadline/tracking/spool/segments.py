"""Segments as files: what waits to be loaded, what a dead writer left behind, reading and removing one."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from leadline.kernel.clock import from_micros
from leadline.kernel.durability import make_durable
from leadline.kernel.errors import CorruptFrameError
from leadline.tracking.spool.frames import (
    SEGMENT_HEADER_BYTES,
    CorruptFrame,
    FrameOpener,
    FrameSpan,
    frame_spans,
    key_id_of,
    whole_frames_end,
)
from leadline.tracking.spool.record import SpoolRecord, decode_record

STALE_SECONDS = 60  # a spare is locked within milliseconds; one this old and free has lost its writer


def closed_segments(folder: Path) -> list[Path]:
    """The segments ready to be loaded, in the order of their names; adopts those of dead writers first."""
    if not folder.is_dir():
        return []
    for path in [*sorted(folder.glob("*.open")), *sorted(folder.glob("*.new"))]:
        _adopt(path)
    return sorted(folder.glob("*.seg"))


def read_segment(path: Path, keys: Sequence[bytes]) -> Iterator[SpoolRecord | CorruptFrame]:
    """The records of a segment in order; what does not open is reported in its place and skipped.

    `keys` are the spool keys, newest first.

    Raises:
        ConfigurationError: none of the keys is the one the segment was sealed under.
    """
    segment = path.read_bytes()
    opener: FrameOpener | None = None
    try:
        opener = FrameOpener(segment, keys)
    except CorruptFrameError as error:
        yield CorruptFrame(-1, 0, error.message, segment[:32])
    for span in frame_spans(segment):
        yield _read_frame(segment, span, opener)


def segment_key_id(path: Path) -> bytes:
    """The id of the key that a segment is sealed under; nothing for one that is empty, damaged or gone."""
    try:
        with path.open("rb") as file:
            return key_id_of(file.read(SEGMENT_HEADER_BYTES))
    except (FileNotFoundError, CorruptFrameError):
        return b""


def remove_segment(path: Path) -> None:
    """Delete a loaded segment. If a power failure brings it back, the event store knows it by its name; a sync here
    would make collectors wait for whatever else the file system has to write."""
    path.unlink()


def segment_bytes_waiting(folder: Path) -> int:
    """Bytes of all segments not yet loaded, open ones included."""
    return sum(_size(path) for path in _waiting(folder))


def oldest_waiting(folder: Path) -> datetime | None:
    """When the first record of the oldest segment not yet loaded came; None when nothing waits."""
    names = sorted(path.name for path in _waiting(folder))
    return from_micros(int(names[0].split("-")[0])) if names else None


def _read_frame(segment: bytes, span: FrameSpan, opener: FrameOpener | None) -> SpoolRecord | CorruptFrame:
    reason = "damaged header" if span.sequence < 0 else "truncated frame"
    if span.intact:
        try:
            if opener is not None:
                return decode_record(opener.open(segment, span))
            reason = "damaged segment header"
        except CorruptFrameError:
            reason = "does not decrypt"
        except msgspec.MsgspecError:
            reason = "not a spool record"
    return CorruptFrame(span.sequence, span.offset, reason, segment[span.offset : span.end])


def _waiting(folder: Path) -> list[Path]:
    return [*folder.glob("*.seg"), *folder.glob("*.open")] if folder.is_dir() else []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # loaded or renamed meanwhile
        return 0


def _adopt(path: Path) -> None:
    """Close the segment of a writer that died: cut its torn tail and rename it; remove it when nothing is in it.

    A spare is one as well when it has something in it: a power failure took its later name back.
    """
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        if not _is_young_spare(path, handle) and _lock(handle) and _is_still(path, handle):
            _finish(path, handle)
    finally:
        os.close(handle)


def _is_young_spare(path: Path, handle: int) -> bool:
    """Empty and new: its writer may be about to lock it."""
    status = os.fstat(handle)
    return path.suffix == ".new" and status.st_size == 0 and time.time() - status.st_mtime < STALE_SECONDS


def _finish(path: Path, handle: int) -> None:
    end = whole_frames_end(path.read_bytes())
    if end == 0:
        path.unlink()
    else:
        os.ftruncate(handle, end)
        os.fsync(handle)
        path.rename(path.with_suffix(".seg"))
    make_durable(path.parent)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, handle: int) -> bool:
    # Its writer may have rotated it between our open and our lock.
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
