"""A backup each night into the folder that LEADLINE_BACKUPS names; LEADLINE_BACKUPS_KEPT of them are kept."""

import logging
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from leadline.accounts.audit import NOTHING, Who, record
from leadline.accounts.audit_verbs import EXPORTED
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ConfigurationError
from leadline.pipeline.backups.packing import Seal, check_place, pack
from leadline.pipeline.backups.sealing import identity_of, recipient_named
from leadline.pipeline.backups.staging import discard_abandoned, locked, stage
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.pipeline.pace import Pace
from leadline.privacy.keys import load_master_keys

NIGHTLY = "backup.nightly"
"""The kind of job."""
HOUR = 2
"""UTC: after the midnight at which everybody is scored again."""
EVERY, PAUSE = timedelta(minutes=1), timedelta(hours=1)
TOO_OLD = timedelta(days=2)
NAMES = re.compile(r"leadline-(\d{8}T\d{6})Z\.age")
UNDER_WAY = ("waiting", "running", "cancelling")
Report = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class BackupKeeper:
    """Called after each tick; does nothing until a minute has passed."""

    def __init__(self) -> None:
        self._pace = Pace(EVERY)

    def keep_up(self, now: datetime) -> bool:
        """Have tonight's backup made if it is due. Returns whether a job was started."""
        if not self._pace.is_time(now):
            return False
        try:
            return _start_when_due(now)
        except (DatabaseError, OSError):
            logger.exception("It could not be looked whether a backup is due; it is tried again in a minute")
            return False


def _start_when_due(now: datetime) -> bool:
    if not settings.BACKUPS or not is_due(kept_backups(Path(settings.BACKUPS)), now):
        return False
    last = Job.objects.filter(kind=NIGHTLY).order_by("-pk").first()
    if last is not None and (last.state in UNDER_WAY or (last.finished_at or now) > now - PAUSE):
        return False
    Job.objects.create(kind=NIGHTLY)
    return True


def is_due(found: Mapping[datetime, Path], now: datetime) -> bool:
    """Whether the newest backup is from before the last time that it was two o'clock (UTC)."""
    night = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    night = night if night <= now else night - timedelta(days=1)
    return max(found, default=night - EVERY) < night


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001  # the signature of a job
    """The job: make tonight's, then delete those that are too many.

    Raises:
        ConfigurationError: LEADLINE_BACKUPS names no folder.
        TransientError: there is no room. What there was is kept.
    """
    folder, now = Path(settings.BACKUPS), utc_now()
    if not settings.BACKUPS or not folder.is_dir():
        raise ConfigurationError(f"LEADLINE_BACKUPS names {folder}, which is no folder.", advice="Make it.")
    path = folder / f"leadline-{now:%Y%m%dT%H%M%S}Z.age"
    check_place(path, engine.data)
    staged = stage(engine, lambda: report(0, 1), now)
    try:
        with locked(Path(staged.folder)):
            pack(staged, path, nightly_seal(engine.data), report)
    finally:
        shutil.rmtree(staged.folder, ignore_errors=True)
    gone = prune(folder, settings.BACKUPS_KEPT)
    record(Who(), EXPORTED, NOTHING, {"command": NIGHTLY, "bytes": path.stat().st_size}, now)
    return {"file": path.name, "bytes": path.stat().st_size, "deleted": gone, "held_micros": staged.held_micros}


def nightly_seal(data: Path) -> Seal:
    """For whom LEADLINE_BACKUPS_RECIPIENT says; else for the installation's own key."""
    master = load_master_keys(data)[0]
    named = settings.BACKUPS_RECIPIENT
    return Seal(recipient_named(named) if named else identity_of(master).to_public(), master)


def prune(folder: Path, kept: int) -> int:
    """Delete nightly backups but the newest `kept`; other files are left alone. Returns how many went."""
    found = kept_backups(folder)
    old = sorted(found, reverse=True)[kept:]
    for moment in old:
        found[moment].unlink()
    return len(old)


def kept_backups(folder: Path) -> dict[datetime, Path]:
    """The nightly backups in a folder, by when they were made."""
    paths = folder.iterdir() if folder.is_dir() else ()
    matches = [(NAMES.fullmatch(path.name), path) for path in paths]
    return {datetime.strptime(m[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC): path for m, path in matches if m}


def trouble(now: datetime, since: datetime) -> str:
    """What is wrong with the nightly backups; empty when nothing is.

    Args:
        since: when the installation was made: a new one has none yet.
    """
    last = Job.objects.filter(kind=NIGHTLY, state__in=("failed", "done")).order_by("-pk").first()
    if last is not None and last.state == "failed":
        return f"the last one failed: {last.message}"
    newest = max(kept_backups(Path(settings.BACKUPS)), default=None)
    if now - (newest or since) <= TOO_OLD:
        return ""
    return f"the newest is of {newest:%Y-%m-%d %H:%M} UTC" if newest else f"none is in {settings.BACKUPS}"


def clean_up(data: Path) -> None:
    """At a server's start: what a process that died left behind."""
    if gone := discard_abandoned(data):
        logger.warning("%s backups that were not finished were deleted", gone)
