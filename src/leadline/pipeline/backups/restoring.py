"""Restored files made an installation: both stores opened and counted, and whoever was erased since is erased again.

All of it happens in a folder that nobody serves; it is put in place afterwards (`moving.py`). So no server ever runs on
a restored folder before the ledger of erasures was applied to it.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from leadline.accounts.audit import NOTHING, Via, Who, record
from leadline.accounts.audit_verbs import COMMAND_RUN
from leadline.eventstore.database import EventStore
from leadline.eventstore.snapshots import row_counts
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError, TransientError
from leadline.pipeline.backups import nights, postgresql, staging
from leadline.pipeline.backups.manifest import Manifest
from leadline.pipeline.backups.record_copies import FILES, POSTGRESQL, SQLITE, postgresql_rows, sqlite_rows
from leadline.pipeline.backups.sealing import NotWholeError
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import erasing, ledger
from leadline.pipeline.privacy.erasure_commands import privacy_reapply
from leadline.pipeline.privacy.erasures import Step, unfinished
from leadline.privacy.keys import derive_keys

UNFINISHED = "leadline_restore_is_not_finished"
"""A table that stands in PostgreSQL while a restore is under way."""
CHANGED_BY_OPENING = frozenset({"schema_version"})
UNDER_WAY = ("waiting", "running", "cancelling")


def check_record_store(told: Manifest) -> None:
    """Refuse when the backup's records can't go where LEADLINE_RECORDS says.

    Raises:
        TerminalError: it is of another kind, lies elsewhere, or has something in it.
    """
    if told.records == SQLITE:
        inside = settings.DATABASES["default"]["NAME"] == settings.DATA / FILES[SQLITE]
        if connection.vendor != SQLITE or not inside:
            advice = "Restore without LEADLINE_RECORDS."
            raise TerminalError("The backup's records belong into the data folder.", advice=advice)
    elif connection.vendor != POSTGRESQL:
        raise TerminalError(
            "The backup's records are PostgreSQL's.", advice="Let LEADLINE_RECORDS name an empty database."
        )
    else:
        postgresql.require("pg_restore")
        _require_empty()


def _require_empty() -> None:
    if tables := connection.introspection.table_names():
        begun = UNFINISHED in tables
        said = "was begun to be restored into before" if begun else f"has {len(tables)} tables"
        advice = "Drop it and make it again (dropdb, createdb), or let LEADLINE_RECORDS name an empty one."
        raise TerminalError(f"The database {settings.DATABASES['default']['NAME']} {said}.", advice=advice)


def refuse_half_restored() -> None:
    """Refuse to work with a database into which a restore was begun and not finished.

    Raises:
        TerminalError: it is such a one.
    """
    if connection.vendor == POSTGRESQL and UNFINISHED in connection.introspection.table_names():
        advice = "Drop it, make it again and restore again."
        raise TerminalError("A restore into this database was not finished.", advice=advice)


def bring_in_records(folder: Path, told: Manifest) -> None:
    """Into PostgreSQL. SQLite's file is where it belongs already.

    Raises:
        PostgreSQLError: pg_restore failed; the database is as empty as before but for the mark.
    """
    if told.records != POSTGRESQL:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {UNFINISHED} ()")
    path = folder / FILES[POSTGRESQL]
    postgresql.restore(settings.DATABASES["default"], path, lambda: None)
    path.unlink()


def declare_finished(told: Manifest) -> None:
    """After the folder is in place: the database may be served."""
    if told.records == POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {UNFINISHED}")
    connections.close_all()


def check_stores(folder: Path, told: Manifest) -> None:
    """Both stores open with the keys at hand, and have as many rows as when the backup was made.

    Raises:
        NotWholeError: they have not.
        ConfigurationError: the keys don't open the event store.
    """
    _compare("records", told.rows["records"], _rows_of_records(folder, told))
    store = EventStore.open(folder, derive_keys(folder, "event-store"))
    try:
        with store.cursor() as cursor:
            _compare("events", told.rows["events"], row_counts(cursor))
    finally:
        store.close()


def bring_up_to_date(told: Manifest) -> None:
    """Give the records of an older Leadline the tables of this one.

    Raises:
        TerminalError: a newer Leadline made them.
    """
    loader = MigrationLoader(connection)
    unknown = [
        key for key in loader.applied_migrations if key[0] in loader.migrated_apps and key not in loader.graph.nodes
    ]
    if unknown:
        said = f"The backup was made by Leadline {told.version}, which is newer than this one."
        raise TerminalError(said, advice="Install that one, or a newer one.")
    call_command("migrate", verbosity=0, interactive=False)


def _rows_of_records(folder: Path, told: Manifest) -> dict[str, int]:
    if told.records == POSTGRESQL:
        with connection.cursor() as cursor:
            return postgresql_rows(cursor)
    with closing(sqlite3.connect(folder / FILES[SQLITE])) as database:
        ((said,),) = database.execute("PRAGMA quick_check(1)").fetchall()
        if said != "ok":
            raise NotWholeError(f"The record store in the backup is damaged: {said[:100]}.")
        return sqlite_rows(database)


def _compare(store: str, told: Mapping[str, int], found: Mapping[str, int]) -> None:
    wrong = [name for name, rows in told.items() if found.get(name) != rows and name not in CHANGED_BY_OPENING]
    if wrong:
        raise NotWholeError(f"The backup's {store} have not as many rows as it says: {', '.join(wrong)[:200]}.")


def unite_ledgers(folder: Path, others: Sequence[Path]) -> int:
    """Enter into the restored ledger what other copies of it say. Returns how many lines were new.

    Raises:
        DocumentError: one of them is no ledger. Nothing was written then.
    """
    known = set(ledger.read(folder / ledger.FILE_NAME))
    lines = {line for path in others if path.is_file() for line in ledger.read(path)} - known
    if lines:
        ledger.append(folder / ledger.FILE_NAME, sorted(lines, key=lambda line: line[2]))
    return len(lines)


def erase_again(folder: Path, crm: str) -> int:
    """Erase whoever is in the ledger and came back. Returns how many people that was.

    Raises:
        TransientError: somebody could not be erased here. A CRM that can't be reached is no hindrance: the server goes
            on with it.
    """
    forget_backups_under_way()
    engine = Engine.open(folder)
    try:
        found = privacy_reapply(engine, crm=crm)
        _carry_out(engine)
    finally:
        engine.close()
    return int(found["erasures"])


def _carry_out(engine: Engine) -> None:
    try:
        erasing.carry_out(engine)
    except TransientError:
        if any(task.waits_for(Step.COPIED) for task in unfinished()):
            raise


def forget_backups_under_way() -> None:
    """The backup was being made when it was made; it need not be made again."""
    jobs = Job.objects.filter(kind__in=(staging.SNAPSHOT, nights.NIGHTLY), state__in=UNDER_WAY)
    jobs.update(state="cancelled", finished_at=utc_now())


def record_restore(told: Manifest, people: int) -> None:
    """In the audit trail of what was restored: it knows nothing of what came after the backup."""
    numbers: dict[str, int | str] = {
        "command": "restore",
        "exit": 0,
        "made_at": f"{told.made_at:%Y%m%dT%H%M%SZ}",
        "rows": people,
    }
    record(Who(via=Via.CLI), COMMAND_RUN, NOTHING, numbers, utc_now())
