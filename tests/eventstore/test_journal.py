"""The journal of evaluations: rows in order, each once, found by time."""

from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection
from event_cast import edges

from leadline.eventstore.edges import append_edges
from leadline.eventstore.journal import Kind, Note, begun_at, journal, journal_of, note, note_all, row_at

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_row_that_is_noted_again_at_once_is_there_once(cursor: DuckDBPyConnection) -> None:
    for _ in range(2):
        note_all(cursor, [Note(Kind.GONE, NOON, [4]), Note(Kind.LOAD, NOON, [1, 2])], 1, said=3)
    note(cursor, Kind.MIDNIGHT, NOON + HOUR, 1)
    note(cursor, Kind.LOAD, NOON, 1, [1, 2])
    rows = journal(cursor)
    assert [(row.seq, row.kind, row.leads) for row in rows] == [
        (1, Kind.GONE, (4,)),
        (2, Kind.LOAD, (1, 2)),
        (3, Kind.MIDNIGHT, None),
        (4, Kind.LOAD, (1, 2)),
    ]
    assert [row.evaluates for row in rows] == [False, True, True, True]
    assert rows[0].said == 3


def test_what_concerns_a_lead_is_its_own_rows_everybodys_and_the_loads(cursor: DuckDBPyConnection) -> None:
    note(cursor, Kind.LOAD, NOON, 1, [1])
    note(cursor, Kind.SALES, NOON + HOUR, 1, [1])
    note(cursor, Kind.SALES, NOON + HOUR, 1, [2])
    note(cursor, Kind.RESCORE, NOON + 2 * HOUR, 1)
    assert [(row.seq, row.leads) for row in journal_of(cursor, [2])] == [(1, ()), (3, (2,)), (4, None)]


def test_the_last_row_at_or_before_a_moment_says_what_was_known(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((7, 1, 1)))
    note(cursor, Kind.LOAD, NOON, 3, [1])
    note(cursor, Kind.AS_OF, NOON - 30 * HOUR, 3)
    assert row_at(cursor, NOON - HOUR) is None
    found = row_at(cursor, NOON)
    assert found is not None
    assert (found.edge_id, found.ruleset, found.at) == (7, 3, NOON)


def test_an_evaluation_of_edges_that_died_is_done_again_as_of_then(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((7, 1, 1)))
    note(cursor, Kind.EDGES, NOON, 1, [1])
    assert begun_at(cursor, 6) == NOON
    assert begun_at(cursor, 7) is None
