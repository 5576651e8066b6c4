"""The two executors side by side over one store: what the tests of their equality share."""

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from leadline.eventstore import cells as stored_cells
from leadline.eventstore.columns import EDGES, EVENTS, TRAITS, arrow_table
from leadline.eventstore.database import EventStore
from leadline.eventstore.edges import append_edges, max_edge_id
from leadline.eventstore.loading import SegmentLoad, last_load_seq, load_segment
from leadline.eventstore.queries import events_of, identities_of, traits_of
from leadline.eventstore.scoring import score_leads
from leadline.kernel.clock import midnight, to_micros
from leadline.scoring.arithmetic import to_micro
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ruleset import DIMENSIONS, Ruleset
from leadline.scoring.score import LeadScore
from leadline.tracking.events import Event, TraitChange

AS_OF = date(2026, 11, 22)
DAY = 86_400_000_000
NOW = to_micros(midnight(AS_OF)) + DAY // 2
LEADS = (1, 2, 3)
IDENTITIES = (1, 2, 3, 4, 5)


def midnight_of(age: int) -> int:
    """Microseconds at the beginning of the day of this age."""
    return to_micros(midnight(AS_OF - timedelta(days=age)))


@dataclass(frozen=True)
class Story:
    """What happened, in the order it is loaded."""

    events: list[Event]
    traits: list[TraitChange]
    edges: list[tuple[int, int]]
    repeated: list[int]


def numbered(
    found: Sequence[Event], changes: Sequence[TraitChange], chance: random.Random
) -> tuple[list[Event], list[TraitChange]]:
    """With message hashes: of each event one, of each trait change one."""
    hashes = [chance.getrandbits(63) for _ in range(len(found) + len(changes))]
    return (
        [replace(event, message_hash=number) for event, number in zip(found, hashes, strict=False)],
        [replace(change, message_hash=number) for change, number in zip(changes, hashes[len(found) :], strict=True)],
    )


def segment(name: str, found: Sequence[Event], changes: Sequence[TraitChange] = ()) -> SegmentLoad:
    """A segment of these."""
    rows: dict[str, list[object]] = {
        "source": [1] * len(found),
        "message_hash": [event.message_hash for event in found],
        "message_key": [uuid.UUID(int=event.message_hash).bytes for event in found],
        "kind": [event.kind for event in found],
        "name": [event.name for event in found],
        "identity": [event.identity for event in found],
        "occurred_at": [event.occurred_micros for event in found],
        "received_at": [event.occurred_micros for event in found],
        "properties": [json.dumps(event.properties) for event in found],
        "bot": [event.noise == "bot" for event in found],
        "internal": [event.noise == "internal" for event in found],
    }
    trait_rows: dict[str, list[object]] = {
        "identity": [change.identity for change in changes],
        "key": [change.key for change in changes],
        "value": [change.value for change in changes],
        "present": [change.present for change in changes],
        "occurred_at": [change.occurred_micros for change in changes],
        "message_hash": [change.message_hash for change in changes],
    }
    return SegmentLoad(name, arrow_table(EVENTS, rows), arrow_table(TRAITS, trait_rows))


def point(cursor: DuckDBPyConnection, edges: Sequence[tuple[int, int]]) -> None:
    """Append edges in this order."""
    newest = max_edge_id(cursor)
    rows = {
        "edge_id": list(range(newest + 1, newest + len(edges) + 1)),
        "identity": [identity for identity, _ in edges],
        "lead": [lead for _, lead in edges],
        "occurred_at": [NOW] * len(edges),
    }
    append_edges(cursor, arrow_table(EDGES, rows))


def emptied(store: EventStore) -> DuckDBPyConnection:
    """A cursor on the store with nothing in it but the catalogue."""
    cursor = store.cursor()
    for table in ("segments", "events", "edges", "traits", "cells", "identity_lead", "scores", "current_scores"):
        cursor.execute(f"TRUNCATE {table}")
    return cursor


def load_in_parts(cursor: DuckDBPyConnection, story: Story, parts: int) -> None:
    """Load a story in segments, with some messages sent twice, and rebuild what each one touched."""
    repeats = [story.events[index] for index in story.repeated]
    for part in range(parts):
        mine = [*story.events[part::parts], *repeats] if part == parts - 1 else story.events[part::parts]
        before = last_load_seq(cursor)
        load_segment(cursor, segment(f"s{part}", mine, story.traits[part::parts]))
        stored_cells.rebuild_cells(cursor, stored_cells.touched_after(cursor, before))
    point(cursor, story.edges)


def by_expressions(cursor: DuckDBPyConnection, ruleset: Ruleset, as_of: date = AS_OF) -> dict[int, dict[str, object]]:
    """Every lead's row from the event store, with raws and nanos."""
    rows = score_leads(cursor, ruleset, as_of, LEADS, detail=True).to_pylist()
    return {row["lead"]: row for row in rows}


def as_row(lead: int, score: LeadScore, ruleset: Ruleset) -> dict[str, object]:
    """The plain-Python score in the shape of the event store's."""
    factors = [score.factor(factor) for factor in ruleset.factors]
    return {
        "lead": lead,
        **{name: score.dimensions[name].score_micro for name in DIMENSIONS},
        "total": score.total_micro,
        "grade": score.grade,
        "fit": score.fit,
        "fit_points": score.fit_micro,
        "factors": [to_micro(factor.nano) for factor in factors],
        "penalties": [penalty.gate.name in score.penalties for penalty in ruleset.penalties],
        "disqualifications": [gate.name in score.disqualifications for gate in ruleset.disqualifications],
        "raws": list(score.raws),
        "nanos": [factor.nano for factor in factors],
    }


def in_plain_python(cursor: DuckDBPyConnection, ruleset: Ruleset, as_of: date = AS_OF) -> dict[int, dict[str, object]]:
    """The same rows from the events and traits that the store has."""
    rows = {}
    for lead in LEADS:
        owned = identities_of(cursor, lead)
        score = LeadScoringEngine(ruleset).score_history(events_of(cursor, owned), traits_of(cursor, owned), as_of)
        rows[lead] = as_row(lead, score, ruleset)
    return rows
