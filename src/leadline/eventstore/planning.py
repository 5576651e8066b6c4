"""What the tracking plan asks of the event store: which track events there are, and what they carried."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from leadline.eventstore.schema import sql


def track_events(
    cursor: DuckDBPyConnection, source: int, since: datetime, names: int, each: int
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names and properties of track events that came since an instant: of the most frequent `names` names the latest
    `each` events. `source` 0 means all."""
    wanted = {"source": source, "since": since.astimezone(UTC).replace(tzinfo=None)}
    found = cursor.execute(sql("track_names"), {**wanted, "most": names}).fetchall()
    for (name,) in found:
        rows = cursor.execute(sql("track_properties"), {**wanted, "name": name, "most": each}).fetchall()
        for (properties,) in rows:
            yield name, json.loads(properties) if properties else {}


def event_names(cursor: DuckDBPyConnection) -> frozenset[str]:
    """The names of all events that are stored."""
    return frozenset(name for (name,) in cursor.execute(sql("event_names")).fetchall())
