"""A restored folder put in the place of a data folder, in one step: whoever looks finds the old one or the new one."""

import ctypes
import errno
import os
import shutil
from datetime import datetime
from pathlib import Path

from leadline.kernel.durability import make_durable
from leadline.kernel.errors import TerminalError
from leadline.privacy.keys import FILE_NAME as SECRET_KEYS

AT_FDCWD, RENAME_EXCHANGE = -100, 2
NO_DATA = frozenset(
    {SECRET_KEYS, "erasures.jsonl", "serve.lock", "control.sock", "collector.json", "keyring.json", "tmp", "cache"}
)
"""What may lie in a folder that has no data yet: keys that were brought there, and what commands leave behind."""


def has_data(folder: Path) -> bool:
    """Whether there is anything that a restore would take the place of."""
    return folder.is_dir() and any(not _is_nothing(path) for path in folder.iterdir())


def _is_nothing(path: Path) -> bool:
    empty_spool = path.name == "spool" and not any(path.iterdir())
    return empty_spool or path.name in NO_DATA or path.name.startswith("attempts.")


def check_place(target: Path) -> None:
    """Refuse early where nothing can be moved to.

    Raises:
        TerminalError: the folder is where a disk is mounted, or it is no folder.
    """
    if target.exists() and not target.is_dir():
        raise TerminalError(f"{target} is no folder.")
    if target.is_mount():
        advice = f"Restore into a folder on it, and let LEADLINE_DATA name that: --to {target / 'leadline'}"
        raise TerminalError(f"{target} is where a disk is mounted; it can't be changed in one step.", advice=advice)


def aside(target: Path, now: datetime) -> Path:
    """Where the old folder goes."""
    return target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")


def move_into_place(fresh: Path, target: Path, now: datetime) -> Path | None:
    """Put `fresh` at `target`. Returns where the old folder is now; None when there was none, or nothing in it.

    The fresh one gets the name first that the old one has afterwards; then both change names in one step. So a crash in
    between leaves the old one where it was.
    """
    if not target.exists():
        fresh.rename(target)
        make_durable(target.parent)
        return None
    old = aside(target, now)
    fresh.rename(old)
    exchange(old, target)
    make_durable(target.parent)
    if has_data(old):
        return old
    shutil.rmtree(old)
    return None


def exchange(one: Path, other: Path) -> None:
    """Let two folders change names in one step (Linux: renameat2); where the file system can't, in two.

    Raises:
        OSError: it is not possible.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return _exchange_in_two(one, other)
    if library.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return None
    number = ctypes.get_errno()
    if number in {errno.EINVAL, errno.ENOSYS}:
        return _exchange_in_two(one, other)
    raise OSError(number, os.strerror(number), str(other))


def _exchange_in_two(one: Path, other: Path) -> None:
    between = other.with_name(f"{other.name}.between")
    other.rename(between)
    one.rename(other)
    between.rename(one)
