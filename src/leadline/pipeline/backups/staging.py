"""The whole installation at one instant, as files in a folder: what a backup is packed from.

Loading writes to both stores, under the engine's lock. So the instant is chosen while we hold it: both stores are at
rest then, and what is acknowledged and not loaded lies in the spool. The lock is held for what takes no time: a
transaction begins in each store, closed segments get a second name, open ones (about a second's worth) are copied. The
stores are copied afterwards, while events are loaded.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from leadline.eventstore.snapshots import snapshot_in
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError, TransientError
from leadline.pipeline.backups.compressing import compress
from leadline.pipeline.backups.record_copies import FILES, SQLITE, instant_of_records, kind
from leadline.pipeline.engine import Engine
from leadline.pipeline.privacy import ledger
from leadline.privacy.keys import derive_keys

PREFIX = "backup-"
SNAPSHOT = "backup.snapshot"
"""The kind of job."""
ABANDONED_SECONDS = 60.0
"""What nobody has locked for so long was left by a process that died."""
SMALL = (ledger.FILE_NAME, "lookup.key", "demo.json", "demo-sign-in", "collector.json")
"""Files of the data folder that are taken as they are."""
STORES = ("records.sqlite3*", "events*.duckdb*")
MEGABYTE = 1 << 20
SPARE_BYTES = 128 * MEGABYTE
"""Below this the collector refuses events."""
Report = Callable[[int, int], None]


class NoRoomError(TransientError):
    """There is not enough room on the disk for a backup."""

    code = "no_room"


@dataclass(frozen=True, slots=True)
class Staged:
    """What was staged.

    Attributes:
        folder: where.
        made_at: the instant that it shows.
        version, records: of Leadline; the kind of record store.
        rows: by store, how many rows each table has.
        held_micros: for how long nothing could be loaded.
    """

    folder: str
    made_at: str
    version: str
    records: str
    rows: dict[str, dict[str, int]]
    held_micros: int


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The job: stage; the process `pid` that asked packs it, and deletes the folder.

    Raises:
        TerminalError: that process has ended, as when the job is taken up after a crash.
    """
    if not _lives(int(arguments["pid"])):
        raise TerminalError("Nobody waits for this backup any more.", advice="Begin again: leadline backup FILE.")
    return asdict(stage(engine, lambda: report(0, 1), utc_now()))


def stage(engine: Engine, waiting: Callable[[], None], now: datetime) -> Staged:
    """Copy everything that belongs into a backup into a new folder inside the data folder.

    Args:
        waiting: called now and then; what it raises ends it.

    Raises:
        NoRoomError: there is no room for the copies.
        CannotCopyError: a store can't be copied.
        PostgreSQLError: pg_dump is not there or failed.
    """
    discard_abandoned(engine.data)
    _require_room(engine.data)
    folder = engine.data / f"{PREFIX}{now:%Y%m%dT%H%M%S%f}"
    folder.mkdir(mode=0o700)
    try:
        with locked(folder):
            return _stage(engine, folder, waiting, now)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _require_room(data: Path) -> None:
    needed = sum(path.stat().st_size for pattern in STORES for path in data.glob(pattern))
    free = shutil.disk_usage(data).free
    if free < needed + SPARE_BYTES:
        said = f"A backup needs {needed / MEGABYTE:,.0f} MB in {data} for a while; {free / MEGABYTE:,.0f} MB are free."
        raise NoRoomError(said, advice="Free some: the collector needs a part of it as well.")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stage(engine: Engine, folder: Path, waiting: Callable[[], None], now: datetime) -> Staged:
    keys = derive_keys(engine.data, "event-store")
    with snapshot_in(engine.store, folder, keys) as fix_events, instant_of_records() as fix_records:
        with engine.lock:
            began = time.perf_counter()
            events, records = fix_events(), fix_records()
            _take_spool(engine.spool, folder)
            held = time.perf_counter() - began
        _take_small(engine.data, folder)
        rows = {"records": records.copy(folder, waiting), "events": events.copy(waiting)}
    if (records_file := folder / FILES[SQLITE]).exists():
        compress(records_file, waiting)
    return Staged(str(folder), now.isoformat(), version("leadline"), kind(), rows, round(held * 1_000_000))


def _take_spool(spool: Path, folder: Path) -> None:
    """Open segments are listed first: one that is closed meanwhile is then seen under its other name."""
    (folder / "spool").mkdir(mode=0o700)
    written = [*spool.glob("*.open"), *spool.glob("*.new")]
    closed = {path.stem: path for path in spool.glob("*.seg")}
    for path in written:
        if path.stem not in closed:
            _take_open(path, folder / "spool")
    for path in closed.values():
        (folder / "spool" / path.name).hardlink_to(path)


def _take_open(path: Path, folder: Path) -> None:
    """What is in it by now; a frame that is half written is cut off by whoever reads it."""
    for each in (path, path.with_suffix(".seg")):
        with suppress(FileNotFoundError):  # a collector closed it this instant
            content = each.read_bytes()
            if content:
                (folder / path.name).write_bytes(content)
            return


def _take_small(data: Path, folder: Path) -> None:
    for name in SMALL:
        with suppress(FileNotFoundError):
            shutil.copyfile(data / name, folder / name)


def files_of(folder: Path) -> list[tuple[str, Path]]:
    """What is staged, by the names that parts have."""
    found = [*sorted(folder.iterdir()), *sorted((folder / "spool").iterdir())]
    return [(str(path.relative_to(folder)), path) for path in found if path.is_file()]


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Nobody takes the folder for abandoned inside.

    Raises:
        NotFoundError: it is gone already.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as error:
        raise NotFoundError(f"{folder} is gone.", advice="Begin again.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield folder
    finally:
        os.close(handle)


def discard_abandoned(data: Path) -> int:
    """Delete what a process that died left of a staging. Returns how many folders went."""
    gone = 0
    for folder in data.glob(f"{PREFIX}*"):
        if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS and not _is_locked(folder):
            shutil.rmtree(folder)
            gone += 1
    return gone


def _is_locked(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
