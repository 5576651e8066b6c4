"""Rows of the record store as Arrow tables: the database writes them as CSV and Arrow reads it, so that a million rows
need no Python object for each of their cells. The same on SQLite and PostgreSQL.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
from django.db import connection
from pyarrow import csv

from leadline.tracking.chunks import chunks

ROWS_AT_ONCE = 20_000
CONVERT = {"null_values": [""], "strings_can_be_null": True, "quoted_strings_can_be_null": False}


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which rows are read.

    Attributes:
        columns: (name, expression) of each, in the order of `schema`.
        source: what follows FROM.
        where: a condition.
        key: the expression of a unique whole number, by which everything is read in parts.
        lead: the expression of the lead whom a row is about.
    """

    schema: pa.Schema
    columns: tuple[tuple[str, str], ...]
    source: str
    where: str
    key: str
    lead: str


def read_all(query: RecordQuery) -> Iterator[pa.Table]:
    """Every row, in tables of `ROWS_AT_ONCE`."""
    after = 0
    while True:
        newest, count, table = _read(query, f"{query.key} > {after}", ROWS_AT_ONCE)
        if table is not None:
            yield table
        if count < ROWS_AT_ONCE:
            return
        after = newest


def read_some(query: RecordQuery, leads: Iterable[int]) -> Iterator[pa.Table]:
    """The rows about these leads."""
    for some in chunks(sorted(leads)):
        _, _, table = _read(query, f"{query.lead} IN ({', '.join(map(str, map(int, some)))})")
        if table is not None:
            yield table


def _read(query: RecordQuery, also: str, most: int | None = None) -> tuple[int, int, pa.Table | None]:
    """(The newest key, how many rows, the rows)."""
    limit = f" ORDER BY {query.key} LIMIT {most}" if most else ""
    rows = f"SELECT {query.key} AS number, {_line(query)} AS line FROM {query.source}"  # noqa: S608  # our own names
    rows = f"{rows} WHERE {query.where} AND {also}{limit}"
    joined = "string_agg(line, chr(10))" if connection.vendor == "postgresql" else "group_concat(line, char(10))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(number), count(*), {joined} FROM ({rows}) AS found")  # noqa: S608  # as above
        newest, count, text = cursor.fetchone()
    return newest or 0, count, _parsed(query.schema, text) if count else None


def _parsed(schema: pa.Schema, text: str) -> pa.Table:
    return csv.read_csv(
        io.BytesIO(text.encode("utf-8", "replace")),
        csv.ReadOptions(column_names=schema.names, use_threads=False),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(column_types=schema, **CONVERT),
    )


def _line(query: RecordQuery) -> str:
    kinds = {field.name: field.type for field in query.schema}
    return " || ',' || ".join(_cell(expression, kinds[name]) for name, expression in query.columns)


def _cell(expression: str, kind: pa.DataType) -> str:
    """A cell of CSV; NULL is one that is empty and not quoted."""
    if pa.types.is_string(kind):
        return f"coalesce('\"' || replace({expression}, '\"', '\"\"') || '\"', '')"
    if pa.types.is_boolean(kind):
        return f"CASE WHEN {expression} THEN '1' ELSE '0' END"
    if pa.types.is_timestamp(kind) and connection.vendor == "postgresql":
        return f"coalesce(to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '')"
    if pa.types.is_decimal(kind) and connection.vendor == "sqlite":
        return f"CASE WHEN {expression} IS NULL THEN '' ELSE printf('%.{kind.scale}f', {expression}) END"
    return f"coalesce(CAST({expression} AS text), '')"
