"""A small cast for the event store's tests: rows that are easy to tell apart."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from leadline.eventstore.columns import EDGES, EVENTS, TRAITS, arrow_table
from leadline.eventstore.loading import SegmentLoad
from leadline.kernel.clock import to_micros

KEYS = [b"k" * 32]
NOON = to_micros(datetime(2026, 11, 22, 12, tzinfo=UTC))
HOUR = 3_600_000_000
DAY = 24 * HOUR


def page(number: int, identity: int = 1, at: int = NOON, **columns: Any) -> dict[str, Any]:
    """One page view; `number` is its message."""
    row = {
        "source": 1,
        "message_hash": number,
        "message_key": uuid.UUID(int=number).bytes,
        "kind": "page",
        "name": "Page",
        "identity": identity,
        "occurred_at": at,
        "received_at": at,
        "properties": "{}",
        "path": f"/{number}",
        "referrer_domain": None,
    }
    return row | columns


def trait(number: int, key: str, identity: int = 1, at: int = NOON, **columns: Any) -> dict[str, Any]:
    """One trait change of the message `number`."""
    row = {"identity": identity, "key": key, "value": None, "present": True, "occurred_at": at, "message_hash": number}
    return row | columns


def segment(name: str, events: Sequence[dict[str, Any]], traits: Sequence[dict[str, Any]] = ()) -> SegmentLoad:
    """A segment of these rows."""
    return SegmentLoad(name, arrow_table(EVENTS, _columns(events)), arrow_table(TRAITS, _columns(traits)))


def edges(*rows: tuple[int, int, int]) -> Any:
    """Edges of (edge id, identity, lead)."""
    return arrow_table(
        EDGES,
        {
            "edge_id": [row[0] for row in rows],
            "identity": [row[1] for row in rows],
            "lead": [row[2] for row in rows],
            "occurred_at": [NOON for _ in rows],
        },
    )


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else {})}
