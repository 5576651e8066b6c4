"""Scores without new events: decay at each midnight, a new ruleset, identities that were moved by hand."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from leadline.eventstore.current import movers, remain, stages_of_others, week_ago_totals
from leadline.eventstore.database import Cursor
from leadline.eventstore.loading import last_load_seq
from leadline.eventstore.scores import record_scores, refresh_week_ago
from leadline.eventstore.scoring import score_into_table
from leadline.eventstore.sessions import rebuild_sessions
from leadline.kernel.clock import midnight, utc_day
from leadline.pipeline import edges
from leadline.pipeline.engine import Engine
from leadline.pipeline.marks import current_mark
from leadline.pipeline.scoring import record, score, scored_leads
from leadline.qualification import judging
from leadline.qualification.resting import lay_to_rest
from leadline.qualification.scored import ScoredLead
from leadline.qualification.standings import renumber

Progress = Callable[[int, int], None]
CHUNK = 5_000


def evaluate_everyone(engine: Engine, at: datetime, progress: Progress | None = None, *, stages: bool = True) -> int:
    """Score and judge every lead at `at`. Returns how many leads have a score.

    Only leads that an evaluation might move go through the stage machine; the others get their new numbers.

    Args:
        progress: called with (done, total).
        stages: False leaves stages and the mark as they are, for scores as of another day than today.
    """
    with engine.lock, engine.store.cursor() as cursor:
        refresh_week_ago(cursor, at)
        count = score_into_table(cursor, engine.ruleset, at.date(), "all")
        week_ago = week_ago_totals(cursor)
        moving = scored_leads(engine.ruleset, movers(cursor, engine.ruleset), week_ago)
        _renumber_others(engine, cursor, [each.lead for each in moving], at)
        for start in range(0, len(moving), CHUNK):
            _write(engine, cursor, moving[start : start + CHUNK], at, stages=stages)
            if progress:
                progress(min(start + CHUNK, len(moving)), len(moving))
        if stages:
            _move_mark(engine, at)
        return count


def _renumber_others(engine: Engine, cursor: Cursor, moving: Sequence[int], at: datetime) -> None:
    """The leads that stay: first their rows, then their scores, so that a run that dies between is simply repeated."""
    others = stages_of_others(cursor, moving)
    renumber(remain(cursor, moving), engine.ruleset.number, at)
    record_scores(cursor, "scored", at, last_load_seq(cursor), engine.ruleset.number, others)


def _move_mark(engine: Engine, at: datetime) -> None:
    mark = current_mark()
    mark.evaluated_to = max(midnight(utc_day(at)), mark.evaluated_to or midnight(utc_day(at)))
    mark.ruleset = engine.ruleset.number
    mark.save(update_fields=["evaluated_to", "ruleset"])


def evaluate_leads(engine: Engine, leads: Sequence[int], at: datetime) -> None:
    """Score and judge these leads at `at`."""
    with engine.lock, engine.store.cursor() as cursor:
        _write(engine, cursor, score(cursor, engine.ruleset, at.date(), leads), at)


def catch_up_edges(engine: Engine, at: datetime) -> None:
    """Identities that were moved without a segment, by hand: copy their edges and score whom they concern."""
    with engine.lock, engine.store.cursor() as cursor:
        edges.copy_new(cursor)
        mark = current_mark()
        moved, newest = edges.moved_after(cursor, mark.edge_id)
        if not moved:
            return
        leads = edges.leads_of(moved)
        rebuild_sessions(cursor, leads)
        evaluate_leads(engine, leads, at)
        mark.edge_id = newest
        mark.save(update_fields=["edge_id"])


def _write(engine: Engine, cursor: Cursor, scored: Sequence[ScoredLead], at: datetime, *, stages: bool = True) -> None:
    judgements = judging.judge(engine.ruleset, scored, at, stages=stages)
    record(cursor, engine.ruleset, scored, judgements, at, last_load_seq(cursor))
    judged = {judgement.scored.lead for judgement in judgements}
    with transaction.atomic():
        judging.write(engine.ruleset, judgements)
        lay_to_rest(engine.ruleset, [each.lead for each in scored if each.lead not in judged], at)
