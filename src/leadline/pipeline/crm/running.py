"""Runs asked for: a sync now, one lead, what failed once more, everybody again; and what was seen of them."""

import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from django.db.models import Q

from leadline.crm import retrying, syncing
from leadline.crm.leasing import BusyError
from leadline.crm.models import Connection, Link, SyncRun
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.pipeline.crm.connections import connection_named
from leadline.pipeline.crm.inbox import EngineInbox
from leadline.pipeline.crm.leads import EngineLeads
from leadline.pipeline.crm.links import crm_lead
from leadline.pipeline.crm.shapes import told_run
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead

Advance = Callable[[int, int], None]
PATIENCE_SECONDS = 30.0
"""So long a person's wish waits for a run that is at work."""
POLL_SECONDS = 0.25
BACKFILL = "crm_backfill"
"""The kind of job."""


def run_connection(
    engine: Engine,
    row: Connection,
    *,
    kind: str = SyncRun.Kind.SYNC,
    by: str = "",
    only: Collection[int] | None = None,
    advance: Advance | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> SyncRun:
    """One run of a connection over this installation; lists and reports learn what it did.

    Raises:
        BusyError: a run of it is at work.
        DocumentError: its mapping can't be read.
    """
    local, inbox = EngineLeads(engine, advertising=row.for_advertising), EngineInbox(engine)
    run = None
    try:
        run = syncing.run(row, local, inbox, kind=kind, by=by[:120], only=only, advance=advance, stopping=stopping)
    finally:
        _note_leads(engine, row, run)
    return run


def crm_sync(engine: Engine, name: str = "", by: str = "", advance: Advance | None = None) -> list[dict[str, Any]]:
    """Run a connection now, or all that are on. What went wrong stands in the run.

    Raises:
        NotFoundError: there is no such connection.
        BusyError: a run of the named one is at work, for longer than somebody waits.
    """
    if name:
        return [told_run(patiently(lambda: run_connection(engine, connection_named(name), by=by, advance=advance)))]
    rows = list(Connection.objects.filter(enabled=True).order_by("name"))
    if not rows:
        raise NotFoundError("No CRM connection is on.", advice="Make one: leadline crm connect")
    return [_one_of_many(engine, row, by, advance) for row in rows]


def crm_sync_lead(engine: Engine, lead: str | int, name: str = "", by: str = "") -> list[dict[str, Any]]:
    """Send one lead now, to one connection or to all that are on. Returns what each knows of it then.

    Raises:
        NotFoundError: nobody fits, or there is no such connection.
    """
    found = find_lead(lead).pk
    rows = [connection_named(name)] if name else list(Connection.objects.filter(enabled=True).order_by("name"))
    if not rows:
        raise NotFoundError("No CRM connection is on.", advice="Make one: leadline crm connect")
    for row in rows:
        run = patiently(partial(run_connection, engine, row, by=by, only=[found]))
        if run.state in {"failed", "stopped"}:
            raise TerminalError(f"{row.name}: {run.message or 'The run failed.'}", advice="See: leadline crm status")
    return [each for each in crm_lead(engine, found) if not name or each["connection"] == name]


def crm_retry(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    name: str,
    leads: Collection[int] = (),
    left_out: bool = False,
    by: str = "",  # noqa: ARG001  # as above
) -> dict[str, Any]:
    """Let what failed be sent again by the next run; with `left_out` also what was deleted or merged away there.

    Raises:
        NotFoundError: there is no such connection.
    """
    row = connection_named(name)
    count = retrying.retry(row, [find_lead(each).pk for each in leads], left_out)
    Connection.objects.filter(pk=row.pk).update(last_run_at=None)
    return {"connection": name, "retried": count}


def crm_runs(engine: Engine, name: str = "", limit: int = 20, offset: int = 0) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """The newest runs first, of one connection or of all."""
    rows = SyncRun.objects.select_related("connection").order_by("-started_at", "-pk")
    if name:
        rows = rows.filter(connection=connection_named(name))
    return [told_run(row) for row in rows[offset : offset + limit]]


def check_backfill(engine: Engine, arguments: Mapping[str, Any]) -> Connection:  # noqa: ARG001  # what jobs call
    """The connection of a backfill.

    Raises:
        NotFoundError: there is no such connection.
    """
    return connection_named(str(arguments.get("connection", "")))


def backfill(engine: Engine, arguments: Mapping[str, Any], report: Advance) -> dict[str, Any]:
    """The job: look at every lead whatever was sent before, and send what differs."""
    row = check_backfill(engine, arguments)
    by = str(arguments.get("by", ""))
    run = patiently(
        lambda: run_connection(engine, row, kind=SyncRun.Kind.BACKFILL, by=by, advance=report),
        meanwhile=lambda: report(0, 0),
        seconds=600.0,
    )
    if run.state in {"failed", "stopped"}:
        raise TerminalError(run.message or "The backfill failed.", advice=f"See: leadline crm status {row.name}")
    return told_run(run)


def patiently(
    work: Callable[[], SyncRun], meanwhile: Callable[[], None] = lambda: None, seconds: float = PATIENCE_SECONDS
) -> SyncRun:
    """Work that waits for a run that is at work already.

    Raises:
        BusyError: it takes longer.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return work()
        except BusyError:
            if time.monotonic() > until:
                raise
            meanwhile()
            time.sleep(POLL_SECONDS)


def _one_of_many(engine: Engine, row: Connection, by: str, advance: Advance | None) -> dict[str, Any]:
    """One connection's trouble is told, and holds none of the others up."""
    try:
        return told_run(run_connection(engine, row, by=by, advance=advance))
    except LeadlineError as error:
        state = "busy" if isinstance(error, BusyError) else "failed"
        return {**told_run(SyncRun(connection=row, by=by)), "state": state, "message": str(error)}


def _note_leads(engine: Engine, row: Connection, run: SyncRun | None) -> None:
    """Lists show what the CRM says of people: those that a run wrote down something about."""
    links = Link.objects.filter(connection=row)
    if run is not None:
        since = run.started_at
        some = Q(sent_at__gte=since) | Q(seen_at__gte=since) | Q(failed_at__gte=since)
        gone = run.counts.get("gone") or run.counts.get("moved")
        links = links.filter(some | ~Q(tombstone="")) if gone else links.filter(some)
    leads = list(links.values_list("lead", flat=True))
    if leads:
        engine.changes.note_rescored(leads)
