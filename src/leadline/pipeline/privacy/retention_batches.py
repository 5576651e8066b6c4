"""Some thousands of people who were silent for too long, taken out of both stores.

1. `begin_batch`, in one transaction of the record store: their rows go, and the run's row says which numbers are still
   to go from the event store, and how much went. What reports counted of them is in the event store by then, under the
   batch's number, and does not count yet.
2. `end_batch`, in one transaction of the event store: their rows go, and those totals count.

A process that dies between the two leaves the run's row, and the next one goes on with it. Both happen under the
engine's lock, so that no event comes in between, and while nobody reads the tables of reports anew.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from leadline.analytics.metrics import measures
from leadline.eventstore import aged
from leadline.eventstore.due import Due, due_groups, due_leads
from leadline.eventstore.erasing import erase_identities
from leadline.kernel.errors import TransientError
from leadline.pipeline.accounts import accounts_of
from leadline.pipeline.changes import note_changed
from leadline.pipeline.engine import Engine
from leadline.pipeline.privacy.registry import kinds_of
from leadline.pipeline.privacy.retention_due import find_people
from leadline.pipeline.projections import bring_up_to_date
from leadline.pipeline.rescoring import score_those_left
from leadline.privacy.among import Among
from leadline.privacy.kinds import DataKind, Store, Subject, Whose
from leadline.privacy.models import RetentionRun
from leadline.privacy.retention_rules import Periods
from leadline.tracking.models import Identity, IdentityEdge, Lead

AT_ONCE = 2_000
"""Each batch scans the event store some times, so few are better; nothing comes in while one is at work, so they are
over in seconds."""
ELSEWHERE = frozenset({"tracking.quarantine", "files.spool", "pipeline.sandbox", "events.memory"})
"""What has a period of its own, is there for seconds, stands in for a CRM (whose records are left as they are), or is
made again from what is left."""


class LeftByAgeError(TransientError):
    """Something of people who went by their age is still there."""

    code = "left_by_age"


@dataclass(frozen=True, slots=True)
class Batch:
    """Who is at hand, by number, as the run's row keeps it.

    Attributes:
        number: unique among batches: what their totals wait under.
        others: people who had one of these identities for a while and live on: they are scored again.
        companies: whose scores are made again.
    """

    number: int
    leads: tuple[int, ...]
    identities: tuple[int, ...]
    others: tuple[int, ...]
    companies: tuple[int, ...]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Batch":
        """The inverse of `as_json`."""
        return cls(value["number"], *(tuple(value[name]) for name in ("leads", "identities", "others", "companies")))

    def as_json(self) -> dict[str, Any]:
        """For the row."""
        numbers = {name: list(getattr(self, name)) for name in ("leads", "identities", "others", "companies")}
        return {"number": self.number, **numbers}


def take_batch(engine: Engine, run: RetentionRun, leads: Collection[int], periods: Periods, now: datetime) -> int:
    """Take away who of these leads is still due. Returns how many."""
    with engine.lock:
        with engine.store.cursor() as cursor:
            find_people(cursor, periods, now, leads)
            due, groups = due_leads(cursor), due_groups(cursor)
        if due:
            begin_batch(engine, run, due, groups, now)
            end_batch(engine, run, now)
    return len(due)


def begin_batch(engine: Engine, run: RetentionRun, due: list[int], groups: list[Due], now: datetime) -> None:
    """(1) The record store."""
    subject = subject_of_all(due)
    with engine.projecting:
        _note_totals(engine, run, subject, now)
        with transaction.atomic():
            batch = _batch(run, subject)
            _take_records(run, subject)
            run.batches, run.work = run.batches + 1, batch.as_json()
            run.taken = added(run.taken, groups)
            run.copy_due = run.sweep_due = True
            run.save()
        note_changed(engine, subject.leads)
        engine.use(engine.ruleset)  # what it remembered of names and claims is not so any more


def end_batch(engine: Engine, run: RetentionRun, now: datetime) -> None:
    """(2) The event store, and whoever lives on. Nothing when no batch is at hand.

    Raises:
        LeftByAgeError: something is still there.
    """
    if run.work is None:
        return
    batch = Batch.from_json(run.work)
    with engine.lock:
        with engine.projecting:
            with engine.store.cursor() as cursor:
                erase_identities(cursor, batch.identities, partial(aged.settle, batch=batch.number))
            note_changed(engine, batch.leads)
        score_those_left(engine, batch.others, batch.companies, now)
        _check_gone(Subject(batch.leads, batch.identities))
        run.work = None
        run.save(update_fields=["work"])


def subject_of_all(leads: Collection[int]) -> Subject:
    """All of these people as one, as `subject_of` has each: merged leads too, unless somebody else's began there."""
    found, fresh = set(leads), set(leads)
    while fresh:
        fresh = set(Lead.objects.filter(merged_into__in=Among(fresh)).values_list("pk", flat=True)) - found
        found |= fresh
    rows = Identity.objects.filter(lead__in=Among(found)).order_by("pk")
    identities = tuple(rows.values_list("pk", flat=True))
    others = Identity.objects.filter(home__in=Among(found)).exclude(pk__in=Among(identities))
    found -= set(others.values_list("home", flat=True)) - set(leads)
    said = rows.exclude(kind=Identity.Kind.ANONYMOUS_ID).values_list("kind", "value")
    return Subject(tuple(sorted(found)), identities, tuple((str(kind), str(value)) for kind, value in said))


def added(taken: list[dict[str, Any]], groups: Iterable[Due]) -> list[dict[str, Any]]:
    """What was taken so far, and this: by rule and source, with the oldest."""
    found = {(row["rule"], row["source"]): dict(row) for row in taken}
    for due in groups:
        row = found.setdefault(
            (due.rule, due.source), {"rule": due.rule, "source": due.source, "count": 0, "oldest": ""}
        )
        row["count"] += due.count
        row["oldest"] = min(filter(None, (row["oldest"], due.oldest.isoformat())))
    return list(found.values())


def _note_totals(engine: Engine, run: RetentionRun, subject: Subject, now: datetime) -> None:
    """What reports counted of them, from the same tables that reports read."""
    bring_up_to_date(engine)
    with engine.store.cursor() as cursor:
        names = [each.name for each in measures(aged.names_of_conversions(cursor)) if each.adds]
        aged.tally(cursor, _number(run), subject.leads, names, now)


def _number(run: RetentionRun) -> int:
    return run.pk * 1_000_000 + run.batches + 1


def _batch(run: RetentionRun, subject: Subject) -> Batch:
    edges = IdentityEdge.objects.filter(identity__in=Among(subject.identities)).exclude(lead__in=Among(subject.leads))
    others = sorted(set(edges.values_list("lead", flat=True)))
    companies = sorted(accounts_of([*subject.leads, *others]))
    return Batch(_number(run), subject.leads, subject.identities, tuple(others), tuple(companies))


def _take_records(run: RetentionRun, subject: Subject) -> None:
    """Counted before the first goes: others go along with it."""
    kinds = _kinds()
    for kind in kinds:
        if held := kind.remains(subject):
            run.rows[kind.name] = run.rows.get(kind.name, 0) + held
    for kind in kinds:
        if kind.store is Store.RECORDS:
            kind.erase(subject)


def _kinds() -> list[DataKind]:
    return [kind for kind in kinds_of(Whose.LEADS) if kind.name not in ELSEWHERE]


def _check_gone(subject: Subject) -> None:
    left = [kind.name for kind in _kinds() if kind.remains(subject)]
    if left:
        raise LeftByAgeError(
            f"Something is still there: {', '.join(left)}.", advice="It is tried again the next night."
        )
