"""Names and values that mean something to SQL or to JSON mean the same to both executors: nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from all_kinds import ALL_KINDS
from executor_cast import DAY, LEADS, NOW, Story, by_expressions, emptied, in_plain_python, load_in_parts

from leadline.engagement.metrics import Condition, Metric, MetricKind
from leadline.eventstore.database import EventStore
from leadline.eventstore.replaying import namesakes
from leadline.scoring.arithmetic import Curve
from leadline.scoring.ruleset import DIMENSIONS, Across, Factor, Measure, Ruleset
from leadline.tracking.events import Event, TraitChange

PROPERTY = """it's "a" /~1~ $.x[0] \\ ; DROP TABLE events; -- %s {} *"""
EVENT = 'O\'Brien \\ "x"; --'
QUOTED = "v'\\\""
DAILY = (
    Metric("count", MetricKind.COUNT, (EVENT,)),
    Metric("sum", MetricKind.SUM, (EVENT,), PROPERTY),
    Metric("min", MetricKind.MIN, (EVENT,), PROPERTY),
    Metric("distinct", MetricKind.DISTINCT, (EVENT,), PROPERTY, unless=("U'",)),
    Metric("quoted", MetricKind.COUNT, (EVENT,), where=(Condition(PROPERTY, (QUOTED,)),)),
    Metric("nameless", MetricKind.COUNT, (EVENT,), where=(Condition("", (1,)),)),
    Metric("a number", MetricKind.COUNT, (EVENT,), where=(Condition("0", exists=True),)),
)
STATES = (
    Metric("trait", MetricKind.TRAIT, traits=(PROPERTY,), values=(QUOTED,)),
    Metric("value", MetricKind.TRAIT_VALUE, traits=(PROPERTY,)),
    Metric("filled", MetricKind.COMPLETENESS, traits=(PROPERTY, "x")),
)
ACROSS = {MetricKind.MIN: Across.MIN, MetricKind.DISTINCT: Across.DISTINCT}


def ruleset() -> Ruleset:
    measures = [Measure(metric, ACROSS.get(metric.kind, Across.SUM), 30) for metric in DAILY]
    measures += [Measure(metric, Across.STATE, 0) for metric in STATES]
    factors = tuple(
        Factor(f"f{place}", DIMENSIONS[place % 3], measure, 1_000, 50_000, Curve.LINEAR, "a", "a")
        for place, measure in enumerate(measures)
    )
    named = {metric.name: metric for metric in (*DAILY, *STATES)}
    bare = replace(ALL_KINDS, metrics=named, factors=factors, penalties=(), disqualifications=(), fit=None)
    return replace(bare, lowest_grade="D'; --")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """One store for all values; each empties it."""
    opened = EventStore.open(tmp_path_factory.mktemp("store"), [b"k" * 32], threads=1)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "value",
    [QUOTED, 1, 2.5, -7, 1e22, 10**400, -(10**400), 10**30, 0, "", True, None, [1], {"a": 1}, "é\0x", "\U0001f600"],
    ids=lambda value: repr(value)[:12],
)
def test_odd_names_and_values_are_read_alike(store: EventStore, value: object) -> None:
    events = [
        Event(place + 1, "track", EVENT, 1 + place % 3, NOW - place * DAY, {PROPERTY: value, "": 1, "0": value})
        for place in range(4)
    ]
    told = [QUOTED, "7", "1e3"]
    traits = [TraitChange(lead, PROPERTY, text, True, NOW, lead) for lead, text in zip(LEADS, told, strict=True)]
    cursor = emptied(store)
    load_in_parts(cursor, Story(events, traits, [(lead, lead) for lead in LEADS], []), 2)
    assert by_expressions(cursor, ruleset()) == in_plain_python(cursor, ruleset())


def test_a_conversion_of_somebody_else_is_found_by_an_odd_key(store: EventStore) -> None:
    events = [Event(lead, "track", EVENT, lead, NOW, {PROPERTY: QUOTED}) for lead in LEADS]
    cursor = emptied(store)
    load_in_parts(cursor, Story(events, [], [], []), 1)
    found = namesakes(cursor, [EVENT], [1], [PROPERTY, "other"], [QUOTED])
    assert [each.event.identity for each in found] == [2, 3]
