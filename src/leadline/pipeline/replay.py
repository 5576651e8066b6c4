"""Scores as they were: for any day, with what was known at any time, under any ruleset, to the last bit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from leadline.eventstore import scores
from leadline.eventstore.database import Cursor
from leadline.eventstore.journal import row_at
from leadline.eventstore.replaying import (
    Knowledge,
    history_known,
    identities_known,
    knowledge_by_segments,
    knowledge_now,
)
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.consent_then import profiling_permitted
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead, is_seen, survivor
from leadline.scoring.arithmetic import points
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ruleset import DIMENSIONS, Ruleset
from leadline.scoring.score import LeadScore
from leadline.scoring.service import ruleset_of
from leadline.tracking.models import Lead


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a score was made of.

    Attributes:
        known_at: the moment that was asked for; None is all that is known.
        ruleset: its number; 0 for a draft.
        permitted: False when the person was known to refuse profiling: the score is that of nothing.
    """

    as_of: date
    known_at: datetime | None
    knowledge: Knowledge
    ruleset: int
    permitted: bool = True


@dataclass(frozen=True, slots=True)
class Replayed:
    """A score and its stamp."""

    lead: int
    score: LeadScore
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One stored score row. Points are millionths; `dimensions` by name."""

    lead: int
    as_of: datetime
    total: int
    dimensions: dict[str, int]
    grade: str
    fit: int
    stage: str
    ruleset: int
    load_seq: int
    edge_id: int


def score_as_known(
    engine: Engine, lead: int, as_of: date, known_at: datetime | None = None, ruleset: str = ""
) -> LeadScore:
    """The score of a lead at the end of a UTC day, with what was known at a moment, under a ruleset.

    Args:
        lead: its number; one that was merged away since is what it was then.
        known_at: aware; without it everything counts that is known.
        ruleset: a reference (`scoring.service.ruleset_of`). Nothing: the one in force, or that was in force then.

    Raises:
        NotFoundError: there is no such ruleset.
    """
    return replayed(engine, lead, as_of, known_at, ruleset).score


def replayed(engine: Engine, lead: int, as_of: date, known_at: datetime | None = None, ruleset: str = "") -> Replayed:
    """The same with the stamp that says what it was made of."""
    with engine.store.cursor() as cursor:
        knowledge, number = _known(cursor, known_at)
        rules = ruleset_of(ruleset or (str(number) if number else ""))
        permitted = profiling_permitted(cursor, lead, knowledge, known_at)
        score = score_known(cursor, rules, lead, as_of, knowledge) if permitted else nothing(rules, as_of)
    return Replayed(lead, score, Stamp(as_of, known_at, knowledge, rules.number, permitted))


def score_known(cursor: Cursor, ruleset: Ruleset, lead: int, as_of: date, knowledge: Knowledge) -> LeadScore:
    """The score from what these loads and edges told. Every stored score row is this of its own stamp."""
    identities = identities_known(cursor, lead, knowledge.edge_id)
    events, traits = history_known(cursor, identities, knowledge.load_seq)
    return LeadScoringEngine(ruleset).score_history(events, traits, as_of)


def nothing(ruleset: Ruleset, as_of: date) -> LeadScore:
    """The score of somebody of whom nothing counts."""
    return LeadScoringEngine(ruleset).score_history([], [], as_of)


def history(engine: Engine, lead: int) -> list[HistoryPoint]:
    """Every score row of a lead, oldest first, and those of people merged into it from before the merge."""
    found = [lead, *Lead.objects.filter(merged_into=lead).values_list("pk", flat=True)]
    with engine.store.cursor() as cursor:
        rows = [row for each in found for row in scores.history(cursor, each)]
    return sorted((_point(row) for row in rows), key=lambda point: (point.as_of, point.load_seq, point.edge_id))


def score_lead(engine: Engine, lead: str, as_of: str = "", known_at: str = "", ruleset: str = "") -> dict[str, Any]:
    """A lead's score for a day, with what was known at a moment, under a ruleset.

    Args:
        lead: its number, a user id or an e-mail address. The number of one that was merged away means that one.
        as_of: a day or a moment; nothing is today, or the day of `known_at`.
        known_at: a day (its end) or a moment; nothing is now.
        ruleset: a reference; nothing is the one that was in force.
    """
    known = moment_of(known_at) if known_at else None
    day = (moment_of(as_of) if as_of else known or utc_now()).astimezone(UTC).date()
    found = replayed(engine, _number(lead), day, known, ruleset)
    stamp = found.stamp
    return {
        "lead": found.lead,
        **found.score.as_dict(),
        "stamp": {
            "as_of": stamp.as_of.isoformat(),
            "known_at": None if stamp.known_at is None else stamp.known_at.isoformat(),
            "load_seq": stamp.knowledge.load_seq,
            "edge_id": stamp.knowledge.edge_id,
            "ruleset": stamp.ruleset,
            "permitted": stamp.permitted,
        },
    }


def score_history(engine: Engine, lead: str) -> list[dict[str, Any]]:
    """Every stored score of a lead, oldest first."""
    return [
        {
            "lead": point.lead,
            "as_of": point.as_of.isoformat(),
            "total": points(point.total),
            **{name: points(micro) for name, micro in point.dimensions.items()},
            "grade": point.grade,
            "fit": point.fit,
            "stage": point.stage,
            "stamp": {"load_seq": point.load_seq, "edge_id": point.edge_id, "ruleset": point.ruleset},
        }
        for point in history(engine, _number(lead))
    ]


def moment_of(text: str) -> datetime:
    """A moment in UTC; a day means its end.

    Raises:
        TerminalError: it is neither.
    """
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise TerminalError(f"{text!r} is no date.", advice="Use 2026-05-14 or 2026-05-14T10:00:00Z.") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _known(cursor: Cursor, known_at: datetime | None) -> tuple[Knowledge, int]:
    """What was known, and the number of the ruleset in force; 0 when the journal does not say."""
    if known_at is None:
        return knowledge_now(cursor), 0
    row = row_at(cursor, known_at)
    if row is None:
        return knowledge_by_segments(cursor, known_at), 0
    return Knowledge(row.load_seq, row.edge_id), row.ruleset


def _number(text: str) -> int:
    """A number means that very lead, merged since or not; names are looked up.

    Raises:
        NotFoundError: nobody fits whom whoever asks sees.
    """
    wanted = text.strip()
    lead = Lead.objects.filter(pk=number_of(wanted) or 0).first()
    if lead is not None and is_seen(survivor(lead)):
        named = _named(wanted)
        return lead.pk if named is None else named
    return find_lead(text).pk


def _named(text: str) -> int | None:
    """Somebody whose user id is this number."""
    try:
        found = find_lead(text)
    except NotFoundError:
        return None
    return None if found.pk == int(text) or found.merged.filter(pk=int(text)).exists() else found.pk


def _point(row: scores.Row) -> HistoryPoint:
    return HistoryPoint(
        lead=row["lead"],
        as_of=row["as_of"].replace(tzinfo=UTC),
        total=row["total"],
        dimensions={name: row[name] for name in DIMENSIONS},
        grade=row["grade"],
        fit=row["fit"],
        stage=row["stage"],
        ruleset=row["ruleset"],
        load_seq=row["load_seq"],
        edge_id=row["edge_id"],
    )
