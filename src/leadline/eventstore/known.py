"""Which messages the store has already, asked before anything is loaded."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.columns import EVENTS, arrow_table
from leadline.eventstore.loading import day_ranges

ASKED = pa.schema([EVENTS.field(name) for name in ("source", "message_hash", "message_key", "occurred_at")])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KNOWN = """
    SELECT DISTINCT incoming.position - 1
    FROM (SELECT row_number() OVER () AS position, * FROM asked_messages) AS incoming
    JOIN events USING (source, message_hash)
    WHERE events.message_key = incoming.message_key AND events.day BETWEEN $first AND $last
"""


def known_positions(cursor: DuckDBPyConnection, messages: Sequence[tuple[int, int, bytes, int]]) -> set[int]:
    """Positions of the messages that the store has, by the rule that `load_segment` follows.

    Args:
        messages: source, message hash, message key (16 bytes), and when it occurred in microseconds since 1970.
    """
    if not messages:
        return set()
    columns = dict(zip(ASKED.names, map(list, zip(*messages, strict=True)), strict=True))
    days = sorted({(EPOCH + timedelta(microseconds=micros)).date() for _, _, _, micros in messages})
    cursor.register("asked_messages", arrow_table(ASKED, columns))
    try:
        found: set[int] = set()
        for first, last in day_ranges(days):
            rows = cursor.execute(KNOWN, {"first": first, "last": last}).fetchall()
            found |= {int(position) for (position,) in rows}
        return found
    finally:
        cursor.unregister("asked_messages")
