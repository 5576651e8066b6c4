"""One export, from what is asked to the bytes of a file."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from django.conf import settings

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import PERIOD, SEGMENT, read_wanted
from leadline.analytics.segments import parse_segment
from leadline.eventstore.exporting import count_rows, record_batches
from leadline.eventstore.segments import segment_sql
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.exports.formats import MOST_ROWS, TooManyRowsError, write
from leadline.pipeline.exports.tables import TABLES, ExportTable, in_utc, table_named, without_companies
from leadline.pipeline.projections import bring_up_to_date
from leadline.privacy.sight import sight
from leadline.tracking.sole_traders import masked_accounts

Question = tuple[str, dict[str, Any]]


def write_export(engine: Engine, name: str, kind: str, given: Mapping[str, str], file: IO[bytes]) -> int:
    """Write a table into a file. Returns how many rows it has.

    Args:
        kind: "csv", "xlsx" or "parquet".
        given: texts of `segment` (whom: "stage=qualified"), `period` (when; everything without one) and `zone`.

    Raises:
        NotFoundError: there is no such table.
        TerminalError: what is asked can't be read, or there is no such format.
        TooManyRowsError: it has more than a million rows.
    """
    table = table_named(name)
    query, parameters = _question(table, given)
    bring_up_to_date(engine)
    with engine.store.cursor() as cursor:
        if (rows := count_rows(cursor, query, parameters)) > MOST_ROWS:
            advice = "Ask for fewer: a period, or a segment of people."
            raise TooManyRowsError(f"{name} has {rows:,} rows; a file takes {MOST_ROWS:,}.", advice=advice)
        return write(_completed(table, record_batches(cursor, query, parameters)), kind, file)


def export(engine: Engine, table: str, path: str, kind: str, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Write a table to a new file of its owner alone; what was there is replaced only by a whole one."""
    target = Path(path)
    if not target.parent.is_dir():
        raise TerminalError(f"There is no folder {target.parent}.", advice="Make it first, or name another file.")
    with replacing(target) as file:
        rows = write_export(engine, table, kind, wanted, file)
    return {"table": table, "file": str(target), "rows": rows}


def export_tables(engine: Engine) -> list[dict[str, str]]:  # noqa: ARG001  # the signature of a command
    """Every table that can be exported."""
    return [{"name": table.name, "label": table.label} for table in TABLES.values()]


@contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """A new file of its owner alone; what was there is replaced only by a whole one."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with open(unfinished, "wb", opener=_private) as file:  # Path.open() takes no opener
            yield file
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _question(table: ExportTable, given: Mapping[str, str]) -> Question:
    asked = {name: text for name, text in given.items() if text}
    time, owner = "true", sight().owner
    wanted = read_wanted((PERIOD, SEGMENT), asked, utc_now(), settings.REPORTING_ZONE)
    condition, parameters = segment_sql(parse_segment(wanted.text("segment"), wanted.zone))
    if asked.get("period"):
        if not table.moment:
            raise ParameterError(f"{table.name} has no period.", advice="Leave it out.")
        time = f"{table.moment} >= $since AND {table.moment} < $until"
        parameters |= {"since": _naive(wanted.period.start), "until": _naive(wanted.period.end)}
    if owner is not None:
        condition = f"({condition}) AND people.owner_user = $owner_user"
        parameters |= {"owner_user": owner}
    return table.query.replace("{people}", condition).replace("{time}", time), dict(parameters)


def _completed(table: ExportTable, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """With what the store does not have, and every moment with its zone."""

    unseen = frozenset(masked_accounts())  # now: when the rows are read nobody asks any more

    def complete(batch: pa.RecordBatch) -> pa.RecordBatch:
        return in_utc(without_companies(table.add(batch) if table.add else batch, unseen))

    first = complete(pa.RecordBatch.from_pylist([], schema=reader.schema))
    return pa.RecordBatchReader.from_batches(first.schema, (complete(batch) for batch in reader))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
