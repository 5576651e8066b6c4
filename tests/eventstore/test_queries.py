"""What pages ask."""

import json
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection
from event_cast import HOUR, NOON, edges, page, segment, trait
from hypothesis import given
from hypothesis import strategies as st

from leadline.eventstore.edges import append_edges
from leadline.eventstore.lead_timeline import Wanted, timeline_events
from leadline.eventstore.loading import load_segment
from leadline.eventstore.queries import (
    count_events,
    events_of,
    identities_of,
    latest_events,
    properties_of,
    status_counts,
    traits_of,
)


def test_a_timeline_is_newest_first(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1), page(2, at=NOON + HOUR), page(3, identity=2), page(4, identity=3)]))
    shown = timeline_events(cursor, [1, 2], Wanted(2))
    assert [event.path for event in shown] == ["/2", "/1"]
    assert shown[0].occurred_at == datetime(2026, 11, 22, 13, tzinfo=UTC)


def test_latest_events_look_into_the_newest_loads(cursor: DuckDBPyConnection) -> None:
    assert latest_events(cursor, 5) == []
    for number in range(1, 5):
        load_segment(cursor, segment(str(number), [page(number, at=NOON + number * HOUR)]))
    assert [event.path for event in latest_events(cursor, 2)] == ["/4", "/3"]
    assert len(latest_events(cursor, 100)) == 4


def test_counts(cursor: DuckDBPyConnection) -> None:
    assert status_counts(cursor).stored == 0
    load_segment(cursor, segment("a", [page(1), page(1)]))
    counts = status_counts(cursor)
    assert (counts.stored, counts.duplicates, counts.quarantined, counts.segments) == (1, 1, 0, 1)
    assert count_events(cursor) == 1


def test_history_for_the_plain_executor(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1, properties='{"a": 1}'), page(2, identity=9)], [trait(1, "title")]))
    append_edges(cursor, edges((1, 1, 5), (2, 9, 5), (3, 4, 6)))
    assert identities_of(cursor, 5) == [1, 9]
    event = events_of(cursor, [1])[0]
    assert (event.message_hash, event.occurred_micros, event.properties) == (1, NOON, {"a": 1})
    assert [change.key for change in traits_of(cursor, [1, 9])] == ["title"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=9))
def test_properties_are_read_as_json_reads_them(value: object) -> None:
    text = json.dumps({"value": value, "\ud800": "\udfff"})
    assert repr(properties_of(text)) == repr(json.loads(text))
    assert properties_of("") == properties_of(None) == {}
