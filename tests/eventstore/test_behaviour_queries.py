"""Funnels, retention and journeys of the store equal their plain references on generated histories."""

import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from behaviour_cast import MINUTE, Act, fill, list_people
from duckdb import DuckDBPyConnection
from event_cast import KEYS, NOON, edges, page, segment
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.analytics.funnel import Funnel, Happening, Order, Reach, reaches
from leadline.analytics.journeys import PathRules, Scope, Side, paths_of
from leadline.analytics.retention import Cohort, Counting, Retention, RetentionClock, returns_of
from leadline.analytics.steps import parse_step, parse_steps
from leadline.eventstore import doings
from leadline.eventstore.database import EventStore
from leadline.eventstore.edges import append_edges
from leadline.eventstore.funnels import FunnelQuery, funnel_of
from leadline.eventstore.journey_arrays import NOTHING
from leadline.eventstore.journeys import JourneyQuery, journeys_of
from leadline.eventstore.loading import load_segment
from leadline.eventstore.retention import RetentionQuery, bucket_sql, retention_of

NOW = datetime(2027, 1, 1, tzinfo=UTC)
NAMES = ("Signed Up", "Tool Used", "Quote Requested", "/pricing", "Other")
ACTS = st.lists(
    st.builds(Act, st.integers(1, 4), st.integers(0, 200), st.sampled_from(NAMES), st.integers(0, 1)),
    min_size=1,
    max_size=40,
)
STEPS = ("Signed Up", "Tool Used{tool=quiz}", "any")
MEETS = {"Signed Up": (0, 2), "Tool Used": (1, 2)}
BOUNDS = (0, 40, 70, 100, 160)
"""In minutes: buckets of different lengths, as daylight saving and months make them."""


@pytest.fixture(scope="module")
def opened() -> Iterator[EventStore]:
    """One store for all examples."""
    with tempfile.TemporaryDirectory() as folder:
        store = EventStore.open(Path(folder), KEYS, threads=1)
        yield store
        store.close()


@contextmanager
def stored(opened: EventStore, acts: list[Act]) -> Iterator[DuckDBPyConnection]:
    """Nothing but these acts."""
    with opened.cursor() as cursor:
        for table in ("events", "traits", "edges", "identity_lead", "segments"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # from this line
        doings.forget(cursor)
        fill(cursor, acts)
        doings.bring_doings_up_to_date(cursor)
        yield cursor


def histories(acts: list[Act]) -> dict[int, list[Act]]:
    return {lead: [act for act in acts if act.lead == lead] for lead in sorted({act.lead for act in acts})}


@settings(max_examples=40, deadline=None)
@given(
    acts=ACTS,
    order=st.sampled_from(Order),
    window=st.integers(0, 120),
    enter=st.integers(1, 220),
    exclude=st.booleans(),
)
def test_a_funnel_of_the_store_is_the_reference(
    opened: EventStore, acts: list[Act], order: Order, window: int, enter: int, exclude: bool
) -> None:
    funnel = Funnel(len(STEPS), order, window * MINUTE, NOON + enter * MINUTE)
    excluded = parse_steps(["Page /pr*"] if exclude else [])
    query = FunnelQuery(funnel, parse_steps(STEPS), NOON, NOON + 500 * MINUTE, excluded)
    with stored(opened, acts) as cursor:
        found = funnel_of(cursor, query, NOW)
    for lead, history in histories(acts).items():
        told = [Reach(int(step.at[place]), int(step.started[place]), int(step.before[place]))
                for step in found.steps for place in np.flatnonzero(step.lead == lead)]  # fmt: skip
        happened = [Happening(act.at, MEETS.get(act.name, (2,))) for act in history]
        if exclude:
            happened += [Happening(act.at, (), excluded=True) for act in history if act.name == "/pricing"]
        assert told == list(reaches(funnel, happened))


@settings(max_examples=40, deadline=None)
@given(
    acts=ACTS,
    cohort=st.sampled_from(Cohort),
    counting=st.sampled_from(Counting),
    clock=st.sampled_from(RetentionClock),
    start=st.sampled_from(("any", "Signed Up")),
    back=st.sampled_from(("any", "Tool Used")),
)
def test_retention_of_the_store_is_the_reference(
    opened: EventStore,
    acts: list[Act],
    cohort: Cohort,
    counting: Counting,
    clock: RetentionClock,
    start: str,
    back: str,
) -> None:
    bounds = tuple(NOON + minute * MINUTE for minute in BOUNDS)
    wanted = Retention(bounds, 25 * MINUTE, cohort, counting, clock, (1, 3))
    with stored(opened, acts) as cursor:
        found = retention_of(cursor, RetentionQuery(wanted, parse_step(start), parse_step(back)), NOW)
    expected: Counter[tuple[int, int]] = Counter()
    for history in histories(acts).values():
        starts, returns = ([act.at for act in history if step in ("any", act.name)] for step in (start, back))
        expected.update(returns_of(wanted, starts, returns))
    for place in range(wanted.buckets):
        assert found.people[place] == expected[place, -1]
        for column, (first, _) in enumerate(wanted.spans):
            if place + first < wanted.buckets:
                assert found.returned[place, column] == expected[place, column], (place, column)


@settings(max_examples=40, deadline=None)
@given(
    acts=ACTS,
    side=st.sampled_from(Side),
    scope=st.sampled_from(Scope),
    length=st.integers(2, 4),
    anchor=st.sampled_from(("", "Tool Used", "Page /pricing")),
)
def test_journeys_of_the_store_are_the_reference(
    opened: EventStore, acts: list[Act], side: Side, scope: Scope, length: int, anchor: str
) -> None:
    rules = PathRules(length, side, scope)
    named = parse_step(anchor) if anchor else None
    with stored(opened, acts) as cursor:
        found = journeys_of(cursor, JourneyQuery("both", rules, named, NOON, NOON + 500 * MINUTE), NOW)
    told = Counter(
        (int(lead), tuple(found.labels[node] for node in nodes if node != NOTHING))
        for lead, nodes in zip(found.paths.lead, found.paths.nodes.tolist(), strict=True)
    )
    numbers = {name: number for number, name in enumerate(sorted({act.name for act in acts}))}
    met = numbers.get(anchor.removeprefix("Page "), 99)
    reference = PathRules(length, side, scope, frozenset({met}) if anchor else None)
    expected: Counter[tuple[int, tuple[str, ...]]] = Counter()
    for lead, history in histories(acts).items():
        rows = sorted((act.at, numbers[act.name]) for act in history)
        expected.update((lead, tuple(sorted(numbers)[node] for node in path)) for path in paths_of(reference, rows))
    assert told == expected


def rows_of(cursor: DuckDBPyConnection) -> list[tuple[object, ...]]:
    query = f"SELECT lead, moment, kind, name, path FROM {doings.DOINGS} JOIN {doings.CODES} USING (code)"  # noqa: S608  # constants
    return sorted(cursor.execute(query).fetchall())


@settings(max_examples=30, deadline=None)
@given(
    first=ACTS,
    later=ACTS,
    moves=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1), st.integers(1, 4)), max_size=4),
)
def test_what_came_since_and_merges_give_what_is_made_anew(
    opened: EventStore, first: list[Act], later: list[Act], moves: list[tuple[int, int, int]]
) -> None:
    with stored(opened, first) as cursor:
        doings.bring_doings_up_to_date(cursor)
        rows = [page(100 + place, act.identity, act.at, kind="track", name=act.name) for place, act in enumerate(later)]
        load_segment(cursor, segment("later", rows))
        doings.bring_doings_up_to_date(cursor)  # before it is known whose they are
        known = {identity for (identity,) in cursor.execute("SELECT identity FROM identity_lead").fetchall()}
        new = sorted({(act.identity, act.lead) for act in later if act.identity not in known})
        moved = [(lead * 10 + device, other) for lead, device, other in moves]
        append_edges(cursor, edges(*((100 + place, *pair) for place, pair in enumerate([*new, *moved]))))
        doings.bring_doings_up_to_date(cursor)
        kept = rows_of(cursor)
        doings.forget(cursor)
        doings.bring_doings_up_to_date(cursor)
        assert kept == rows_of(cursor)


def test_robots_and_people_who_are_not_listed_are_left_out(cursor: DuckDBPyConnection) -> None:
    fill(cursor, [Act(1, 0, "Signed Up"), Act(2, 0, "Signed Up")])
    load_segment(cursor, segment("robots", [page(50, 10, NOON, kind="track", name="Signed Up", bot=True)]))
    cursor.execute("DELETE FROM memory.main.people WHERE lead = 2")
    doings.bring_doings_up_to_date(cursor)
    query = FunnelQuery(Funnel(1, Order.ORDERED, 0, NOON + MINUTE), parse_steps(["Signed Up"]), NOON, NOON + MINUTE)
    assert funnel_of(cursor, query, NOW).steps[0].lead.tolist() == [1]
    list_people(cursor)
    assert funnel_of(cursor, query, NOW).steps[0].lead.tolist() == [1, 2]


@pytest.mark.parametrize("bounds", [(0, 10, 20, 30), (0, 9, 20, 31, 41, 51), (5, 6)])
def test_instants_fall_into_their_buckets(cursor: DuckDBPyConnection, bounds: tuple[int, ...]) -> None:
    for moment in range(bounds[0], bounds[-1]):
        ((found,),) = cursor.execute(f"SELECT {bucket_sql(bounds, str(moment))}").fetchall()
        assert found == bisect_right(bounds, moment) - 1
