"""Keeping the daily cells: all of a new metric, then only the identity-days that a load touched."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import ibis
from duckdb import DuckDBPyConnection

from leadline.engagement.expressions import SOURCE, daily_cells
from leadline.engagement.metrics import TRAIT_KINDS, Metric
from leadline.eventstore.database import fetch_int, transaction
from leadline.eventstore.schema import sql

CELL_COLUMNS = "metric, identity, day, key, value, seq"


@dataclass(frozen=True, slots=True)
class Touched:
    """The identity-days in the temporary table `touched`, and the days they span; None when there are none."""

    count: int
    first: date | None
    last: date | None


def catalogue(cursor: DuckDBPyConnection) -> dict[int, Metric]:
    """Every metric that has cells, by its code."""
    rows = cursor.execute("SELECT code, definition FROM metric_catalogue ORDER BY code").fetchall()
    return {code: Metric.from_dict(json.loads(definition)) for code, definition in rows}


def ensure_metrics(cursor: DuckDBPyConnection, metrics: Iterable[Metric]) -> dict[str, int]:
    """Give each metric a code; one that was never seen gets its cells from all events, in one transaction.

    Returns:
        The code of every metric with cells, by digest. Trait metrics have none.
    """
    wanted = {metric.digest: metric for metric in metrics if metric.kind not in TRAIT_KINDS}
    known = _codes(cursor)
    new = [metric for digest, metric in wanted.items() if digest not in known]
    if new:
        with transaction(cursor):
            _build_new(cursor, new, max(known.values(), default=0))
    return _codes(cursor)


def retire_metrics(cursor: DuckDBPyConnection, keep: Iterable[Metric]) -> int:
    """Forget every metric outside `keep`, with its cells. Returns how many were forgotten."""
    kept = {metric.digest for metric in keep}
    gone = [code for digest, code in _codes(cursor).items() if digest not in kept]
    with transaction(cursor):
        cursor.execute("DELETE FROM cells WHERE metric IN (SELECT unnest(?::SMALLINT[]))", [gone])
        cursor.execute("DELETE FROM metric_catalogue WHERE code IN (SELECT unnest(?::SMALLINT[]))", [gone])
    return len(gone)


def touched_after(cursor: DuckDBPyConnection, load_seq: int) -> Touched:
    """Collect the identity-days of every load after `load_seq` into the temporary table `touched`."""
    cursor.execute(sql("touched"), {"load_seq": load_seq})
    row = cursor.execute("SELECT count(*), min(day), max(day) FROM touched").fetchone()
    return Touched(*row) if row else Touched(0, None, None)


def rebuild_cells(cursor: DuckDBPyConnection, touched: Touched) -> int:
    """Replace the cells of the identity-days in `touched`, for every metric of the catalogue, in one transaction.

    Returns:
        How many cells they have now.
    """
    metrics = catalogue(cursor)
    if not touched.count or not metrics:
        return 0
    days = {"first": touched.first, "last": touched.last}
    cursor.execute(sql("touched_events"), days)
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS FROM touched_events")
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE fresh_cells AS {_compiled(tuple(metrics.items()))}")
    with transaction(cursor):
        cursor.execute(sql("forget_touched_cells"), days)
        cursor.execute(f"INSERT INTO cells SELECT {CELL_COLUMNS} FROM fresh_cells")
    return fetch_int(cursor, "SELECT count(*) FROM fresh_cells")


def rebuild_all(cursor: DuckDBPyConnection) -> int:
    """Replace all cells of all metrics of the catalogue from all events, sorted by identity. Returns their number."""
    metrics = catalogue(cursor)
    with transaction(cursor):
        cursor.execute(f"TRUNCATE cells; CREATE OR REPLACE TEMP VIEW {SOURCE} AS FROM store.events")
        if metrics:
            _insert_sorted(cursor, metrics)
    return fetch_int(cursor, "SELECT count(*) FROM cells")


def _build_new(cursor: DuckDBPyConnection, metrics: list[Metric], last_code: int) -> None:
    numbered = dict(enumerate(metrics, start=last_code + 1))
    rows = [[code, metric.digest, json.dumps(metric.as_dict())] for code, metric in numbered.items()]
    cursor.executemany("INSERT INTO metric_catalogue VALUES (?, ?, ?)", rows)
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS FROM store.events")
    _insert_sorted(cursor, numbered)


def _insert_sorted(cursor: DuckDBPyConnection, metrics: Mapping[int, Metric]) -> None:
    """Neighbouring identities lie together: grouping by identity then stays within the cache."""
    compiled = _compiled(tuple(metrics.items()))
    cursor.execute(f"INSERT INTO cells SELECT {CELL_COLUMNS} FROM ({compiled}) ORDER BY identity, metric, day")


def _codes(cursor: DuckDBPyConnection) -> dict[str, int]:
    return dict(cursor.execute("SELECT digest, code FROM metric_catalogue ORDER BY code").fetchall())


@lru_cache(maxsize=64)
def _compiled(metrics: tuple[tuple[int, Metric], ...]) -> str:
    return str(ibis.to_sql(daily_cells(dict(metrics)), dialect="duckdb"))
