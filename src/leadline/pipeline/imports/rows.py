"""The rows of a file, one after the other, whatever the format; no more than a few of them are in memory."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, TextIO

import msgspec

from leadline.kernel.errors import DocumentError
from leadline.pipeline.imports.files import DAMAGED, Format, ImportFile

LONGEST_LINE = 1 << 20
"""Of a longer line, which can't be an event, so much is kept in quarantine."""
PARQUET_ROWS = 2_000
MOST_COLUMNS = 2_000


class Row(msgspec.Struct, gc=False):
    """One row, or one line.

    Attributes:
        number: its first line in a text file from 1; its number in a Parquet file.
        raw: a line of NDJSON as it came; of an odd row of a CSV file, its cells as JSON.
        cells: by column; None when it is a line of NDJSON, or odd.
        fault: why it can't be read.
    """

    number: int
    raw: bytes = b""
    cells: Mapping[str, Any] | None = None
    fault: str = ""


def rows_of(file: ImportFile, skip: int = 0) -> Iterator[Row]:
    """The rows after the first `skip`.

    Raises:
        DocumentError: the file is damaged. The rows before the damage come first.
    """
    if file.format is Format.PARQUET:
        return _parquet_rows(file.path, skip)
    rows = _csv_rows(file) if file.format is Format.CSV else _lines(file)
    return islice(rows, skip, None)


def columns_of(file: ImportFile) -> list[str]:
    """The columns of a table; none of NDJSON, whose lines may differ.

    Raises:
        DocumentError: a CSV file has no header, or one that names a column twice.
    """
    if file.format is Format.PARQUET:
        with _readable_parquet(file.path):
            return list(_parquet(file.path).schema_arrow.names)
    if file.format is Format.NDJSON:
        return []
    with file.text() as text:
        return _header(_reader(text, file), file)


def _lines(file: ImportFile) -> Iterator[Row]:
    number = 0
    with file.open() as stream:
        try:
            while line := stream.readline(LONGEST_LINE):
                number += 1
                if not line.endswith(b"\n"):
                    _skip_line(stream)
                yield Row(number, line)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise _damaged(file.path, number, error) from error


def _skip_line(stream: Any) -> None:
    """Read to the line's end, in pieces: a line may be longer than memory."""
    while (more := stream.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
        pass


def _csv_rows(file: ImportFile) -> Iterator[Row]:
    with file.text() as text:
        reader = _reader(text, file)
        header, before = _header(reader, file), reader.line_num
        try:
            for cells in reader:
                yield _row(before + 1, header, cells)
                before = reader.line_num
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise _damaged(file.path, before, error) from error
        except UnicodeDecodeError as error:
            raise _misread(file, before, error) from error
        except csv.Error as error:
            raise _unclosed(file.path, before, error) from error


def _row(number: int, header: Sequence[str], cells: list[str]) -> Row:
    if len(cells) > len(header):
        return Row(number, msgspec.json.encode(cells), fault=f"It has {len(cells)} cells and the header {len(header)}.")
    return Row(number, cells=dict(zip_longest(header, cells)))


def _reader(text: TextIO, file: ImportFile) -> Any:
    return csv.reader(_bounded(text), delimiter=file.delimiter, strict=True)


def _bounded(text: TextIO) -> Iterator[str]:
    """The lines; one that is longer than memory may be is an error before it is read."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise csv.Error(f"a line is longer than {LONGEST_LINE:,} characters")
        yield line


def _header(reader: Any, file: ImportFile) -> list[str]:
    path = file.path
    try:
        header: list[str] = next((cells for cells in reader if any(map(str.strip, cells))), [])
    except UnicodeDecodeError as error:
        raise _misread(file, 0, error) from error
    except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DocumentError(f"The header of {path} can't be read: {error}.", advice=DAMAGED) from error
    names = [cell.strip() for cell in header]
    repeated = sorted({name for name in names if name and names.count(name) > 1}) if len(names) < MOST_COLUMNS else []
    if not names or len(names) >= MOST_COLUMNS:
        raise DocumentError(f"{path} has no header of fewer than {MOST_COLUMNS:,} columns.", advice="Is it a CSV file?")
    if repeated:
        raise DocumentError(f"{path} has two columns {repeated[0]!r}.", advice="Rename one of them.")
    return names


def _parquet_rows(path: Path, skip: int) -> Iterator[Row]:
    number = 0
    with _readable_parquet(path):
        file = _parquet(path)
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if number + size <= skip:
                number += size
                continue
            for batch in file.iter_batches(batch_size=PARQUET_ROWS, row_groups=[group], use_threads=False):
                for cells in batch.to_pylist():
                    number += 1
                    if number > skip:
                        yield Row(number, cells=cells)


def _parquet(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)


@contextmanager
def _readable_parquet(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DocumentError(f"{path} is no whole Parquet file: {error}.", advice=DAMAGED) from error


def _damaged(path: Path, line: int, error: Exception) -> DocumentError:
    return DocumentError(
        f"The compression of {path} is damaged after line {line:,}: {error}.",
        advice="What came before is kept. Import it again once it is whole: nothing is added twice.",
    )


def _misread(file: ImportFile, line: int, error: UnicodeDecodeError) -> DocumentError:
    return DocumentError(
        f"{file.path} is not {file.encoding} after line {line:,}: {error.reason}.",
        advice="Name its encoding in the mapping (encoding: cp1252), or save it as UTF-8. What came before is kept.",
    )


def _unclosed(path: Path, line: int, error: csv.Error) -> DocumentError:
    return DocumentError(
        f"{path} can't be read after line {line:,}: {error}.",
        advice="Is a quote not closed there? What came before is kept.",
    )
