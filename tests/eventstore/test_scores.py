"""Scores are kept when something changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection
from event_cast import KEYS

from leadline.eventstore.database import EventStore
from leadline.eventstore.scores import current, current_of, history, record_scores, refresh_week_ago

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def scored(*rows: tuple[int, int, str, str] | tuple[int, int, str, str, int]) -> pa.Table:
    """Scores of (lead, total, grade, stage), and fit where it has one."""
    return pa.Table.from_pylist(
        [
            {"lead": lead, "engagement": 0, "readiness": 0, "conversion": total, "total": total, "grade": grade,
             "stage": stage, "factors": [total, 0], "fit": fit, "fit_points": 0}
            for lead, total, grade, stage, fit in [(*row, 0)[:5] for row in rows]
        ],
        schema=pa.schema(
            [("lead", pa.int64()), ("engagement", pa.int64()), ("readiness", pa.int64()), ("conversion", pa.int64()),
             ("total", pa.int64()), ("grade", pa.string()), ("stage", pa.string()), ("factors", pa.list_(pa.int64())),
             ("fit", pa.int16()), ("fit_points", pa.int64())]
        ),
    )  # fmt: skip


def test_only_what_changed_is_kept(cursor: DuckDBPyConnection) -> None:
    assert record_scores(cursor, scored((1, 10, "D", "x"), (2, 20, "D", "x")), NOW, 1, 1) == 2
    later = NOW + timedelta(hours=1)
    assert record_scores(cursor, scored((1, 10, "D", "x"), (2, 20, "D", "y"), (3, 5, "D", "x")), later, 2, 1) == 2
    assert [row["stage"] for row in history(cursor, 2)] == ["x", "y"]
    assert len(history(cursor, 1)) == 1
    assert [row["lead"] for row in current(cursor, 2)] == [2, 1]


def test_the_current_scores_of_some_leads_are_theirs_alone(cursor: DuckDBPyConnection) -> None:
    record_scores(cursor, scored((1, 10, "D", "x"), (2, 20, "D", "x"), (3, 30, "C", "x")), NOW, 1, 1)
    assert [row["lead"] for row in current(cursor, 9, [1, 3])] == [3, 1]
    assert [row["lead"] for row in current(cursor, 1, [1, 2])] == [2]
    assert current(cursor, 9, []) == []


def test_a_change_of_fit_alone_is_kept(cursor: DuckDBPyConnection) -> None:
    assert record_scores(cursor, scored((1, 10, "D", "x", 3)), NOW, 1, 1) == 1
    assert record_scores(cursor, scored((1, 10, "D", "x", 1)), NOW + timedelta(hours=1), 2, 1) == 1
    assert [row["fit"] for row in history(cursor, 1)] == [3, 1]
    assert [row["fit"] for row in current(cursor, 9)] == [1]


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


def test_the_highest_is_found_after_rows_were_replaced_in_a_store_that_was_reopened(tmp_path: Path) -> None:
    for load, points in ((1, 1000), (2, 900)):
        store = EventStore.open(tmp_path, KEYS, threads=1)
        with store.cursor() as cursor:
            record_scores(cursor, scored(*((lead, lead * points, "D", "x") for lead in range(1, 301))), NOW, load, 1)
            assert [row["lead"] for row in current(cursor, 1)] == [300]
            cursor.execute("CHECKPOINT store")
        store.close()
