"""Erased people leave no row; others keep theirs."""

from datetime import UTC, datetime

import pyarrow as pa
from duckdb import DuckDBPyConnection
from event_cast import edges

from leadline.eventstore.edges import append_edges
from leadline.eventstore.erasing import erase_identities
from leadline.eventstore.journal import Kind, journal, note
from leadline.eventstore.scores import history, record_scores
from leadline.pipeline.scoring import ROW

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def record(cursor: DuckDBPyConnection, lead: int, total: int) -> None:
    row = dict.fromkeys(ROW.names, 0) | {"lead": lead, "total": total, "grade": "D", "stage": "x", "factors": [0]}
    record_scores(cursor, pa.Table.from_pylist([row], schema=ROW), NOON, 1, 1)


def test_a_lead_without_identities_leaves_nothing(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((1, 1, 1), (2, 2, 2)))
    record(cursor, 1, 10)
    record(cursor, 2, 20)
    note(cursor, Kind.LOAD, NOON, 1, [1, 2])
    erased = erase_identities(cursor, [1])
    assert (erased.leads, erased.touched) == ((1,), ())
    assert erased.rows["edges"] == 1
    assert history(cursor, 1) == []
    assert [row["total"] for row in history(cursor, 2)] == [20]
    assert journal(cursor)[0].leads == (2,)


def test_whoever_shared_an_identity_loses_the_scores_of_that_time(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((1, 1, 1), (2, 2, 2)))
    record(cursor, 2, 20)
    append_edges(cursor, edges((3, 1, 2)))  # 1 was taken for 2
    record(cursor, 2, 30)
    append_edges(cursor, edges((4, 1, 1)))  # and is not
    record(cursor, 2, 40)
    erased = erase_identities(cursor, [1])
    assert (erased.leads, erased.touched) == ((1,), (2,))
    assert [row["total"] for row in history(cursor, 2)] == [20, 40]
    assert cursor.execute("FROM identity_lead").fetchall() == [(2, 2, True)]
