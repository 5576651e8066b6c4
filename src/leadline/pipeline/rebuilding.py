"""Everything derived, made again from nothing: cells, sessions, scores, standings and stages.

The journal of evaluations is walked from its beginning in a second, empty event store beside the real one: each load's
events, traits and edges are put there, and the same steps run as ran then, with people as they were known then. At the
end the second store's derived tables take the place of the real one's, and the record store's rows are committed. A
rebuild that dies before has changed nothing, and is begun again.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import transaction

from leadline.eventstore.cells import rebuild_cells, touched_after
from leadline.eventstore.columns import EDGES, arrow_table
from leadline.eventstore.current import forget_current
from leadline.eventstore.database import Cursor, EventStore
from leadline.eventstore.edges import append_edges
from leadline.eventstore.journal import AWAY, JournalRow, Kind
from leadline.eventstore.kept_raws import forget
from leadline.eventstore.rebuilding import copy_load, take_over
from leadline.eventstore.replaying import Edge
from leadline.eventstore.sessions import rebuild_sessions
from leadline.pipeline.accounts import score_all_accounts
from leadline.pipeline.assumed_journal import walkable
from leadline.pipeline.changes import note_everybody
from leadline.pipeline.engine import Engine
from leadline.pipeline.former_records import FormerRecords
from leadline.pipeline.marks import current_mark
from leadline.pipeline.rescoring import evaluate_everyone, evaluate_leads
from leadline.pipeline.stage_replay import Rulebook
from leadline.privacy.keys import derive_keys
from leadline.qualification.models import QualificationEvent, Standing, Transition
from leadline.qualification.resting import make_findable, rest, step_back
from leadline.qualification.standings import SALES_FIELDS

Advance = Callable[[int, int], None]
FOLDER = "rebuild-"
SCORED = frozenset({"fit", "fit_points"})
KEPT = sorted(SALES_FIELDS - SCORED)
"""Columns of standings that an evaluation does not make: they are as they were when a rebuild ends."""


def rebuild(engine: Engine, advance: Advance | None = None) -> dict[str, Any]:
    """Make everything derived again. Writes to the record store wait until it is done.

    Returns:
        evaluations, leads (with a standing), transitions: how many there are now.
    """
    with engine.lock, engine.store.cursor() as cursor, transaction.atomic():
        rows = walkable(cursor, engine.ruleset)
        before = _Before.read()
        Transition.objects.all().delete()
        Standing.objects.all().delete()
        _settle(0)
        with _second_store(engine) as shadow:
            walk = RebuildWalk(cursor, shadow, FormerRecords.of(cursor, rows))
            shadow.records = walk.former
            for number, row in enumerate(rows, start=1):
                walk.step(row)
                if advance:
                    advance(number, len(rows))
            before.restore()
            with shadow.store.cursor() as made:
                take_over(cursor, made)
        forget(cursor)
        engine.prepare()
        if rows:
            score_all_accounts(cursor, engine.ruleset, rows[-1].at)
    note_everybody(engine)
    return {"evaluations": len(rows), "leads": Standing.objects.count(), "transitions": Transition.objects.count()}


@dataclass
class RebuildWalk:
    """A second store on its way through the journal.

    Attributes:
        real: where loads are copied from.
    """

    real: Cursor
    shadow: Engine
    former: FormerRecords
    rules: Rulebook = field(default_factory=Rulebook)
    load_seq: int = 0
    edge_id: int = 0

    def step(self, row: JournalRow) -> None:
        """Do again what a row tells of."""
        self._use(row.ruleset)
        self._learn(row)
        self.former.said = row.said
        if row.kind in AWAY:
            self._set_aside(row)
        elif row.kind is Kind.BACK:
            for lead in row.leads or ():
                step_back(lead, row.at)
        elif row.leads is None:
            evaluate_everyone(self.shadow, row.at, stages=row.kind is not Kind.AS_OF)
        else:
            self.former.away.difference_update(row.leads)
            evaluate_leads(self.shadow, row.leads, row.at, row.kind)

    def _use(self, number: int) -> None:
        if self.shadow.ruleset.number != number or not self.load_seq:
            self.shadow.ruleset = self.rules[number]
            self.shadow.prepare()

    def _learn(self, row: JournalRow) -> None:
        """Put into the second store what was not known at the row before."""
        if row.load_seq <= self.load_seq and row.edge_id <= self.edge_id:
            return
        edges = self.former.tell(row, self.rules[row.ruleset])
        with self.shadow.store.cursor() as cursor:
            copy_load(self.real, cursor, self.load_seq, row.load_seq)
            append_edges(cursor, arrow_table(EDGES, _columns(edges)))
            rebuild_cells(cursor, touched_after(cursor, self.load_seq))
            rebuild_sessions(cursor, self.former.exchanging(edges))
        self.load_seq, self.edge_id = row.load_seq, max(self.edge_id, row.edge_id)
        _settle(self.load_seq)

    def _set_aside(self, row: JournalRow) -> None:
        leads = list(row.leads or ())
        self.former.away.update(leads)
        with self.shadow.store.cursor() as cursor:
            forget_current(cursor, leads)
        if row.kind is Kind.GONE:
            self.former.begun.difference_update(leads)
            Standing.objects.filter(pk__in=leads).delete()
            return
        rest(self.shadow.ruleset, leads)
        if row.kind is Kind.NOISE:
            found = [lead for lead in leads if self.former.past.person(lead).known]
            make_findable(self.shadow.ruleset, found, row.at)
            self.former.begun.update(found)


@dataclass(frozen=True)
class _Before:
    """What a rebuild leaves as it was: what sales did, how far the pipeline came, and what was told to others."""

    standings: Sequence[Standing]
    mark: dict[str, Any]
    told: int

    @classmethod
    def read(cls) -> "_Before":
        mark = current_mark()
        told = QualificationEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        columns = {each.attname: getattr(mark, each.attname) for each in mark._meta.concrete_fields}
        return cls(list(Standing.objects.only("pk", *KEPT)), columns, told or 0)

    def restore(self) -> None:
        there = set(Standing.objects.values_list("pk", flat=True))
        Standing.objects.bulk_update([row for row in self.standings if row.pk in there], KEPT, batch_size=500)
        QualificationEvent.objects.filter(pk__gt=self.told).delete()
        mark = current_mark()
        for name, value in self.mark.items():
            setattr(mark, name, value)
        mark.save()


@contextmanager
def _second_store(engine: Engine) -> Iterator[Engine]:
    """An empty store in a folder of its own inside the data folder. What one that died left behind goes."""
    for left in engine.data.glob(f"{FOLDER}*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=engine.data))
    store = EventStore.open(folder, derive_keys(engine.data, "event-store"))
    try:
        yield replace(engine, store=store)
    finally:
        store.close()
        shutil.rmtree(folder)


def _settle(load_seq: int) -> None:
    """The cells of loads up to this one are complete, as far as the rebuild has come."""
    mark = current_mark()
    mark.load_seq = load_seq
    mark.save(update_fields=["load_seq"])


def _columns(edges: Sequence[Edge]) -> dict[str, list[int]]:
    return {
        "edge_id": [edge.edge_id for edge in edges],
        "identity": [edge.identity for edge in edges],
        "lead": [edge.lead for edge in edges],
        "occurred_at": [edge.occurred_micros for edge in edges],
    }
