"""Identity edges: which identity belongs to which lead, as the record store says, in the order it says it."""

import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.database import fetch_int, transaction
from leadline.eventstore.loading import last_load_seq
from leadline.eventstore.schema import sql


def max_edge_id(cursor: DuckDBPyConnection) -> int:
    """The newest edge that the store has; 0 without any. The record store sends what comes after it."""
    return fetch_int(cursor, "SELECT max(edge_id) FROM edges")


def append_edges(cursor: DuckDBPyConnection, edges: pa.Table) -> int:
    """Append the edges that are newer than the store's newest, and point their identities to their leads.

    Args:
        edges: columns of `columns.EDGES`; edges the store has already are skipped.

    Returns:
        How many were new.
    """
    if not edges.num_rows:
        return 0
    with transaction(cursor):
        cursor.register("incoming_edges", edges)
        try:
            return _append(cursor)
        finally:
            cursor.unregister("incoming_edges")


def _append(cursor: DuckDBPyConnection) -> int:
    known = max_edge_id(cursor)
    cursor.execute("CREATE OR REPLACE TEMP TABLE new_edges AS FROM incoming_edges WHERE edge_id > ?", [known])
    new = fetch_int(cursor, "SELECT count(*) FROM new_edges")
    if new:
        load_seq = last_load_seq(cursor)
        cursor.execute("INSERT INTO edges SELECT edge_id, identity, lead, occurred_at, ? FROM new_edges", [load_seq])
        for step in ("edges_moved", "edges_affected", "edges_forget", "edges_point"):
            cursor.execute(sql(step))
    return new
