"""An empty event store for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from leadline.eventstore.database import EventStore

KEYS = [b"k" * 32]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    """An event store in a folder of its own."""
    opened = EventStore.open(tmp_path / "data", KEYS, threads=1)
    yield opened
    opened.close()


@pytest.fixture
def cursor(store: EventStore) -> DuckDBPyConnection:
    """A cursor on it."""
    return store.cursor()
