"""Scores without new events: decay at each midnight, a new ruleset, identities that were moved by hand."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction

from leadline.eventstore.cells import rebuild_cells, touched_after
from leadline.eventstore.current import (
    find_movers,
    keep_stages_of_others,
    movers_from,
    remain,
    week_ago_totals,
)
from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import Kind, begun_at
from leadline.eventstore.kept_raws import score_everyone
from leadline.eventstore.loading import last_load_seq
from leadline.eventstore.scores import record_scores, refresh_week_ago
from leadline.eventstore.scoring import score_into_table
from leadline.eventstore.sessions import rebuild_sessions
from leadline.kernel.clock import midnight, utc_day
from leadline.pipeline import edges
from leadline.pipeline.accounts import accounts_of, score_accounts, score_all_accounts
from leadline.pipeline.changes import note_changed, note_rescored
from leadline.pipeline.engine import Engine
from leadline.pipeline.marks import current_mark
from leadline.pipeline.noting import newest_word, note_everyone, note_leads
from leadline.pipeline.scoring import record, score, scored_leads
from leadline.qualification import judging
from leadline.qualification.resting import lay_to_rest
from leadline.qualification.scored import ScoredLead
from leadline.qualification.standings import renumber
from leadline.tracking.models import Account, Lead

Progress = Callable[[int, int], None]
CHUNK = 5_000


def evaluate_everyone(
    engine: Engine, at: datetime, progress: Progress | None = None, *, stages: bool = True, fresh: bool = False
) -> int:
    """Score and judge every lead at `at`. Returns how many leads have a score.

    Only leads that an evaluation might move go through the stage machine; the others get their new numbers.

    Args:
        progress: called with (done, total).
        stages: False leaves stages and the mark as they are, for scores as of another day than today.
        fresh: measure everybody again, instead of what can have changed since then (`eventstore/kept_raws.py`).
    """
    with engine.lock, engine.store.cursor() as cursor:
        _complete_cells(cursor)
        note_everyone(cursor, engine.ruleset, _kind(engine, at, stages=stages), at)
        refresh_week_ago(cursor, at)
        count = _score_all(engine, cursor, at, fresh=fresh, stages=stages)
        moving = find_movers(cursor, engine.ruleset)
        _renumber_others(engine, cursor, at)
        for start in range(0, moving, CHUNK):
            some = movers_from(cursor, engine.ruleset, start, CHUNK)
            week_ago = week_ago_totals(cursor, some.column("lead").to_pylist())
            _write(engine, cursor, scored_leads(engine.ruleset, some, week_ago), at, stages=stages)
            if progress:
                progress(min(start + CHUNK, moving), moving)
        score_all_accounts(cursor, engine.ruleset, at)
        if stages:
            _move_mark(engine, at)
        return count


def _complete_cells(cursor: Cursor) -> None:
    """The cells of a load that died before it made its own: what is scored now is stamped with that load."""
    settled = current_mark().load_seq
    if last_load_seq(cursor) > settled:
        rebuild_cells(cursor, touched_after(cursor, settled))


def _score_all(engine: Engine, cursor: Cursor, at: datetime, *, fresh: bool, stages: bool) -> int:
    """Scores of everybody. Those of another day are no step on the way that the kept raws go."""
    if not stages:
        return score_into_table(cursor, engine.ruleset, at.date(), "all")
    return score_everyone(cursor, engine.ruleset, at.date(), current_mark().load_seq, fresh=fresh)


def _kind(engine: Engine, at: datetime, *, stages: bool) -> Kind:
    """What the journal calls an evaluation of everybody."""
    if not stages:
        return Kind.AS_OF
    if engine.ruleset.number != current_mark().ruleset:
        return Kind.PUBLISH
    return Kind.MIDNIGHT if at == midnight(utc_day(at)) else Kind.RESCORE


def _renumber_others(engine: Engine, cursor: Cursor, at: datetime) -> None:
    """The leads that stay: first their rows, then their scores, so that a run that dies between is simply repeated."""
    keep_stages_of_others(cursor)
    for rows in remain(cursor, CHUNK):
        renumber(rows, engine.ruleset.number, at)
        note_rescored(engine, [row[0] for row in rows])
    record_scores(cursor, "staying", at, last_load_seq(cursor), engine.ruleset.number)


def _move_mark(engine: Engine, at: datetime) -> None:
    mark = current_mark()
    mark.evaluated_to = max(midnight(utc_day(at)), mark.evaluated_to or midnight(utc_day(at)))
    mark.ruleset = engine.ruleset.number
    mark.save(update_fields=["evaluated_to", "ruleset"])


def evaluate_leads(engine: Engine, leads: Sequence[int], at: datetime, kind: Kind = Kind.EDGES) -> None:
    """Score and judge these leads at `at`.

    Args:
        kind: what the journal calls it.
    """
    with engine.lock, engine.store.cursor() as cursor:
        _complete_cells(cursor)
        _write(engine, cursor, score(cursor, engine.ruleset, at.date(), leads), at, kind=kind)
    (note_rescored if kind is Kind.SALES else note_changed)(engine, leads)


def score_those_left(engine: Engine, leads: Collection[int], companies: Collection[int], at: datetime) -> None:
    """Of leads and companies that had to do with people who went, score those again that are still there."""
    others = list(Lead.objects.filter(pk__in=leads).values_list("pk", flat=True))
    if others:
        evaluate_leads(engine, others, at)
    theirs = list(Account.objects.filter(pk__in=companies).values_list("pk", flat=True))
    with engine.store.cursor() as cursor, transaction.atomic():
        score_accounts(cursor, engine.ruleset, theirs, at)


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
        evaluate_leads(engine, leads, begun_at(cursor, mark.edge_id) or at)
        mark.edge_id = newest
        mark.save(update_fields=["edge_id"])


def _write(
    engine: Engine,
    cursor: Cursor,
    scored: Sequence[ScoredLead],
    at: datetime,
    *,
    stages: bool = True,
    kind: Kind | None = None,
) -> None:
    """Judge and write. With a `kind` it is noted in the journal, and companies are scored; an evaluation of everybody
    was noted already, and scores all companies itself."""
    said = newest_word()
    judgements = judging.judge(engine.ruleset, scored, at, stages=stages, records=engine.records)
    record(cursor, engine.ruleset, scored, judgements, at, last_load_seq(cursor))
    judged = {judgement.scored.lead for judgement in judgements}
    if kind is not None:
        note_leads(cursor, engine.ruleset, kind, at, [each.lead for each in scored], sorted(judged), said)
    with transaction.atomic():
        companies = accounts_of(each.lead for each in scored) if kind else frozenset()
        judging.write(engine.ruleset, judgements)
        lay_to_rest(engine.ruleset, [each.lead for each in scored if each.lead not in judged], at)
        score_accounts(cursor, engine.ruleset, companies, at)
    note_rescored(engine, [each.lead for each in scored])
