"""Scores are kept when something changed."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.scores import current, current_of, history, record_scores, refresh_week_ago

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def scored(*rows: tuple[int, int, str, str]) -> pa.Table:
    """Scores of (lead, total, grade, stage)."""
    return pa.Table.from_pylist(
        [
            {"lead": lead, "engagement": 0, "readiness": 0, "conversion": total, "total": total, "grade": grade,
             "stage": stage, "factors": [total, 0]}
            for lead, total, grade, stage in rows
        ],
        schema=pa.schema(
            [("lead", pa.int64()), ("engagement", pa.int64()), ("readiness", pa.int64()), ("conversion", pa.int64()),
             ("total", pa.int64()), ("grade", pa.string()), ("stage", pa.string()), ("factors", pa.list_(pa.int64()))]
        ),
    )  # fmt: skip


def test_only_what_changed_is_kept(cursor: DuckDBPyConnection) -> None:
    assert record_scores(cursor, scored((1, 10, "D", "x"), (2, 20, "D", "x")), NOW, 1, 1) == 2
    later = NOW + timedelta(hours=1)
    assert record_scores(cursor, scored((1, 10, "D", "x"), (2, 20, "D", "y"), (3, 5, "D", "x")), later, 2, 1) == 2
    assert [row["stage"] for row in history(cursor, 2)] == ["x", "y"]
    assert len(history(cursor, 1)) == 1
    assert [row["lead"] for row in current(cursor, 2)] == [2, 1]


def test_stages_can_come_apart(cursor: DuckDBPyConnection) -> None:
    stages = pa.table({"lead": [1], "stage": ["qualified"]})
    record_scores(cursor, scored((1, 10, "D", "x")).drop_columns(["stage"]), NOW, 1, 1, stages)
    row = current_of(cursor, 1)
    assert row is not None
    assert (row["stage"], row["factors"], row["week_ago_total"]) == ("qualified", [10, 0], None)
    assert current_of(cursor, 2) is None


def test_the_total_of_a_week_ago_is_the_last_one_before(cursor: DuckDBPyConnection) -> None:
    for days, total in ((9, 1), (8, 2), (6, 3), (0, 4)):
        record_scores(cursor, scored((1, total, "D", "x")), NOW - timedelta(days=days), 1, 1)
    record_scores(cursor, scored((2, 7, "D", "x")), NOW, 1, 1)
    refresh_week_ago(cursor, NOW)
    assert {row["lead"]: row["week_ago_total"] for row in current(cursor, 9)} == {1: 2, 2: None}
    record_scores(cursor, scored((1, 9, "D", "x")), NOW, 2, 1)
    row = current_of(cursor, 1)
    assert row is not None
    assert row["week_ago_total"] == 2
