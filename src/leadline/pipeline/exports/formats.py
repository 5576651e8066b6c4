"""Rows in batches, written as CSV, XLSX or Parquet.

Texts come from strangers: in CSV and XLSX one that a spreadsheet would take for a formula begins with an apostrophe
(OWASP, CSV injection).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from leadline.analytics.parameter_error import ParameterError
from leadline.kernel.errors import TerminalError

MOST_ROWS = 1_000_000
FORMULA = r"^([=\-@\t\r]|\+[^0-9]|\+[0-9 ().\-]*[^0-9 ().\-])"
"""Telephone numbers may begin with a plus sign."""
CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
Write = Callable[[pa.RecordBatchReader, IO[bytes]], int]


class TooManyRowsError(TerminalError):
    """An export would have more rows than a file may have. Nothing is cut in silence."""

    code = "too_many_rows"


def write(reader: pa.RecordBatchReader, kind: str, file: IO[bytes]) -> int:
    """Write all batches. Returns how many rows there were.

    Args:
        kind: "csv" (UTF-8 with a header line), "xlsx" (one sheet) or "parquet" (zstd).

    Raises:
        ParameterError: there is no such format.
        TooManyRowsError: there are more than a million rows; what was written is of no use.
    """
    if kind not in WRITERS:
        raise ParameterError(f"There is no format {kind!r}.", advice=f"Use {', '.join(WRITERS)}.")
    return WRITERS[kind](reader, file)


def _write_csv(reader: pa.RecordBatchReader, file: IO[bytes]) -> int:
    rows = 0
    with csv.CSVWriter(file, reader.schema) as writer:
        for batch in reader:
            rows = _counted(rows, batch)
            writer.write_batch(_harmless(batch))
    return rows


def _write_parquet(reader: pa.RecordBatchReader, file: IO[bytes]) -> int:
    rows = 0
    with parquet.ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for batch in reader:
            rows = _counted(rows, batch)
            writer.write_batch(batch)
    return rows


def _write_xlsx(reader: pa.RecordBatchReader, file: IO[bytes]) -> int:
    import xlsxwriter  # loaded by the few who want it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    rows = 0
    with xlsxwriter.Workbook(file, {**options, "default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, reader.schema.names, book.add_format({"bold": True}))
        for batch in reader:
            first, rows = rows + 1, _counted(rows, batch)
            _write_rows(sheet, first, _harmless(batch))
    return rows


def _write_rows(sheet: Any, first: int, batch: pa.RecordBatch) -> None:
    columns = [[_cell(value) for value in column.to_pylist()] for column in batch.columns]
    for number, row in enumerate(zip(*columns, strict=True), start=first):
        sheet.write_row(number, 0, row)


def _cell(value: object) -> object:
    """XLSX knows no zones and no lists."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return str(value) if isinstance(value, list | dict) else value


def _counted(rows: int, batch: pa.RecordBatch) -> int:
    if rows + batch.num_rows > MOST_ROWS:
        advice = "Ask for fewer: a shorter period, or some people only."
        raise TooManyRowsError(f"There are more than {MOST_ROWS:,} rows.", advice=advice)
    return int(rows + batch.num_rows)


def _harmless(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [_harmless_texts(column) if pa.types.is_string(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _harmless_texts(texts: pa.Array) -> pa.Array:
    marked = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(pc.fill_null(pc.match_substring_regex(texts, FORMULA), False), marked, texts)


WRITERS: Mapping[str, Write] = {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}
