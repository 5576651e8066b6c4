"""The columns that cross into the event store, as Arrow tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

MICROS = pa.timestamp("us")

EVENTS = pa.schema(
    [
        pa.field("source", pa.int32(), nullable=False),
        pa.field("message_hash", pa.int64(), nullable=False),
        pa.field("message_key", pa.uuid(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("identity", pa.int64(), nullable=False),
        pa.field("occurred_at", MICROS, nullable=False),
        pa.field("received_at", MICROS, nullable=False),
        pa.field("properties", pa.string()),
        pa.field("path", pa.string()),
        pa.field("referrer_domain", pa.string()),
        pa.field("utm_source", pa.string()),
        pa.field("utm_medium", pa.string()),
        pa.field("utm_campaign", pa.string()),
        pa.field("bot", pa.bool_(), nullable=False),
        pa.field("internal", pa.bool_(), nullable=False),
    ]
)
"""properties: JSON text. message_key: 16 bytes. Times: int microseconds since 1970."""

TRAITS = pa.schema(
    [
        pa.field("identity", pa.int64(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("value", pa.string()),
        pa.field("present", pa.bool_(), nullable=False),
        pa.field("occurred_at", MICROS, nullable=False),
        pa.field("message_hash", pa.int64(), nullable=False),
    ]
)

EDGES = pa.schema(
    [
        pa.field("edge_id", pa.int64(), nullable=False),
        pa.field("identity", pa.int64(), nullable=False),
        pa.field("lead", pa.int64(), nullable=False),
        pa.field("occurred_at", MICROS, nullable=False),
    ]
)


def arrow_table(schema: pa.Schema, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """One of the schemas above filled from plain lists; a column that is left out is NULL (`bot`, `internal`: false).

    Args:
        columns: lists of equal length; times as int microseconds since 1970, UUIDs as 16 bytes.
    """
    length = len(next(iter(columns.values()), ()))
    return pa.Table.from_arrays([_array(field, columns.get(field.name), length) for field in schema], schema=schema)


def _array(field: pa.Field, values: Sequence[Any] | None, length: int) -> pa.Array:
    if values is None:
        return pa.array([False if pa.types.is_boolean(field.type) else None] * length, field.type)
    if field.type == pa.uuid():
        return pa.ExtensionArray.from_storage(field.type, pa.array(values, pa.binary(16)))
    return pa.array(values, field.type)
