"""Identities point to leads; the newest edge decides."""

from duckdb import DuckDBPyConnection
from event_cast import edges

from leadline.eventstore.edges import append_edges, max_edge_id


def pointing(cursor: DuckDBPyConnection) -> list[tuple[int, int, bool]]:
    return cursor.execute("FROM identity_lead ORDER BY identity").fetchall()


def test_a_lead_with_one_identity_is_alone(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((1, 1, 1), (2, 2, 2), (3, 3, 2)))
    assert pointing(cursor) == [(1, 1, True), (2, 2, False), (3, 2, False)]


def test_a_merge_moves_the_identity_and_changes_who_is_alone(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((1, 1, 1), (2, 2, 2), (3, 3, 2)))
    append_edges(cursor, edges((4, 3, 1)))
    assert pointing(cursor) == [(1, 1, False), (2, 2, True), (3, 1, False)]


def test_the_newest_edge_of_a_batch_decides(cursor: DuckDBPyConnection) -> None:
    append_edges(cursor, edges((2, 1, 7), (1, 1, 6)))
    assert pointing(cursor) == [(1, 7, True)]


def test_edges_come_once(cursor: DuckDBPyConnection) -> None:
    assert append_edges(cursor, edges((1, 1, 1))) == 1
    assert append_edges(cursor, edges((1, 1, 9), (2, 2, 2))) == 1
    assert append_edges(cursor, edges()) == 0
    assert max_edge_id(cursor) == 2
    assert pointing(cursor) == [(1, 1, True), (2, 2, True)]
