"""Files to import, in every format, and what the door makes of them."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.pipeline.imports.reading import Reading, Wishes
from leadline.pipeline.imports.records import runs_of
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.mapping import PlannedTypes
from leadline.tracking.normalise import Draft, Normaliser, Rejection
from leadline.tracking.plan import TrackingPlan
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.wire import unpack

SOURCE = 7
AS_FOUND = Wishes()
Cells = Mapping[str, Any]


def csv_text(columns: Sequence[str], rows: Sequence[Cells], delimiter: str = ",") -> str:
    """Rows as CSV; lists and objects as JSON, a missing cell empty."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows([[_cell(row.get(name)) for name in columns] for row in rows])
    return out.getvalue()


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Cells], **how: Any) -> Path:
    encoded = csv_text(columns, rows, how.get("delimiter", ",")).encode(how.get("encoding", "utf-8"))
    path.write_bytes(gzip.compress(encoded) if path.suffix == ".gz" else encoded)
    return path


def write_parquet(path: Path, columns: Sequence[str], rows: Sequence[Cells], group: int = 1000) -> Path:
    table = pa.table({name: [row.get(name) for row in rows] for name in columns})
    pq.write_table(table, path, row_group_size=group)
    return path


def records(
    path: Path, wishes: Wishes = AS_FOUND, planned: PlannedTypes | None = None, skip: int = 0
) -> list[SpoolRecord]:
    """The records that a file puts into the spool."""
    runs = runs_of(SOURCE, Reading.of(path, wishes).entries(planned or {}, skip))
    return [record for run in runs for record in run.records()]


def judged(path: Path, wishes: Wishes = AS_FOUND, planned: PlannedTypes | None = None) -> list[Draft | Rejection]:
    """What the door makes of a file, as if all of it came in the same instant."""
    normaliser = Normaliser(LookupHasher(b"h" * 32), TrackingPlan("none"))
    found: list[Draft | Rejection] = []
    for record in records(path, wishes, planned):
        now = SpoolRecord(record.source, RECEIVED, record.route, record.body, record.headers)
        found.extend(map(normaliser.normalise, list(unpack(now, len(found)))))
    return found


RECEIVED = 1_790_000_000_000_000
