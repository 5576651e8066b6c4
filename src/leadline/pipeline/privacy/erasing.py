"""A person taken out of everything that Leadline keeps, physically, and out of the CRM.

Step by step, each kept when it is done, so that a crash costs a step and no more: whoever erases next goes on with it.

1. `plan`: what waits in the spool is loaded, whose names and records these are is written down sealed, and the names go
   into the ledger. From here on nothing of their past is taken in again.
2. `erase_records`: every kind of data in the record store, in one transaction.
3. `erase_events`: the rows of the event store. Who shared an identity with them is scored again.
4. `erase_files`: every other kind: spool, files, tables in memory.
5. `copy_store`: the event store into a new file under a fresh key; the old one is gone when no query reads it.
6. `erase_elsewhere`: their records in CRM systems. One that can't be reached holds up the end, and nothing before.
7. `finish`: nothing of any kind is left, which is counted; the record store's files are made anew. Only then it is
   "erased".
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from leadline.accounts.audit import What, Who, record
from leadline.accounts.audit_verbs import PERSON_ERASED
from leadline.crm.models import Connection
from leadline.eventstore.erasing import erase_identities
from leadline.eventstore.recopying import recopy, wait_until_closed
from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import LeadlineError, TransientError
from leadline.pipeline.accounts import accounts_of
from leadline.pipeline.changes import note_everybody
from leadline.pipeline.engine import Engine
from leadline.pipeline.privacy import ledger
from leadline.pipeline.privacy.at_work import working_on
from leadline.pipeline.privacy.elsewhere import leases, remotes_of, take_away_all
from leadline.pipeline.privacy.erasures import Step, Task, Whom, told, unfinished
from leadline.pipeline.privacy.event_tables import forget_memory
from leadline.pipeline.privacy.registry import kinds_of
from leadline.pipeline.privacy.request_work import close_erased
from leadline.pipeline.privacy.subjects import subject_of
from leadline.pipeline.privacy.sweeping import sweep
from leadline.pipeline.rescoring import score_those_left
from leadline.pipeline.segment import segment_began
from leadline.pipeline.tick import tick
from leadline.privacy.keys import derive_keys
from leadline.privacy.kinds import DataKind, Store, Subject, Whose
from leadline.privacy.models import Erasure
from leadline.tracking.models import Identity, IdentityEdge
from leadline.tracking.spool.segments import closed_segments

ERASURE = "erasure"
"""The kind of job."""
SPOOL_SECONDS, READERS_SECONDS = 120.0, 600.0
POLL_SECONDS = 0.1
ERASING = "somebody is being erased, and the stores are written anew"
Report = Callable[[int, int], None]


class LeftBehindError(TransientError):
    """Something of an erased person is still there."""

    code = "left_behind"


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001  # the signature of a job
    """Do every erasure that was asked for and is not done.

    Raises:
        TransientError: some of it has to be done again later; what it says is kept with the erasure.
    """
    return {"erasures": told(carry_out(engine, report))}


def carry_out(engine: Engine, report: Report = lambda *_: None, clock: Clock = utc_now) -> list[Erasure]:
    """The same, for whoever waits for it. Several people cost one copy of the event store.

    Raises:
        TransientError: as `run`.
    """
    tasks = unfinished(clock)
    if not tasks:
        return []
    progress = _Progress(report, total=3 * len(tasks) + 4)
    with working_on(engine):
        try:
            _erase_here(engine, tasks, progress, clock)
            waiting = [task for task in tasks if not erase_elsewhere(task)]
            progress.step()
            finish(engine, [task for task in tasks if task not in waiting], progress)
        except Exception as error:
            _note_trouble(tasks, error)
            raise
    if waiting:
        raise _unreachable(waiting)
    return [task.row for task in tasks]


def _erase_here(engine: Engine, tasks: Sequence[Task], progress: "_Progress", clock: Clock) -> None:
    settle_spool(engine, clock, progress.wait)
    progress.step()
    for task in tasks:
        for step in (plan, erase_records, erase_events, erase_files):
            step(engine, task)
            progress.wait()
        progress.step(3)
    copy_store(engine, [task for task in tasks if task.waits_for(Step.COPIED)], progress.wait)
    progress.step()


def settle_spool(engine: Engine, clock: Clock, waiting: Callable[[], None] = lambda: None) -> None:
    """Load everything that came in up to now, collectors' open segments too: then its files are gone.

    Raises:
        TransientError: it takes too long.
    """
    give_up = time.monotonic() + SPOOL_SECONDS
    until = clock()
    tick(engine, until)
    while _waits(engine, until):
        waiting()
        if time.monotonic() >= give_up:
            raise TransientError("The spool is not loaded yet.", advice="See `leadline status`; then erase again.")
        time.sleep(POLL_SECONDS)
        tick(engine, clock())


def _waits(engine: Engine, until: datetime) -> bool:
    paths = [*closed_segments(engine.spool), *engine.spool.glob("*.open")]
    return any(segment_began(path) <= until for path in paths)


def plan(engine: Engine, task: Task) -> None:
    """(1) Who they are, in the ledger and in the row."""
    if not task.waits_for(Step.PLANNED):
        return
    with engine.lock, transaction.atomic():
        subject = _subject(task.whom)
        task.row.proof = {"names": ledger.enter(engine.data, subject, task.clock(), task.row.request)}
        others = tuple(_others(subject))
        companies = tuple(accounts_of([*subject.leads, *others]))
        task.reached(Step.PLANNED, subject=subject, others=others, companies=companies)


def _subject(whom: Whom) -> Subject:
    if whom.lead is not None:
        return subject_of(whom.lead)
    rows = Identity.objects.filter(pk__in=[whom.identity or 0])
    return Subject((), tuple(row.pk for row in rows), tuple((row.kind, row.value) for row in rows))


def _others(subject: Subject) -> list[int]:
    rows = IdentityEdge.objects.filter(identity__in=subject.identities).exclude(lead__in=subject.leads)
    return sorted(set(rows.values_list("lead", flat=True)))


def erase_records(engine: Engine, task: Task) -> None:
    """(2) The record store. No run of a CRM connection is at work meanwhile: it could send what is being erased."""
    if not task.waits_for(Step.RECORDS):
        return
    with leases() as connections, engine.lock:
        with transaction.atomic():
            remotes = remotes_of(task.subject, connections)
            _count(task, _kinds(Store.RECORDS))
            for kind in _kinds(Store.RECORDS):
                kind.erase(task.subject)
            task.reached(Step.RECORDS, remotes=remotes)
        engine.use(engine.ruleset)  # what it remembered of names and claims is not so any more
    note_everybody(engine)


def erase_events(engine: Engine, task: Task) -> None:
    """(3) The event store."""
    if not task.waits_for(Step.EVENTS):
        return
    with engine.lock:
        _count(task, _kinds(Store.EVENTS))
        with engine.store.cursor() as cursor:
            erase_identities(cursor, task.subject.identities)
        score_those_left(engine, task.whom.others, task.whom.companies, task.clock())
        task.reached(Step.EVENTS)
    forget_memory(engine)


def erase_files(engine: Engine, task: Task) -> None:  # noqa: ARG001  # the signature of a step
    """(4) Every kind that lies elsewhere than in the two stores, and what is made of them in memory."""
    if not task.waits_for(Step.FILES):
        return
    kinds = [kind for kind in kinds_of(Whose.LEADS) if kind.store is not Store.RECORDS]
    _count(task, kinds)
    for kind in kinds:
        kind.erase(task.subject)
    task.reached(Step.FILES)


def copy_store(engine: Engine, tasks: Sequence[Task], waiting: Callable[[], None] = lambda: None) -> None:
    """(5) The event store into a new file; nothing is kept of the old one. Then each kind is counted once more.

    Raises:
        LeftBehindError: something is still there.
        TransientError: a query reads the old file for longer than ten minutes.
    """
    if not tasks:
        return
    with engine.at_long_work(ERASING):
        old = recopy(engine.store, derive_keys(engine.data, "event-store"))
    if not wait_until_closed(old, READERS_SECONDS, waiting):
        raise TransientError("A query still reads the old event store.", advice="Erase again when it is done.")
    for task in tasks:
        task.row.proof["left"] = _left(task.subject)
        task.reached(Step.COPIED, subject=None, lead=None, identity=None, others=(), companies=())


def erase_elsewhere(task: Task) -> bool:
    """(6) Their records in CRM systems. False when one could not be reached."""
    fates, later = take_away_all(task.whom.remotes, task.row.crm)
    task.row.proof["elsewhere"] = [*task.row.proof.get("elsewhere", []), *fates]
    task.reached(Step.COPIED, remotes=later)
    return not later


def finish(engine: Engine, tasks: Sequence[Task], progress: "_Progress") -> None:
    """(7) Nothing says any more who they were; then the record store's files are made anew, and it is done."""
    if not tasks:
        return
    rows = Erasure.objects.filter(pk__in=[task.row.pk for task in tasks])
    rows.update(whom=None, trouble="")
    with engine.at_long_work(ERASING):
        sweep(progress.wait)
    now = tasks[0].clock()
    for task in tasks:
        task.row.whom, task.row.trouble, task.row.finished_at = None, "", now
        with transaction.atomic():
            task.row.save(update_fields=["finished_at"])
            record(Who(), PERSON_ERASED, What("lead", task.row.lead), {"erasure": task.row.pk}, now)
            close_erased(task.row, now)
    progress.step()


def _kinds(store: Store) -> list[DataKind]:
    return [kind for kind in kinds_of(Whose.LEADS) if kind.store is store]


def _count(task: Task, kinds: Sequence[DataKind]) -> None:
    """How much there is of each kind, before the first goes: others go along with it. What was counted before stays:
    a step that is done again finds less."""
    held = {kind.name: kind.remains(task.subject) for kind in kinds}
    before = task.row.proof.get("erased", {})
    task.row.proof["erased"] = {name: count for name, count in held.items() if count} | before
    task.row.save(update_fields=["proof"])


def _left(subject: Subject) -> dict[str, int]:
    """Of every kind, how much is still there. What waits in the spool came in since: what they send by themselves now
    is theirs to send, and what they did before is dropped when it is loaded (`tracking/suppression.py`)."""
    left = {kind.name: kind.remains(subject) for kind in kinds_of(Whose.LEADS) if kind.store is not Store.SPOOL}
    if any(left.values()):
        names = ", ".join(name for name, count in left.items() if count)
        raise LeftBehindError(f"Something is still there: {names}.", advice="Erase again; if it stays, report it.")
    return left


def _unreachable(tasks: Sequence[Task]) -> TransientError:
    numbers = {remote.connection for task in tasks for remote in task.whom.remotes}
    names = ", ".join(Connection.objects.filter(pk__in=numbers).order_by("name").values_list("name", flat=True))
    error = TransientError(f"Erased here; {names} could not be reached.", advice="Erase again when it answers.")
    _note_trouble(tasks, error)
    return error


def _note_trouble(tasks: Sequence[Task], error: Exception) -> None:
    """Kept with the erasure. Of an error that is not ours only its kind: its words may repeat a value."""
    said = str(error) if isinstance(error, LeadlineError) else type(error).__name__
    rows = Erasure.objects.filter(pk__in=[task.row.pk for task in tasks], finished_at=None)
    rows.update(trouble=said[:300])


class _Progress:
    """Counts steps, and lets whoever watches stop the work between them."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._done, self._total = report, 0, total

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        self.wait()

    def wait(self) -> None:
        """Nothing is done yet, but somebody may want to stop."""
        self._report(self._done, self._total)
