"""Rows out of the event store, as Arrow batches; nothing is held whole."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.eventstore.database import Cursor

BATCH = 20_000


def record_batches(cursor: Cursor, query: str, parameters: Mapping[str, object]) -> pa.RecordBatchReader:
    """What a query gives. The cursor is busy, and its transaction open, until the last batch was read."""
    return cursor.execute(query, dict(parameters)).to_arrow_reader(BATCH)


def count_rows(cursor: Cursor, query: str, parameters: Mapping[str, object]) -> int:
    """How many rows it would give."""
    rows = cursor.execute(f"SELECT count(*) FROM ({query})", dict(parameters)).fetchall()
    return int(rows[0][0])
