"""Copying between two open event stores: loads into an empty one, and what was derived there back."""

from leadline.eventstore.database import Cursor, transaction

LOADED = ("segments", "events", "traits")
DERIVED = ("metric_catalogue", "cells", "identity_lead", "sessions", "scores", "current_scores")
"""The tables that a rebuild makes again. `scores` is a history, but one that follows from the journal."""


def copy_load(source: Cursor, target: Cursor, after: int, upto: int) -> None:
    """Append the rows of the loads after one and up to another, with their numbers."""
    if upto <= after:
        return
    for table in LOADED:
        rows = source.execute(f"FROM {table} WHERE load_seq > ? AND load_seq <= ?", [after, upto]).to_arrow_table()
        target.register("incoming_rows", rows)
        target.execute(f"INSERT INTO {table} BY NAME FROM incoming_rows")
        target.unregister("incoming_rows")


def take_over(target: Cursor, source: Cursor) -> None:
    """Replace the derived tables of `target` by those of `source`, in one transaction."""
    with transaction(target):
        for table in DERIVED:
            target.execute(f"DELETE FROM {table}")
            rows = source.execute(f"FROM {table}").to_arrow_reader()
            target.register("incoming_rows", rows)
            target.execute(f"INSERT INTO {table} BY NAME FROM incoming_rows")
            target.unregister("incoming_rows")
