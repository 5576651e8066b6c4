"""What `leadline doctor` looks at."""

import shutil
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from leadline.crm.models import Connection
from leadline.eventstore.database import extension_path
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import control
from leadline.pipeline.backups.nights import kept_backups, trouble
from leadline.pipeline.crm.health import UNWELL
from leadline.pipeline.crm.shapes import told_connections
from leadline.pipeline.key_rotation.lookups import check_lookups
from leadline.pipeline.ownership import owner_of
from leadline.pipeline.privacy import ledger, retention_nights
from leadline.pipeline.privacy.erasures import unfinished
from leadline.pipeline.privacy.requests import overdue
from leadline.privacy.keys import FILE_NAME, load_master_keys
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import READY
from leadline.tracking.collector.state import FILE_NAME as COLLECTOR_STATE
from leadline.tracking.collector.state import read_state
from leadline.tracking.spool.segments import oldest_waiting, segment_bytes_waiting

FREE_BYTES = 1 << 30
LAG = timedelta(minutes=1)
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `text` says what was found and, when it is not well, what to do."""

    check: str
    ok: bool
    text: str

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def examine(data: Path) -> list[Finding]:
    """Every check, in an order that finds causes before consequences. None changes anything."""
    return [_guarded(check, data) for check in CHECKS]


def _guarded(check: Callable[[Path], Finding], data: Path) -> Finding:
    try:
        return check(data)
    except (LeadlineError, DatabaseError, OSError, ValueError) as error:
        return Finding(check.__name__.strip("_").replace("_", " "), False, str(error))


def _data_folder(data: Path) -> Finding:
    return Finding(
        "data folder", data.is_dir(), f"{data}" if data.is_dir() else f"{data} is missing; run `leadline serve`."
    )


def _secret_keys(data: Path) -> Finding:
    keys = load_master_keys(data)
    path = data / FILE_NAME
    open_to_others = path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    text = f"others can read {path}: chmod 600 {path}" if open_to_others else f"{len(keys)} found"
    return Finding("secret keys", not open_to_others, text)


def _look_ups(data: Path) -> Finding:
    check_lookups(data)
    return Finding("look-ups", True, "the key is that of the names stored here")


def _free_disk(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    advice = "" if free >= FREE_BYTES else "; free some: the collector refuses events on a full disk"
    return Finding("free disk", free >= FREE_BYTES, f"{free / (1 << 30):.1f} GB{advice}")


def _record_store(data: Path) -> Finding:  # noqa: ARG001  # every check has the same signature
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding("record store", False, f"{len(waiting)} migrations wait; run `leadline serve`.")
    version = f"SQLite {sqlite3.sqlite_version}" if connection.vendor == "sqlite" else connection.vendor
    return Finding("record store", True, version)


def _encryption(data: Path) -> Finding:  # noqa: ARG001  # every check has the same signature
    path = extension_path()
    return Finding(
        "event store encryption", path.is_file(), "AES-GCM" if path.is_file() else f"{path} is missing; reinstall."
    )


def _server(data: Path) -> Finding:
    owner = owner_of(data)
    if owner is None:
        return Finding("server", True, "none runs")
    answers = control.is_listening(data)
    return Finding(
        "server", answers, f"process {owner}" + ("" if answers else " runs but does not answer; see its log")
    )


def _spool(data: Path) -> Finding:
    folder = data / "spool"
    oldest = oldest_waiting(folder) if folder.is_dir() else None
    if oldest is None:
        return Finding("spool", True, "nothing waits")
    lag = datetime.now(UTC) - oldest
    text = f"{segment_bytes_waiting(folder) / MEGABYTE:.1f} MB wait, the oldest for {lag.total_seconds():.0f} s"
    late = lag > LAG and owner_of(data) is not None
    return Finding("spool", not late, text + ("; the pipeline is behind or stuck, see the system page" if late else ""))


def _collector(data: Path) -> Finding:
    if not (data / COLLECTOR_STATE).exists():
        return Finding("collector", True, "has not run here")
    state = read_state(data)
    accepted = f"{state.totals.accepted_events:,} events accepted"
    return Finding("collector", not state.trouble, state.trouble or accepted)


def _crm(data: Path) -> Finding:  # noqa: ARG001  # every check has the same signature
    found = told_connections(list(Connection.objects.order_by("name")), datetime.now(UTC))
    if not found:
        return Finding("crm", True, "no connection")
    unwell = [each for each in found if each["health"] in UNWELL]
    told = [f"{each['name']}: {each['words']} {each['advice']}".strip() for each in unwell]
    well = ", ".join(f"{each['name']}: {each['words']}" for each in found)
    return Finding("crm", not unwell, "; ".join(told) or well)


def _erasures(data: Path) -> Finding:
    """Of a data folder that was restored: whom the backup brought back, though they were erased."""
    back, waiting = len(ledger.restored(data / ledger.FILE_NAME)), len(unfinished())
    if back:
        return Finding("erasures", False, f"{back} erased names are here again: leadline privacy reapply")
    said = f"{waiting} are not finished: leadline privacy erasures" if waiting else "none waits"
    return Finding("erasures", not waiting, said)


def _requests(data: Path) -> Finding:  # noqa: ARG001  # every check has the same signature
    """Of persons, that the law gives a day for."""
    late = overdue(datetime.now(UTC))
    said = f"{len(late)} overdue since {late[0].due_at:%Y-%m-%d}: leadline privacy requests" if late else "none overdue"
    ready = SubjectRequest.objects.filter(state=READY).count()
    waiting = f"; {ready} made and still to be handed over: leadline privacy requests --state ready" if ready else ""
    return Finding("subject requests", not late, said + waiting)


def _backups(data: Path) -> Finding:  # noqa: ARG001  # every check has the same signature
    if not settings.BACKUPS:
        return Finding("backups", True, "none at night: LEADLINE_BACKUPS names no folder")
    installed = MigrationRecorder(connection).migration_qs.earliest("applied").applied
    wrong = trouble(datetime.now(UTC), installed)
    kept = len(kept_backups(Path(settings.BACKUPS)))
    return Finding("backups", not wrong, wrong or f"{kept} kept in {settings.BACKUPS}")


def _retention(data: Path) -> Finding:
    trouble = retention_nights.trouble(datetime.now(UTC), running=owner_of(data) is not None)
    return Finding("retention", not trouble, trouble or retention_nights.last_words())


CHECKS = (
    *(_data_folder, _secret_keys, _look_ups, _free_disk, _encryption, _record_store, _server, _spool, _collector, _crm),
    _erasures,
    _requests,
    _retention,
    _backups,
)
