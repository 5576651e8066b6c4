"""Single events against single metrics, in DuckDB as in plain Python."""

import json
from datetime import timedelta
from typing import Any

import duckdb
import ibis
import pytest

from leadline.engagement import cells as plain
from leadline.engagement.expressions import daily_cells
from leadline.engagement.metrics import Condition, Metric, MetricKind
from leadline.kernel.clock import EPOCH
from leadline.tracking.events import Event

ODD = [
    0, 1, -1, 1.0, 0.0005, 0.00049999, -0.0005, 1e300, -1e300, 9_000_000, 9_000_000.0005, 2**63, 10**25,
    True, False, "", "1", "true", "x", "é", None, [], [1], {}, {"a": 1},
]  # fmt: skip
METRICS = [
    *(Metric("m", kind, events=("E",), property="p") for kind in (MetricKind.SUM, MetricKind.MAX, MetricKind.LAST)),
    Metric("m", MetricKind.DISTINCT, events=("E",), property="p", unless=("U",)),
    Metric("m", MetricKind.ENGAGED_SECONDS, events=("E",), property="engaged_ms"),
    Metric("m", MetricKind.ACTIVE_DAYS),
    Metric("m", MetricKind.ACTIVE_SECONDS),
    Metric("m", MetricKind.COUNT, events=("E",), where=(Condition("p", at_least=1.0),)),
    Metric("m", MetricKind.COUNT, events=("E",), where=(Condition("p", (1, True, "x", "é")),)),
    Metric("m", MetricKind.COUNT, events=("E",), where=(Condition("p", ("1", 0.0005, False)),)),
    Metric("m", MetricKind.MAX, events=("E", "U"), property="od~d/\"na me'"),
    Metric("m", MetricKind.MIN, events=("E",), property="p"),
    *(
        Metric("m", MetricKind.DISTINCT_DAYS, events=("E",), where=(condition,))
        for condition in (
            Condition("p", at_most=1.0),
            Condition("p", above=0.0005, below=1e300),
            Condition("p", excluded=(1, "x", True)),
            Condition("p", exists=True),
            Condition("p", exists=False),
            Condition("p", (1, "x", "1"), at_least=1),
        )
    ),
]


def in_duckdb(events: list[Event], metric: Metric) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE cell_source (identity BIGINT, day DATE, kind VARCHAR, name VARCHAR, occurred_at TIMESTAMP, "
        "message_hash BIGINT, properties VARCHAR, bot BOOLEAN, internal BOOLEAN)"
    )
    for event in events:
        moment = (EPOCH + timedelta(microseconds=event.occurred_micros)).replace(tzinfo=None)
        text = json.dumps(event.properties)
        noise = [event.noise == "bot", event.noise == "internal"]
        row = [event.identity, moment.date(), event.kind, event.name, moment, event.message_hash, text, *noise]
        connection.execute("INSERT INTO cell_source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    compiled = ibis.to_sql(daily_cells({1: metric}), dialect="duckdb")
    keyed = "key IS NOT NULL" if metric.kind is MetricKind.DISTINCT else "false"
    order = "seq, key" if metric.kind is MetricKind.LAST else "0, 0"
    query = f"SELECT identity, day, {keyed}, value, {order} FROM ({compiled}) ORDER BY ALL"  # noqa: S608  # our own text
    return connection.execute(query).fetchall()


def in_python(events: list[Event], metric: Metric) -> list[tuple[Any, ...]]:
    found = plain.daily_cells(events, [metric])
    return sorted((cell.identity, cell.day, cell.key != "", cell.value, *cell.order) for cell in found)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: f"{metric.kind}")
def test_every_odd_value_gives_the_same_cell(metric: Metric) -> None:
    names = ("p", "engaged_ms", "od~d/\"na me'")
    events = [
        Event(place, "track", "E", place, place * 10**12, dict.fromkeys(names, value))
        for place, value in enumerate(ODD)
    ]
    assert in_duckdb(events, metric) == in_python(events, metric)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: f"{metric.kind}")
def test_every_odd_value_on_one_day_combines_to_the_same_cell(metric: Metric) -> None:
    names = ("p", "engaged_ms")
    events = [
        Event(place, "track", "U" if place % 4 == 0 else "E", 1, (place * 7) % 11, dict.fromkeys(names, value))
        for place, value in enumerate(ODD)
    ]
    assert in_duckdb(events, metric) == in_python(events, metric)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: f"{metric.kind}")
def test_noise_adds_to_no_cell(metric: Metric) -> None:
    names = ("p", "engaged_ms")
    noises = ["", "bot", "internal"]
    events = [
        Event(place, "track", "E", place % 5, place, dict.fromkeys(names, value), noises[place % 3])
        for place, value in enumerate(ODD)
    ]
    heard = [event for event in events if not event.noise]
    assert in_duckdb(events, metric) == in_python(events, metric) == in_python(heard, metric)


def test_events_of_other_kinds_are_no_activity() -> None:
    kinds = ["identify", "group", "alias", "track", "page", "screen"]
    events = [Event(place, kind, kind, place, 0) for place, kind in enumerate(kinds)]
    assert [row[0] for row in in_duckdb(events, METRICS[5])] == [3, 4, 5]


def test_attention_of_visits_is_the_same() -> None:
    minutes = [0, 1, 31, 61.5, 62, 100, 100, 1400, 1439, 1440, 1441, 1500]
    events = [Event(n, "page", "Page", 1 + n % 2, round(at * 60_000_000), {}) for n, at in enumerate(minutes)]
    beats = [
        Event(20 + n, "track", "E", 1, round(at * 60_000_000), {"engaged_ms": 90_000})
        for n, at in [(0, 62.5), (1, 1439)]
    ]
    attention = Metric("m", MetricKind.ACTIVE_SECONDS)
    assert in_duckdb(events, attention) == in_python(events, attention)
    assert in_duckdb(events + beats, attention) == in_python(events + beats, attention)


def test_each_visit_of_a_day_is_limited_to_how_long_it_lasted() -> None:
    """Two heartbeats at once say no more than one: the next visit's length is not theirs to fill."""
    minute = 60_000_000
    beats = [(0, 60_000), (0, 60_000), (100, 30_000), (101, 30_000)]
    events = [Event(n, "track", "E", 1, at * minute, {"engaged_ms": beat}) for n, (at, beat) in enumerate(beats)]
    attention = Metric("m", MetricKind.ACTIVE_SECONDS)
    assert [row[3] for row in in_duckdb(events, attention)] == [120_000]
    assert in_duckdb(events, attention) == in_python(events, attention)
