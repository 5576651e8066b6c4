"""Both executors give the same bits, whatever happened, in whatever order it was loaded."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import ibis
import pytest
from executor_cast import (
    AS_OF,
    DAY,
    IDENTITIES,
    LEADS,
    NOW,
    Story,
    by_expressions,
    emptied,
    in_plain_python,
    load_in_parts,
    midnight_of,
    numbered,
    segment,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engagement.metrics import Metric
from leadline.eventstore import cells as stored_cells
from leadline.eventstore.database import EventStore
from leadline.eventstore.loading import load_segment
from leadline.eventstore.queries import events_of, traits_of
from leadline.eventstore.scoring import compiled, score_leads
from leadline.scoring.document import load_ruleset, read_ruleset
from leadline.scoring.expressions import raws
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score_expressions import scores
from leadline.tracking.events import Event, TraitChange

RULESETS = Path(__file__).parents[2] / "rulesets"
DEFAULT = read_ruleset(RULESETS / "offshore-staffing.yaml", 1)
EXTREME = load_ruleset((Path(__file__).parent / "extreme.yaml").read_text(), 2)

ODD_NUMBERS = [0, 1, -1, 0.0005, -0.0005, 2.5, 99.9995, 100, 1e9, -1e9, 9e6, 1e18, -1e300, 86_400_000, 86_400_001, 7]
ODD_VALUES = [*ODD_NUMBERS, True, False, "", "1", "a", "true", None, [], {}]
WINDOW_EDGES = [0, 1, 13, 14, 20, 59, 60, 89, 90, 179, 180, 364, 365, 3649, 3650, -1, -2]
NAMES = sorted({name for metric in DEFAULT.metrics.values() for name in (*metric.events, *metric.unless)})
READ = [metric for ruleset in (DEFAULT, EXTREME) for metric in ruleset.metrics.values() if metric.events]
PROPERTIES = ["completed", "content_id", "engaged_ms", "score", "progress", "course_id", "quote_id", "call_id", "seats"]
TRAIT_KEYS = ["title", "phone", "company_name", "employees", "email_class", "country", "nickname"]

moments = st.one_of(
    st.builds(
        lambda age, offset: midnight_of(age) + offset, st.sampled_from(WINDOW_EDGES), st.sampled_from([0, 1, -1])
    ),
    st.builds(lambda age, offset: midnight_of(age) + offset, st.integers(-2, 200), st.integers(0, DAY - 1)),
)
property_values = st.one_of(st.sampled_from(ODD_VALUES), st.integers(0, 120), st.floats(-1e4, 1e4))


@st.composite
def odd_events(draw: st.DrawFn) -> Event:
    """An event with properties that may or may not mean something; its message hash is given later."""
    chosen = draw(st.lists(st.sampled_from([*PROPERTIES, "intent"]), max_size=5))
    properties = {name: draw(property_values) for name in chosen}
    if "intent" in properties:
        properties["intent"] = draw(st.sampled_from(["work", "hire", 1]))
    kind = draw(st.sampled_from(["track", "track", "track", "page", "screen", "identify", "group", "alias"]))
    name = draw(st.sampled_from(NAMES)) if kind == "track" else kind
    noise = draw(st.sampled_from(["", "", "", "bot", "internal"]))
    return Event(0, kind, name, draw(st.sampled_from(IDENTITIES)), draw(moments), properties, noise)


def crowd(chance: random.Random, size: int) -> list[Event]:
    """Events that three metrics read, of few days and with few values, so that they meet on a day and with a key."""
    metrics = chance.sample(READ, 3)
    return [_telling(chance, chance.choice(metrics)) for _ in range(size)]


def _telling(chance: random.Random, metric: Metric) -> Event:
    name = chance.choice([*metric.events, *metric.events, *metric.unless])
    value = chance.choice(["a", "b", "c", "d", 3, 12, 85.5, 60_000])
    met = {condition.property: condition.values[0] for condition in metric.where if condition.values}
    moment = midnight_of(chance.choice([0, 1, 2, 5, 13])) + chance.choice([0, 1, DAY // 2, DAY - 1])
    given = {metric.property or "other": value} | met
    noise = chance.choice(["", "", "", "", "bot", "internal"])
    return Event(0, "track", name, chance.choice([1, 1, 2, 3, 4, 5]), moment, given, noise)


traits = st.builds(
    TraitChange,
    identity=st.sampled_from(IDENTITIES),
    key=st.sampled_from(TRAIT_KEYS),
    value=st.sampled_from([None, "free", "own", "test", "disposable", "competitor", "x"]),
    present=st.booleans(),
    occurred_micros=moments,
    message_hash=st.just(0),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Events and traits of five identities, which move between three leads."""
    seed = draw(st.integers(0, 2**32))
    chance = random.Random(seed)  # noqa: S311  # not a secret
    met = crowd(chance, draw(st.sampled_from([40, 0, 12])))
    odd = draw(st.lists(odd_events(), max_size=20))
    found, changes = numbered([*met, *odd], draw(st.lists(traits, max_size=15)), chance)
    first = [(identity, min(identity, 3)) for identity in IDENTITIES]
    moves = draw(st.lists(st.tuples(st.sampled_from(IDENTITIES), st.sampled_from(LEADS)), max_size=4))
    repeated = draw(st.lists(st.integers(0, len(found) - 1), max_size=5)) if found else []
    return Story(found, changes, [*first, *moves], repeated)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """One store for all examples; each example empties it."""
    opened = EventStore.open(tmp_path_factory.mktemp("store"), [b"k" * 32], threads=1)
    yield opened
    opened.close()


relaxed = settings(
    derandomize=True,
    deadline=None,
    max_examples=50,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("ruleset", [DEFAULT, EXTREME], ids=lambda ruleset: ruleset.name)
@given(story=stories(), parts=st.integers(1, 3))
@relaxed
def test_both_executors_agree_to_the_bit(store: EventStore, ruleset: Ruleset, story: Story, parts: int) -> None:
    cursor = emptied(store)
    stored_cells.ensure_metrics(cursor, ruleset.metrics_read)
    load_in_parts(cursor, story, parts)
    assert by_expressions(cursor, ruleset) == in_plain_python(cursor, ruleset)


@given(story=stories())
@settings(relaxed, max_examples=15)
def test_the_store_keeps_every_message_once(store: EventStore, story: Story) -> None:
    cursor = emptied(store)
    load_in_parts(cursor, story, 2)
    kept = events_of(cursor, IDENTITIES)
    assert sorted(event.message_hash for event in kept) == sorted(event.message_hash for event in story.events)


@given(story=stories(), parts=st.integers(2, 4))
@settings(relaxed, max_examples=25)
def test_neither_order_nor_batches_change_a_score(store: EventStore, story: Story, parts: int) -> None:
    cursor = emptied(store)
    load_in_parts(cursor, story, 1)
    first = by_expressions(cursor, DEFAULT)
    cursor = emptied(store)
    load_in_parts(cursor, replace(story, events=story.events[::-1], traits=story.traits[::-1], repeated=[]), parts)
    assert by_expressions(cursor, DEFAULT) == first


@given(story=stories())
@settings(relaxed, max_examples=25)
def test_a_touched_rebuild_gives_the_cells_of_a_full_one(store: EventStore, story: Story) -> None:
    cursor = emptied(store)
    load_in_parts(cursor, story, 3)
    touched = cursor.execute("FROM cells ORDER BY ALL").fetchall()
    stored_cells.rebuild_all(cursor)
    assert cursor.execute("FROM cells ORDER BY ALL").fetchall() == touched


@given(story=stories())
@settings(relaxed, max_examples=15)
def test_all_leads_score_as_they_do_alone(store: EventStore, story: Story) -> None:
    cursor = emptied(store)
    load_in_parts(cursor, story, 1)
    everyone = {row["lead"]: row for row in score_leads(cursor, DEFAULT, AS_OF, "all", detail=True).to_pylist()}
    alone = by_expressions(cursor, DEFAULT)
    assert everyone == {lead: alone[lead] for lead in everyone}


def test_a_segment_loads_once(store: EventStore) -> None:
    cursor = emptied(store)
    found, changes = numbered(
        [Event(0, "page", "Page", 1, NOW)],
        [TraitChange(1, "title", "x", True, NOW, 0)],
        random.Random(1),  # noqa: S311  # not a secret
    )
    first = load_segment(cursor, segment("one", found, changes))
    assert load_segment(cursor, segment("one", found, changes)) == first
    assert len(events_of(cursor, [1])) == len(traits_of(cursor, [1])) == 1


def test_a_lead_without_anything_scores_zero(store: EventStore) -> None:
    cursor = emptied(store)
    (row,) = score_leads(cursor, DEFAULT, AS_OF, [77]).to_pylist()
    assert (row["lead"], row["total"], row["grade"]) == (77, 0, "D")


def test_what_happened_after_the_day_is_not_known(store: EventStore) -> None:
    cursor = emptied(store)
    found, changes = numbered(
        [Event(0, "track", "Quote Requested", 1, NOW, {"quote_id": "q", "seats": 3})],
        [TraitChange(1, "title", "x", True, NOW, 0)],
        random.Random(2),  # noqa: S311  # not a secret
    )
    load_in_parts(cursor, Story(found, changes, [(1, 1)], []), 1)
    yesterday = AS_OF - timedelta(days=1)
    assert by_expressions(cursor, DEFAULT, yesterday)[1]["total"] == 0
    assert by_expressions(cursor, DEFAULT) == in_plain_python(cursor, DEFAULT)


@pytest.mark.parametrize("half", ["raws", "scores"])
def test_the_compiled_text_of_the_default_ruleset_is_the_reviewed_one(half: str) -> None:
    """After a change that is meant: LEADLINE_WRITE_SNAPSHOTS=1 python -m pytest tests/scoring, then read the diff."""
    expression = raws(DEFAULT.measures) if half == "raws" else scores(DEFAULT)
    text = str(ibis.to_sql(expression, dialect="duckdb")) + "\n"
    snapshot = Path(__file__).parent / "snapshots" / f"{half}.sql"
    if os.environ.get("LEADLINE_WRITE_SNAPSHOTS"):
        snapshot.write_text(text)
    assert text == snapshot.read_text()


def test_a_ruleset_is_compiled_once_for_all_days_and_numbers() -> None:
    assert compiled(DEFAULT) is compiled(replace(DEFAULT, number=9))
