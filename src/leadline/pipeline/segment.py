"""One segment on its way through the steps, in their order. Each step is idempotent: a run that died is run again.

(a) `read`: what is in it. `reach_instant`: the midnights on the way, before anything of the segment is known.
    `take_in`: identities, traits, conversions, quarantine, in the record store.
(b) `load`: events and traits in the event store, once per segment; identity edges. `tell`: the live page.
(c) `rebuild`: cells of touched days. `score`. `judge`: stages. `record`: scores. `note`: the journal, which a replay
    walks. `finish`: rows and the mark; then the segment's file is deleted.

The only thing that says how far (c) came is the mark, and it moves in the transaction that writes the rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from leadline.eventstore.cells import rebuild_cells, touched_after
from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import Kind
from leadline.eventstore.loading import LoadResult, load_segment, loaded
from leadline.eventstore.sessions import rebuild_sessions
from leadline.kernel.clock import from_micros
from leadline.pipeline import edges
from leadline.pipeline.accounts import accounts_of, score_accounts
from leadline.pipeline.changes import note_changed
from leadline.pipeline.engine import Engine
from leadline.pipeline.loads import segment_load
from leadline.pipeline.marks import current_mark
from leadline.pipeline.noting import newest_word, note_leads
from leadline.pipeline.outcomes import outcomes_of
from leadline.pipeline.scoring import record, score
from leadline.qualification import judging
from leadline.qualification.resting import lay_to_rest
from leadline.qualification.scored import ScoredLead
from leadline.qualification.standings import Judgement
from leadline.tracking.arrivals import forget_taking
from leadline.tracking.contents import Contents
from leadline.tracking.intake import Intake
from leadline.tracking.models import EventSource
from leadline.tracking.spool.segments import remove_segment


@dataclass
class SegmentRun:
    """What the steps hand to each other.

    Attributes:
        pass_midnights: evaluates everybody at the UTC midnights up to an instant that were not evaluated yet.
    """

    engine: Engine
    cursor: Cursor
    path: Path
    pass_midnights: Callable[[datetime], None]
    contents: Contents | None = None
    intake: Intake | None = None
    loaded: LoadResult | None = None
    leads: list[int] = field(default_factory=list)
    edge_id: int = 0
    said: int = 0
    scored: list[ScoredLead] = field(default_factory=list)
    judgements: Sequence[Judgement] = ()

    @property
    def taken(self) -> Intake:
        """What step (a) brought."""
        if self.intake is None:
            raise RuntimeError("take_in has not run")
        return self.intake

    @property
    def at(self) -> datetime:
        """The instant a segment stands for: when its last record came in. Stages are evaluated as of then, so that
        when a segment is loaded changes nothing."""
        if self.contents is None:
            raise RuntimeError("read has not run")
        return max(from_micros(self.contents.last_received_micros), segment_began(self.path))


def read(run: SegmentRun) -> None:
    """(a) What is in it; nothing is written."""
    run.contents = run.engine.desk.read(run.path, run.engine.spool_keys)


def reach_instant(run: SegmentRun) -> None:
    """The midnights inside a segment that spans one come before its own instant: time never runs backwards. They know
    nothing of the segment yet, neither its records nor its events."""
    run.pass_midnights(run.at)


def take_in(run: SegmentRun) -> None:
    """(a) Records."""
    if run.contents is not None:
        run.intake = run.engine.desk.record(run.contents)


def load(run: SegmentRun) -> None:
    """(b) Events and edges."""
    run.loaded = load_segment(run.cursor, segment_load(run.taken))
    edges.copy_new(run.cursor)


def tell(run: SegmentRun) -> None:
    """What became of the messages, for whoever watches the live page."""
    if run.loaded is not None and run.engine.live.is_new(run.taken.segment):
        run.engine.live.publish(outcomes_of(run.taken, run.loaded, EventSource.objects.in_bulk()))


def rebuild(run: SegmentRun) -> None:
    """(c) Cells and sessions of the identity-days that loads after the mark touched, and which leads that concerns."""
    mark = current_mark()
    touched = touched_after(run.cursor, mark.load_seq)
    rebuild_cells(run.cursor, touched)
    moved, run.edge_id = edges.moved_after(run.cursor, mark.edge_id)
    rebuild_sessions(run.cursor, edges.leads_exchanging(moved))
    run.leads = edges.leads_of(run.taken.touched | edges.touched_identities(run.cursor, mark.load_seq) | moved)


def calculate(run: SegmentRun) -> None:
    """(c) Scores of the touched leads, as of the segment's instant."""
    if run.taken.drafts or run.leads:
        run.scored = score(run.cursor, run.engine.ruleset, run.at.date(), run.leads)


def judge(run: SegmentRun) -> None:
    """(c) Stages."""
    run.said = newest_word()
    run.judgements = judging.judge(run.engine.ruleset, run.scored, run.at, records=run.engine.records)


def keep_scores(run: SegmentRun) -> None:
    """(c) Score rows, appended where total, grade or stage changed."""
    if run.loaded is not None and run.scored:
        record(run.cursor, run.engine.ruleset, run.scored, run.judgements, run.at, run.loaded.load_seq)


def note(run: SegmentRun) -> None:
    """(c) The journal's row of this load, with whom it concerned."""
    judged = [judgement.scored.lead for judgement in run.judgements]
    note_leads(run.cursor, run.engine.ruleset, Kind.LOAD, run.at, run.leads, judged, run.said)


def finish(run: SegmentRun) -> None:
    """(c) Lead rows, those of their companies, transitions and the mark, in one transaction."""
    with transaction.atomic():
        companies = accounts_of(run.leads)
        judging.write(run.engine.ruleset, run.judgements)
        lay_to_rest(run.engine.ruleset, run.leads, run.at)
        score_accounts(run.cursor, run.engine.ruleset, companies, run.at)
        mark = current_mark()
        if run.loaded is not None:
            mark.load_seq = max(mark.load_seq, run.loaded.load_seq)
        mark.edge_id = max(mark.edge_id, run.edge_id)
        mark.ruleset = mark.ruleset or run.engine.ruleset.number
        mark.save()
    note_changed(run.engine, run.leads, run.taken.companies)


def discard(run: SegmentRun) -> None:
    """The segment's file is not needed any more; without it, it cannot be taken again."""
    remove_segment(run.path)
    forget_taking(run.path.name)


def is_finished(run: SegmentRun) -> bool:
    """Whether the mark has passed this segment: a file that is still there, or there again, has nothing to add."""
    earlier = loaded(run.cursor, run.path.name)
    return earlier is not None and earlier.load_seq <= current_mark().load_seq


Step = Callable[[SegmentRun], None]
STEPS: tuple[Step, ...] = (
    *(read, reach_instant, take_in, load, tell),
    *(rebuild, calculate, judge, keep_scores, note, finish, discard),
)


def segment_began(path: Path) -> datetime:
    """When the first record of a segment came in, as its name says."""
    return from_micros(int(path.name.split("-", 1)[0]))
