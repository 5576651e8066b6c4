"""A report's table as Arrow batches, so that it is written like every other table."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.analytics.report import Column, Table, Value, ValueKind

TYPES: Mapping[ValueKind, pa.DataType] = {
    ValueKind.COUNT: pa.int64(),
    ValueKind.LEAD: pa.int64(),
    ValueKind.ACCOUNT: pa.int64(),
    ValueKind.NUMBER: pa.float64(),
    ValueKind.SHARE: pa.float64(),
    ValueKind.MONEY: pa.decimal128(38, 2),
    ValueKind.SECONDS: pa.float64(),
    ValueKind.POINTS: pa.float64(),
    ValueKind.DAY: pa.date32(),
    ValueKind.MOMENT: pa.timestamp("us", "UTC"),
}
"""What is not named is text. Money is told to the hundredth."""
CENT = 2


def reader_of(table: Table) -> pa.RecordBatchReader:
    """All rows, the columns named as programs know them."""
    fields = [pa.field(column.name, TYPES.get(column.kind, pa.string())) for column in table.columns]
    arrays = [_array(table, place, field.type) for place, field in enumerate(fields)]
    schema = pa.schema(fields)
    return pa.RecordBatchReader.from_batches(schema, [pa.RecordBatch.from_arrays(arrays, schema=schema)])


def _array(table: Table, place: int, kind: pa.DataType) -> pa.Array:
    return pa.array([_fitting(table.columns[place], row[place]) for row in table.rows], kind)


def _fitting(column: Column, value: Value) -> object:
    if value is None:
        return None
    if column.kind is ValueKind.MONEY:
        return _hundredths(value)
    if column.kind not in TYPES:
        return str(value)
    return float(str(value)) if TYPES[column.kind] == pa.float64() else value


def _hundredths(value: Value) -> object:
    from decimal import Decimal

    return round(Decimal(str(value)), CENT)
