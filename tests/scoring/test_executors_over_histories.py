"""Both executors give the same bits after everything that can happen to people: merges and unmerges, late events,
changed and deleted traits, and the deletion of what an identity did."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from all_kinds import ALL_KINDS, EVENTS
from duckdb import DuckDBPyConnection
from executor_cast import DAY, IDENTITIES, LEADS, by_expressions, emptied, in_plain_python, midnight_of, point, segment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.eventstore import cells as stored_cells
from leadline.eventstore.database import EventStore
from leadline.eventstore.loading import last_load_seq, load_segment
from leadline.tracking.events import Event, TraitChange

VALUES = ["a", "b", "x", "1", "", 0, 1, 2.5, 3, -1, 99.9995, 100, 1e300, True, False, None, [], {"a": 1}]
NUMBERS = [
    "12",
    "-0.5",
    "1e3",
    "0003",
    "1.",
    ".5",
    " 7",
    "7 ",
    "inf",
    "nan",
    "1_000",
    "0x10",
    "1e999",
    "é",
    "10-50",
    "٣",
]
TRAIT_VALUES = [*NUMBERS, "NL", "9000000001", "-1e12", "12.0005", "2.5e-1", "99999999999999999999999", "1e-400", None]


@dataclass(frozen=True)
class Load:
    """Messages that come in now, of whatever day."""

    events: tuple[Event, ...]
    traits: tuple[TraitChange, ...]


@dataclass(frozen=True)
class Move:
    """An identity belongs to another lead from now on: a merge, or the unmerge that takes it back."""

    identity: int
    lead: int


@dataclass(frozen=True)
class Erase:
    """All that an identity did and was goes."""

    identity: int


hashes = st.integers(0, 2**63 - 1)
moments = st.builds(
    lambda age, offset: midnight_of(age) + offset,
    st.sampled_from([-1, 0, 1, 2, 13, 29, 30, 89, 90, 199, 200]),
    st.sampled_from([0, 1, 61_000_000, DAY // 2, DAY - 1]),
)
events = st.builds(
    Event,
    message_hash=hashes,
    kind=st.sampled_from(["track", "track", "track", "page"]),
    name=st.sampled_from([*EVENTS, "U"]),
    identity=st.sampled_from(IDENTITIES),
    occurred_micros=moments,
    properties=st.dictionaries(st.sampled_from(["p", "p", "engaged_ms"]), st.sampled_from(VALUES), max_size=2),
    noise=st.sampled_from(["", "", "", "", "bot", "internal"]),
)
traits = st.builds(
    TraitChange,
    identity=st.sampled_from(IDENTITIES),
    key=st.sampled_from(["employees", "employees", "country", "title"]),
    value=st.sampled_from(TRAIT_VALUES),
    present=st.sampled_from([True, True, True, False]),
    occurred_micros=moments,
    message_hash=hashes,
)
loads = st.builds(
    Load,
    st.lists(events, max_size=25, unique_by=lambda each: each.message_hash).map(tuple),
    st.lists(traits, max_size=8, unique_by=lambda each: each.message_hash).map(tuple),
)
moves = st.builds(Move, st.sampled_from(IDENTITIES), st.sampled_from(LEADS))
histories = st.lists(
    st.one_of(loads, loads, moves, st.builds(Erase, st.sampled_from(IDENTITIES))), min_size=3, max_size=7
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """One store for all examples; each example empties it."""
    opened = EventStore.open(tmp_path_factory.mktemp("store"), [b"k" * 32], threads=1)
    stored_cells.ensure_metrics(opened.cursor(), ALL_KINDS.metrics_read)
    yield opened
    opened.close()


def happen(cursor: DuckDBPyConnection, what: Load | Move | Erase, place: int) -> None:
    """As the pipeline does it: cells are rebuilt by the identity-days that a load touched, and by nothing else."""
    if isinstance(what, Move):
        point(cursor, [(what.identity, what.lead)])
    elif isinstance(what, Erase):
        for table in ("events", "traits", "cells"):
            cursor.execute(f"DELETE FROM {table} WHERE identity = ?", [what.identity])  # noqa: S608  # our own names
    else:
        before = last_load_seq(cursor)
        load_segment(cursor, segment(f"s{place}", what.events, what.traits))
        stored_cells.rebuild_cells(cursor, stored_cells.touched_after(cursor, before))


@given(history=histories)
@settings(
    derandomize=True,
    deadline=None,
    max_examples=40,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_both_executors_agree_after_every_step(store: EventStore, history: list[Load | Move | Erase]) -> None:
    cursor = emptied(store)
    point(cursor, [(identity, min(identity, 3)) for identity in IDENTITIES])
    for place, what in enumerate(history):
        happen(cursor, what, place)
        assert by_expressions(cursor, ALL_KINDS) == in_plain_python(cursor, ALL_KINDS)


def test_an_unmerge_gives_every_lead_its_score_back(store: EventStore) -> None:
    cursor = emptied(store)
    chance = random.Random(7)  # noqa: S311  # not a secret
    point(cursor, [(identity, min(identity, 3)) for identity in IDENTITIES])
    found = [
        Event(
            chance.getrandbits(63), "track", "E", chance.choice(IDENTITIES), midnight_of(chance.randrange(90)), {"p": 2}
        )
        for _ in range(40)
    ]
    happen(cursor, Load(tuple(found), ()), 0)
    before = by_expressions(cursor, ALL_KINDS)
    happen(cursor, Move(2, 1), 1)
    assert by_expressions(cursor, ALL_KINDS) != before
    happen(cursor, Move(2, 2), 2)
    assert by_expressions(cursor, ALL_KINDS) == before
