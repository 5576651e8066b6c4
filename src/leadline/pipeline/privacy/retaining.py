"""What was kept for too long, taken away: people in batches, messages that were put aside, the old end of the audit
trail, sessions that ended. In the end the bytes: one copy of the event store, one sweep of the record store.

Anybody who went by their age may come back, by themselves, by an import or with a restored backup: then they are there
again for as long as the periods say. So nothing goes into the ledger of erasures, and their records in CRM systems are
left as they are: a CRM has periods of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import transaction

from leadline.accounts import audit
from leadline.accounts.audit import What, Who
from leadline.accounts.audit_verbs import RETENTION_RAN
from leadline.eventstore import aged
from leadline.eventstore.due import due_leads
from leadline.eventstore.recopying import recopy, wait_until_closed
from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import TransientError
from leadline.kernel.log_lines import told as words_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.privacy import retention_due
from leadline.pipeline.privacy.at_work import working_on
from leadline.pipeline.privacy.elsewhere import leases
from leadline.pipeline.privacy.erasing import READERS_SECONDS
from leadline.pipeline.privacy.event_tables import forget_memory
from leadline.pipeline.privacy.retention import periods_now
from leadline.pipeline.privacy.retention_batches import AT_ONCE, added, end_batch, take_batch
from leadline.pipeline.privacy.retention_rest import (
    empty_examples,
    end_sessions,
    take_messages,
    take_requests,
    take_trail,
)
from leadline.pipeline.privacy.sweeping import sweep
from leadline.pipeline.tick import tick
from leadline.privacy.keys import derive_keys
from leadline.privacy.models import RetentionRun
from leadline.privacy.retention_rules import RULES, Periods

RETENTION = "retention"
"""The kind of job."""
AT_WORK = "people who went by their age are taken out of the stores' files"
Report = Callable[[int, int], None]


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The job `retention`: go on with the run that is not done, or begin one.

    Raises:
        TransientError: some of it has to be done again later; the run keeps why.
    """
    return told(carry_out(engine, report, by=str(arguments.get("by", ""))))


def carry_out(engine: Engine, report: Report = lambda *_: None, clock: Clock = utc_now, by: str = "") -> RetentionRun:
    """The same, for whoever waits for it."""
    row = _begun(clock(), by)
    with working_on(engine):
        try:
            _take_all(engine, row, report, clock())
            _rid_of_bytes(engine, lambda: report(1, 1))
        except Exception as error:
            row.trouble = words_of(error)[:300]
            row.save(update_fields=["trouble"])
            raise
    return _finished(row, clock())


def told(row: RetentionRun) -> dict[str, Any]:
    """A run as JSON takes it: numbers only."""
    return {
        "run": row.pk,
        "state": row.state,
        "night": row.night.isoformat() if row.night else None,
        "by": row.by,
        "started_at": row.started_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "taken": row.taken,
        "rows": row.rows,
        "trouble": row.trouble,
    }


def _begun(now: datetime, by: str) -> RetentionRun:
    """The newest run that is not done, or a new one. Older ones end with it: what they left is done below."""
    rows = list(RetentionRun.objects.filter(state=RetentionRun.State.RUNNING).order_by("-pk"))
    return rows[0] if rows else RetentionRun.objects.create(started_at=now, by=by[:120])


def _take_all(engine: Engine, row: RetentionRun, report: Report, now: datetime) -> None:
    for each in RetentionRun.objects.filter(work__isnull=False).order_by("pk"):
        end_batch(engine, row if each.pk == row.pk else each, now)
    periods = periods_now()
    tick(engine, now)  # whoever is back by now is not due
    with engine.store.cursor() as cursor:
        retention_due.find_people(cursor, periods, now)
        people = {rule: due_leads(cursor, rule) for rule in retention_due.PEOPLE}
    total, done = sum(map(len, people.values())) + 2, 0
    for rule, leads in _batches(people):
        report(done, total)
        with leases() if rule == "known" else nullcontext():  # or a run sends what is going away
            take_batch(engine, row, leads, periods, now)
        done += len(leads)
    _take_rest(engine, row, periods, now)
    report(total - 1, total)


def _batches(people: Mapping[str, list[int]]) -> Iterator[tuple[str, list[int]]]:
    for rule, leads in people.items():
        yield from ((rule, leads[place : place + AT_ONCE]) for place in range(0, len(leads), AT_ONCE))


def _take_rest(engine: Engine, row: RetentionRun, periods: Periods, now: datetime) -> None:
    """Messages and their examples, sessions, and the audit trail's old end."""
    with engine.lock, transaction.atomic():
        groups = [*take_messages(periods, now), *take_requests(periods, now), *take_trail(periods, now)]
        counts = {"examples": empty_examples(periods, now), "sessions": end_sessions(now)}
        row.taken = added(row.taken, groups)
        row.rows |= {name: row.rows.get(name, 0) + count for name, count in counts.items() if count}
        row.sweep_due |= bool(groups or any(counts.values()))
        row.save()


def _rid_of_bytes(engine: Engine, waiting: Callable[[], None]) -> None:
    """Once for everything that any run took: rows that were deleted are still in the files.

    Raises:
        TransientError: a query reads the old file of the event store for longer than ten minutes.
    """
    if RetentionRun.objects.filter(copy_due=True).exists():
        forget_memory(engine)
        with engine.at_long_work(AT_WORK):
            with engine.store.cursor() as cursor:
                aged.fold(cursor)
            old = recopy(engine.store, derive_keys(engine.data, "event-store"))
        if not wait_until_closed(old, READERS_SECONDS, waiting):
            raise TransientError(
                "A query still reads the old event store.", advice="It is copied again the next night."
            )
        RetentionRun.objects.filter(copy_due=True).update(copy_due=False)
    if RetentionRun.objects.filter(sweep_due=True).exists():
        with engine.at_long_work(AT_WORK):
            sweep(waiting)
        RetentionRun.objects.filter(sweep_due=True).update(sweep_due=False)


def _finished(row: RetentionRun, now: datetime) -> RetentionRun:
    older = RetentionRun.objects.filter(state=RetentionRun.State.RUNNING).exclude(pk=row.pk)
    older.update(state=RetentionRun.State.STOPPED, finished_at=now)
    row.refresh_from_db()
    row.state, row.finished_at, row.trouble = RetentionRun.State.DONE, now, ""
    row.save(update_fields=["state", "finished_at", "trouble"])
    counts = {rule: sum(each["count"] for each in row.taken if each["rule"] == rule) for rule in RULES}
    audit.record(Who(), RETENTION_RAN, What("retention", row.pk), counts, now)
    return row
