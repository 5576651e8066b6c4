"""What is taken over from the last evaluation of everybody is what a full pass would measure, to the bit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from duckdb import DuckDBPyConnection
from executor_cast import AS_OF, LEADS, NOW, Story, emptied, load_in_parts, point, segment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_executors import DEFAULT, stories

from leadline.eventstore import kept_raws
from leadline.eventstore.cells import catalogue, rebuild_cells, retire_metrics, touched_after
from leadline.eventstore.database import EventStore
from leadline.eventstore.loading import last_load_seq, load_segment
from leadline.eventstore.scoring import score_into_table
from leadline.scoring.ruleset import Across, Ruleset
from leadline.tracking.events import Event, TraitChange

DAY = timedelta(days=1)
CHOSEN = ("tool_usage", "content_completion", "quiz_results", "role_builder_progress", "profile_completion")
SMALL = replace(
    DEFAULT,
    factors=tuple(each for each in DEFAULT.factors if each.name in CHOSEN or each.dimension == "conversion"),
    disqualifications=DEFAULT.disqualifications[:2],
)
"""Fewer measures of every sort: each set of measures is compiled anew."""


def altered(ruleset: Ruleset, number: int, *names: str, **fields: object) -> Ruleset:
    """Other fields for the measures of these factors; of all without names."""
    factors = (
        replace(each, measure=replace(each.measure, **fields)) if not names or each.name in names else each
        for each in ruleset.factors
    )
    return replace(ruleset, number=number, factors=tuple(factors))


def lighter(ruleset: Ruleset) -> Ruleset:
    """Other weights and thresholds."""
    factors = (replace(each, weight=each.weight + 7, full_at=each.full_at * 2) for each in ruleset.factors)
    return replace(ruleset, number=2, factors=tuple(factors))


LIGHTER = lighter(DEFAULT)
ONE_CHANGED = altered(DEFAULT, 3, "tool_usage", window_days=3)
RULESETS = (
    SMALL,
    lighter(SMALL),
    altered(SMALL, 3, "tool_usage", "content_completion", window_days=3),
    altered(SMALL, 4, half_life_days=None, window_days=4),
    altered(SMALL, 5, half_life_days=2.5, window_days=4),
    replace(SMALL, number=6, factors=tuple(each for each in SMALL.factors if each.name != "tool_usage")),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """One store for all examples; each example empties it. However many leads are doubtful, the rest is taken over."""
    opened = EventStore.open(tmp_path_factory.mktemp("store"), [b"k" * 32], threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_raws, "DOUBTFUL_SHARE", 1.0)
        yield opened
    opened.close()


def everything(cursor: DuckDBPyConnection) -> tuple[list[object], list[object]]:
    return cursor.execute("FROM raws ORDER BY lead").fetchall(), cursor.execute("FROM scored ORDER BY lead").fetchall()


def assert_as_a_full_pass(cursor: DuckDBPyConnection, ruleset: Ruleset, day: date, settled: int) -> None:
    kept_raws.score_everyone(cursor, ruleset, day, settled)
    taken_over = everything(cursor)
    score_into_table(cursor, ruleset, day, "all")
    assert taken_over == everything(cursor)


usual = st.sampled_from(range(len(RULESETS)))
steps = st.tuples(
    st.sampled_from([0, 1, 1, 1, 2, 3, 14]),
    st.one_of(st.none(), st.none(), usual),
    st.sampled_from([True, True, False]),
)


@given(story=stories(), usually=usual, path=st.lists(steps, min_size=4, max_size=8), data=st.data())
@settings(
    derandomize=True,
    deadline=None,
    max_examples=12,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_taken_over_is_what_a_full_pass_measures(
    store: EventStore, story: Story, usually: int, path: list[tuple[int, int | None, bool]], data: st.DataObject
) -> None:
    cursor = emptied(store)
    kept_raws.forget(cursor)
    day, settled, moves = AS_OF - data.draw(st.sampled_from([0, 5, 15])) * DAY, 0, list(story.edges[5:])
    point(cursor, story.edges[:5])
    for number, (ahead, which, rebuilt) in enumerate(path):
        day += ahead * DAY
        if number in (0, 2):  # other days are quiet, so that there is something to take over
            load_segment(cursor, segment(f"s{number}", story.events[number // 2 :: 2], story.traits[number // 2 :: 2]))
        if rebuilt:  # else a process died here, and everybody is evaluated before the cells are made
            rebuild_cells(cursor, touched_after(cursor, settled))
            settled = last_load_seq(cursor)
        if moves and data.draw(st.sampled_from([False, False, True])):
            point(cursor, [moves.pop()])
        if data.draw(st.sampled_from([False] * 5 + [True])):
            retire_metrics(cursor, list(catalogue(cursor).values())[::2])
        assert_as_a_full_pass(cursor, RULESETS[usually if which is None else which], day, settled)


def tool_use(identity: int, days_ago: int, number: int) -> Event:
    micros = NOW - days_ago * 86_400_000_000
    return Event(number, "track", "Tool Used", identity, micros, {"completed": True})


@pytest.fixture
def cursor(store: EventStore) -> DuckDBPyConnection:
    """Three leads with a tool used today, measured today."""
    cursor = emptied(store)
    kept_raws.forget(cursor)
    events = [tool_use(identity, 0, identity) for identity in LEADS]
    load_in_parts(cursor, Story(events, [], [(identity, identity) for identity in LEADS], []), 1)
    kept_raws.measure_everyone(cursor, DEFAULT.measures, AS_OF, last_load_seq(cursor))
    return cursor


def forge(cursor: DuckDBPyConnection) -> None:
    """Mark what is kept: whoever takes it over has the mark, whoever measures again has not."""
    for factor in DEFAULT.factors:
        mark = f"UPDATE {kept_raws.TABLE} SET {kept_raws.column_of(factor.measure)} = 77"  # noqa: S608  # our own names
        cursor.execute(mark)


def marked(cursor: DuckDBPyConnection, ruleset: Ruleset, day: date = AS_OF, **given: bool) -> set[str]:
    """The factors that were taken over for everybody."""
    kept_raws.score_everyone(cursor, ruleset, day, last_load_seq(cursor), **given)
    return {
        factor.name
        for index, factor in enumerate(ruleset.factors)
        if set(cursor.execute("FROM raws").to_arrow_table().column(f"raw_{index}").to_pylist()) == {77}
    }


NAMES = {factor.name for factor in DEFAULT.factors}


def test_other_weights_and_thresholds_measure_nothing_again(cursor: DuckDBPyConnection) -> None:
    forge(cursor)
    assert marked(cursor, LIGHTER) == NAMES


def test_one_changed_measure_is_measured_alone(cursor: DuckDBPyConnection) -> None:
    forge(cursor)
    assert marked(cursor, ONE_CHANGED) == NAMES - {"tool_usage"}


def test_on_the_next_day_only_what_ages_is_measured_again(cursor: DuckDBPyConnection) -> None:
    forge(cursor)
    ageless = {f.name for f in DEFAULT.factors if f.measure.half_life_days is None or f.measure.across is Across.STATE}
    assert marked(cursor, DEFAULT, AS_OF + DAY) == ageless != set()


def test_a_fresh_pass_takes_nothing_over(cursor: DuckDBPyConnection) -> None:
    forge(cursor)
    assert marked(cursor, DEFAULT, fresh=True) == set()


@pytest.mark.parametrize("days", [-1, kept_raws.DAYS_AHEAD + 1])
def test_nothing_is_taken_over_from_a_later_day_or_from_long_ago(cursor: DuckDBPyConnection, days: int) -> None:
    forge(cursor)
    assert marked(cursor, DEFAULT, AS_OF + days * DAY) == set()


def test_nothing_is_taken_over_when_something_was_taken_out_of_the_store(cursor: DuckDBPyConnection) -> None:
    forge(cursor)
    cursor.execute("DELETE FROM events WHERE identity = 1")
    assert marked(cursor, DEFAULT) == set()


def test_only_whom_a_load_touched_is_measured_again(cursor: DuckDBPyConnection) -> None:
    forge(cursor)
    before = last_load_seq(cursor)
    load_segment(cursor, segment("more", [tool_use(2, 0, 99)]))
    rebuild_cells(cursor, touched_after(cursor, before))
    kept_raws.score_everyone(cursor, DEFAULT, AS_OF, last_load_seq(cursor))
    assert cursor.execute("SELECT lead FROM raws WHERE raw_0 <> 77").fetchall() == [(2,)]


def test_a_factor_left_out_and_put_back_the_same_day_ages_as_before(cursor: DuckDBPyConnection) -> None:
    settled = last_load_seq(cursor)
    without = replace(DEFAULT, number=2, factors=tuple(f for f in DEFAULT.factors if f.name != "tool_usage"))
    for ruleset, day in ((DEFAULT, AS_OF), (without, AS_OF), (DEFAULT, AS_OF), (DEFAULT, AS_OF + DAY)):
        assert_as_a_full_pass(cursor, ruleset, day, settled)


def test_a_trait_of_tomorrow_counts_tomorrow(cursor: DuckDBPyConnection) -> None:
    title = TraitChange(1, "title", "Owner", True, NOW + 86_400_000_000, 98)
    load_segment(cursor, segment("title", [tool_use(1, 0, 98)], [title]))
    rebuild_cells(cursor, touched_after(cursor, 0))
    settled = last_load_seq(cursor)
    assert_as_a_full_pass(cursor, DEFAULT, AS_OF, settled)
    assert_as_a_full_pass(cursor, DEFAULT, AS_OF + DAY, settled)


def test_weights_right_after_a_full_pass_lay_no_days_down(cursor: DuckDBPyConnection) -> None:
    kept_raws.score_everyone(cursor, LIGHTER, AS_OF, last_load_seq(cursor))
    assert cursor.execute(f"SELECT count(*) FROM {kept_raws.DAYS}").fetchall() == [(0,)]  # noqa: S608  # our own name


def test_days_that_were_let_go_are_measured_again_when_a_factor_comes_back(cursor: DuckDBPyConnection) -> None:
    settled = last_load_seq(cursor)
    without = replace(DEFAULT, number=2, factors=tuple(f for f in DEFAULT.factors if f.name != "tool_usage"))
    days = (AS_OF, AS_OF + DAY, AS_OF + DAY, AS_OF + 2 * DAY)
    for ruleset, day in zip((DEFAULT, without, DEFAULT, DEFAULT), days, strict=True):
        assert_as_a_full_pass(cursor, ruleset, day, settled)
