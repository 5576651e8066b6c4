"""Comparing the temporary table `scored` with the scores in force: how grades and stages would change."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from leadline.eventstore.database import Cursor, fetch_int
from leadline.eventstore.schema import sql

STAGE_MOVES = pa.schema([("lead", pa.int64()), ("new_stage", pa.string())])


def compare_with_current(cursor: Cursor, leads: Sequence[int], stages: Sequence[str]) -> int:
    """Make the temporary table `compared` of the leads that are in `scored` and have a current score.

    Args:
        leads: whose stage would be another one,
        stages: and which.

    Returns:
        How many leads were compared.
    """
    cursor.register("stage_moves", pa.table([leads, stages], schema=STAGE_MOVES))
    try:
        cursor.execute(sql("impact_compared"))
    finally:
        cursor.unregister("stage_moves")
    return fetch_int(cursor, "SELECT count(*) FROM compared")


def changes(cursor: Cursor, column: str) -> dict[tuple[str, str], int]:
    """How many leads would change from what to what.

    Args:
        column: "grade" or "stage".
    """
    counted = f"SELECT {column}, new_{column}, count(*) FROM compared WHERE {column} <> new_{column}"
    query = f"{counted} GROUP BY ALL ORDER BY ALL"
    return {(before, after): count for before, after, count in cursor.execute(query).fetchall()}


def moved(cursor: Cursor, most: int) -> list[dict[str, Any]]:
    """The leads whose grade or stage would change, the greatest difference of totals first, at most `most`."""
    rows: list[dict[str, Any]] = cursor.execute(sql("impact_moved"), {"most": most}).to_arrow_table().to_pylist()
    return rows


def count_moved(cursor: Cursor) -> int:
    """How many leads would get another grade or stage."""
    return fetch_int(cursor, "SELECT count(*) FROM compared WHERE grade <> new_grade OR stage <> new_stage")
