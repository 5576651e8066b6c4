"""Keeping scores: a row of history when something changed, and one current row for each lead."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.database import fetch_int, transaction
from leadline.eventstore.schema import sql

WEEK = timedelta(days=7)
RECORDED = "lead, engagement, readiness, conversion, total, grade, stage, factors, fit, fit_points"
Row = Mapping[str, Any]
Scored: TypeAlias = pa.Table | Literal["scored", "staying"]


def record_scores(
    cursor: DuckDBPyConnection,
    scored: Scored,
    as_of: datetime,
    load_seq: int,
    ruleset: int,
    stages: pa.Table | None = None,
) -> int:
    """Keep the scores of leads whose total, grade, stage or fit is another one than before, in one transaction.

    Args:
        scored: lead, engagement, readiness, conversion, total, grade, factors, fit, fit_points, and stage unless
            `stages` is given; or "scored" for the temporary table that `score_into_table` made, or "staying" for
            that of `keep_stages_of_others`.
        as_of: the moment they are of.
        load_seq: what was loaded when they were computed.
        ruleset: its number.
        stages: lead and stage; only leads that are in both are kept.

    Returns:
        How many leads changed.
    """
    _offer(cursor, scored, stages)
    moment = as_of.astimezone(UTC).replace(tzinfo=None)
    given = {"as_of": moment, "load_seq": load_seq, "ruleset": ruleset}
    with transaction(cursor):
        cursor.execute(sql("scores_changed"))
        cursor.execute(sql("scores_append"), given)
        cursor.execute("DELETE FROM current_scores USING changed WHERE current_scores.lead = changed.lead")
        cursor.execute(sql("scores_replace"), given)
    return fetch_int(cursor, "SELECT count(*) FROM changed")


def current(cursor: DuckDBPyConnection, limit: int, leads: Sequence[int] | None = None) -> list[Row]:
    """The current scores, highest total first, at most `limit`; with `leads`, only of these."""
    if leads is None:
        return _rows(cursor.execute("FROM current_scores ORDER BY total DESC, lead LIMIT ?", [limit]))
    query = "FROM current_scores WHERE lead IN (SELECT unnest(?)) ORDER BY total DESC, lead LIMIT ?"
    return _rows(cursor.execute(query, [list(leads), limit]))


def current_of(cursor: DuckDBPyConnection, lead: int) -> Row | None:
    """The current score of one lead, when it has one."""
    found = _rows(cursor.execute("FROM current_scores WHERE lead = ?", [lead]))
    return found[0] if found else None


def history(cursor: DuckDBPyConnection, lead: int) -> list[Row]:
    """Every score row of a lead, oldest first."""
    return _rows(cursor.execute("FROM scores WHERE lead = ? ORDER BY as_of, load_seq", [lead]))


def refresh_week_ago(cursor: DuckDBPyConnection, as_of: datetime) -> None:
    """Set every lead's `week_ago_total` to what its total was seven days before `as_of`."""
    moment = (as_of - WEEK).astimezone(UTC).replace(tzinfo=None)
    with transaction(cursor):
        cursor.execute(sql("scores_week_ago"), {"moment": moment})
        cursor.execute("DELETE FROM current_scores")
        cursor.execute("INSERT INTO current_scores FROM with_week_ago")


def _offer(cursor: DuckDBPyConnection, scored: Scored, stages: pa.Table | None) -> None:
    """Make `incoming_scores`, a table with the columns RECORDED."""
    source = scored if isinstance(scored, str) else "given_scores"
    if not isinstance(scored, str):
        cursor.register("given_scores", scored)
    if stages is not None:
        cursor.register("given_stages", stages)
        source = f"(FROM {source} JOIN given_stages USING (lead))"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE incoming_scores AS SELECT {RECORDED} FROM {source}")
    for name in ("given_scores", "given_stages"):
        cursor.unregister(name)


def _rows(cursor: DuckDBPyConnection) -> list[Row]:
    rows: list[Row] = cursor.to_arrow_table().to_pylist()
    return rows
