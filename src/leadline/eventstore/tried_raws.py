"""What leads measure, kept while rules are being tried, so that a change of weights or curves measures nothing again.

One column for each measure, named as `kept_raws.column_of` names it: another window, cap or half-life is a new column.
Of many leads a fixed sample is taken. The tables lie in DuckDB's memory and belong to the Scoring studio alone; what
evaluations keep for themselves is not touched.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.eventstore.database import Cursor, fetch_int
from leadline.eventstore.kept_raws import column_of
from leadline.eventstore.schema import sql
from leadline.eventstore.scoring import measure_into_table, score_measured
from leadline.scoring.expressions import raw_column
from leadline.scoring.ruleset import Measure, Ruleset

TABLE = "memory.main.tried_raws"
RAW_ONE = 1e12
"""A raw of one whole unit: thousandths times billionths."""
Amounts = Mapping[str, npt.NDArray[np.float64]]


def choose_leads(cursor: Cursor, most: int) -> tuple[list[int], int]:
    """Begin anew with the leads that have a current score, at most so many of them, always the same ones.

    Returns:
        Who was chosen, and how many there are.
    """
    query = "SELECT lead FROM current_scores ORDER BY hash(lead) LIMIT $most"
    cursor.execute(f"CREATE OR REPLACE TABLE {TABLE} AS {query}", {"most": most})
    chosen = [lead for (lead,) in cursor.execute(f"SELECT lead FROM {TABLE} ORDER BY lead").fetchall()]
    return chosen, fetch_int(cursor, "SELECT count(*) FROM current_scores")


def add_measures(cursor: Cursor, measures: Sequence[Measure], as_of: date) -> int:
    """Measure what has no column yet, as of the end of a UTC day. Returns how many columns there are."""
    held = set(_columns(cursor))
    new = {column_of(measure): measure for measure in measures if column_of(measure) not in held}
    if new:
        leads = [lead for (lead,) in cursor.execute(f"SELECT lead FROM {TABLE}").fetchall()]
        measure_into_table(cursor, list(new.values()), as_of, leads, "TEMP TABLE newly_tried")
        named = ", ".join(f"fresh.{raw_column(index)} AS {name}" for index, name in enumerate(new))
        joined = f"SELECT kept.*, {named} FROM {TABLE} AS kept JOIN newly_tried AS fresh USING (lead)"
        cursor.execute(f"CREATE OR REPLACE TABLE {TABLE} AS {joined}")
    return len(held) + len(new) - 1


def score_tried(cursor: Cursor, ruleset: Ruleset) -> int:
    """The leads' scores into the temporary table `scored`, with `raws` beside it; every measure needs its column."""
    columns = (f"{column_of(measure)} AS {raw_column(index)}" for index, measure in enumerate(ruleset.measures))
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW raws AS SELECT {', '.join(['lead', *columns])} FROM {TABLE}")
    return score_measured(cursor, ruleset)


def amounts(cursor: Cursor, ruleset: Ruleset) -> Amounts:
    """Factor -> what each lead measures, in whole units, in no order."""
    columns = {factor.name: column_of(factor.measure) for factor in ruleset.factors}
    distinct = sorted(set(columns.values()))
    chosen = ", ".join(f"{name}::DOUBLE / {RAW_ONE} AS {name}" for name in distinct)
    found: dict[str, Any] = cursor.execute(f"SELECT {chosen} FROM {TABLE}").fetchnumpy()
    return {factor: np.asarray(found[name], dtype=np.float64) for factor, name in columns.items()}


def movers(cursor: Cursor, most: int) -> list[dict[str, Any]]:
    """Of `compared`, those whose total would differ most, whatever becomes of grade and stage."""
    rows: list[dict[str, Any]] = cursor.execute(sql("tried_movers"), {"most": most}).to_arrow_table().to_pylist()
    return rows


def distribution(cursor: Cursor, column: str) -> dict[str, tuple[int, int]]:
    """How many of `compared` have each grade or stage: now, and then.

    Args:
        column: "grade" or "stage".
    """
    counted = f"SELECT {column}, new_{column}, count(*) FROM compared GROUP BY ALL"
    found: dict[str, tuple[int, int]] = {}
    for before, after, count in cursor.execute(counted).fetchall():
        found[before] = (found.get(before, (0, 0))[0] + count, found.get(before, (0, 0))[1])
        found[after] = (found.get(after, (0, 0))[0], found.get(after, (0, 0))[1] + count)
    return found


def is_kept(cursor: Cursor) -> bool:
    """Whether there is anything: an erasure lets it go."""
    return bool(_columns(cursor))


def forget(cursor: Cursor) -> None:
    """Let it go."""
    cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def _columns(cursor: Cursor) -> list[str]:
    found = "SELECT column_name FROM duckdb_columns() WHERE database_name = 'memory' AND table_name = 'tried_raws'"
    return [name for (name,) in cursor.execute(found).fetchall()]
