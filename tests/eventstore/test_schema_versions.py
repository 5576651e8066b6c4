"""Stores that an earlier Leadline made are brought up to date with what is in them."""

from pathlib import Path

import duckdb
import pytest
from event_cast import KEYS, page, segment

from leadline.engagement.metrics import Metric, MetricKind
from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.database import EventStore, transaction
from leadline.eventstore.loading import load_segment
from leadline.eventstore.queries import latest_events, noise_counts
from leadline.eventstore.schema import VERSION, stored_version
from leadline.kernel.errors import ConfigurationError

VERSION_1 = """
CREATE TABLE old_events AS SELECT * EXCLUDE (internal) FROM events;
DROP TABLE events;
CREATE TABLE events (
    load_seq INTEGER NOT NULL, source INTEGER NOT NULL, message_hash BIGINT NOT NULL, message_key UUID NOT NULL,
    kind VARCHAR NOT NULL, name VARCHAR NOT NULL, identity BIGINT NOT NULL, day DATE NOT NULL,
    occurred_at TIMESTAMP NOT NULL, received_at TIMESTAMP NOT NULL, properties VARCHAR,
    path VARCHAR, referrer_domain VARCHAR, utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR,
    bot BOOLEAN NOT NULL
);
INSERT INTO events FROM old_events;
DROP TABLE old_events;
UPDATE schema_version SET version = 1;
"""
"""What version 1 had, with today's rows in it."""
EVENTS = 5_000


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1 with events."""
    store = EventStore.open(tmp_path, KEYS, threads=1)
    cursor = store.cursor()
    load_segment(cursor, segment("one", [page(number) for number in range(1, EVENTS + 1)]))
    cursor.execute(VERSION_1)
    store.close()
    return tmp_path


def test_a_store_of_version_1_is_opened_with_all_its_events(old: Path) -> None:
    for _ in range(2):
        store = EventStore.open(old, KEYS, threads=1)
        cursor = store.cursor()
        assert stored_version(cursor) == VERSION
        assert noise_counts(cursor) == {"bot": 0, "internal": 0}
        assert len(latest_events(cursor, 2 * EVENTS)) == EVENTS
        with pytest.raises(duckdb.ConstraintException):
            cursor.execute("UPDATE events SET internal = NULL")
        store.close()


def test_new_events_go_into_a_store_that_was_brought_up_to_date(old: Path) -> None:
    store = EventStore.open(old, KEYS, threads=1)
    cursor = store.cursor()
    load_segment(
        cursor, segment("two", [page(EVENTS + 1, bot=True, internal=False), page(EVENTS + 2, bot=False, internal=True)])
    )
    assert noise_counts(cursor) == {"bot": 1, "internal": 1}
    assert sorted(event.noise for event in latest_events(cursor, 2)) == ["bot", "internal"]
    store.close()


def test_a_step_that_was_interrupted_is_done_again(old: Path) -> None:
    store = EventStore.open(old, KEYS, threads=1)
    with transaction(store.cursor()) as cursor:
        cursor.execute("DELETE FROM schema_version WHERE version > 1")
    store.close()
    store = EventStore.open(old, KEYS, threads=1)
    assert stored_version(store.cursor()) == VERSION
    store.close()


def test_a_store_of_a_later_leadline_is_refused(old: Path) -> None:
    store = EventStore.open(old, KEYS, threads=1)
    store.cursor().execute("INSERT INTO schema_version VALUES (?, now()::TIMESTAMP)", [VERSION + 1])
    store.close()
    with pytest.raises(ConfigurationError, match="schema version"):
        EventStore.open(old, KEYS, threads=1)


def test_attention_of_an_earlier_version_is_made_again(old: Path) -> None:
    attention = Metric("attention", MetricKind.ACTIVE_SECONDS)
    store = EventStore.open(old, KEYS, threads=1)
    cursor = store.cursor()
    ensure_metrics(cursor, [attention, Metric("days", MetricKind.ACTIVE_DAYS)])
    right = cursor.execute("FROM cells ORDER BY ALL").fetchall()
    cursor.execute("UPDATE cells SET value = 77 WHERE metric = 1; UPDATE schema_version SET version = 2")
    store.close()
    store = EventStore.open(old, KEYS, threads=1)
    cursor = store.cursor()
    codes = ensure_metrics(cursor, [attention])
    values = "SELECT identity, day, value FROM cells WHERE metric = ? ORDER BY ALL"
    assert cursor.execute(values, [codes[attention.digest]]).fetchall() == [
        (identity, day, value) for metric, identity, day, _, value, _ in right if metric == 1
    ]
    store.close()
