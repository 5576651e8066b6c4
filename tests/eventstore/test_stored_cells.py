"""Cells follow the events: a new metric from all of them, a load only what it touched."""

from duckdb import DuckDBPyConnection
from event_cast import DAY, NOON, page, segment

from leadline.engagement.metrics import Condition, Metric, MetricKind
from leadline.eventstore.cells import (
    catalogue,
    ensure_metrics,
    rebuild_all,
    rebuild_cells,
    retire_metrics,
    touched_after,
)
from leadline.eventstore.loading import load_segment

ACTIVE = Metric("active", MetricKind.ACTIVE_DAYS)
PAGES = Metric("pages", MetricKind.COUNT, events=("Page",))
LONG = Metric(
    "long", MetricKind.COUNT, events=("Page",), where=(Condition("words", at_least=2.5), Condition("a", (1, "b")))
)
TITLE = Metric("title", MetricKind.COMPLETENESS, traits=("title",))


def cells(cursor: DuckDBPyConnection) -> list[tuple[int, int, int]]:
    return cursor.execute("SELECT metric, identity, value FROM cells ORDER BY ALL").fetchall()


def test_a_metric_never_seen_before_is_built_from_all_events(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1), page(2), page(3, identity=2)]))
    assert ensure_metrics(cursor, [ACTIVE, TITLE]) == {ACTIVE.digest: 1}
    assert cells(cursor) == [(1, 1, 1000), (1, 2, 1000)]
    assert ensure_metrics(cursor, [PAGES])[PAGES.digest] == 2
    assert cells(cursor) == [(1, 1, 1000), (1, 2, 1000), (2, 1, 2000), (2, 2, 1000)]


def test_a_load_touches_its_identities_and_days(cursor: DuckDBPyConnection) -> None:
    ensure_metrics(cursor, [PAGES])
    load_segment(cursor, segment("a", [page(1), page(2, identity=2)]))
    rebuild_cells(cursor, touched_after(cursor, 0))
    load_segment(cursor, segment("b", [page(3), page(4, at=NOON + DAY)]))
    touched = touched_after(cursor, 1)
    assert touched.count == 2
    assert rebuild_cells(cursor, touched) == 2
    assert cells(cursor) == [(1, 1, 1000), (1, 1, 2000), (1, 2, 1000)]


def test_nothing_touched_changes_nothing(cursor: DuckDBPyConnection) -> None:
    ensure_metrics(cursor, [PAGES])
    assert rebuild_cells(cursor, touched_after(cursor, 0)) == 0
    assert rebuild_all(cursor) == 0


def test_a_metric_is_known_by_what_it_measures(cursor: DuckDBPyConnection) -> None:
    ensure_metrics(cursor, [PAGES, LONG])
    renamed = Metric("views", MetricKind.COUNT, events=("Page",))
    assert ensure_metrics(cursor, [renamed]) == {PAGES.digest: 1, LONG.digest: 2}
    assert catalogue(cursor) == {1: PAGES, 2: LONG}


def test_a_retired_metric_takes_its_cells_along(cursor: DuckDBPyConnection) -> None:
    load_segment(cursor, segment("a", [page(1)]))
    ensure_metrics(cursor, [PAGES, ACTIVE])
    assert retire_metrics(cursor, [PAGES]) == 1
    assert cells(cursor) == [(1, 1, 1000)]
    assert ensure_metrics(cursor, [ACTIVE])[ACTIVE.digest] == 2
