"""Taking people out of the event store: every row about their identities, and what was derived from these.

The rows go; their bytes stay in the file until it is copied into a new one. Who never shared an identity with those who
are erased keeps every row, and replays as before.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from leadline.eventstore import doings, tried_raws
from leadline.eventstore.database import Cursor, transaction
from leadline.eventstore.kept_raws import forget
from leadline.eventstore.schema import sql
from leadline.eventstore.sessions import rebuild_sessions

OF_IDENTITIES = ("events", "traits", "cells", "edges", "identity_lead")
OF_LEADS = ("scores", "current_scores", "sessions")


@dataclass(frozen=True, slots=True)
class Erased:
    """What went.

    Attributes:
        leads: those without an identity now. Nothing of them is left.
        touched: those who once had an erased identity and live on: of them the score rows from then are gone, and they
            are to be scored again.
        rows: by table, how many.
    """

    leads: tuple[int, ...]
    touched: tuple[int, ...]
    rows: dict[str, int]


def erase_identities(
    cursor: Cursor, identities: Collection[int], along: Callable[[Cursor], None] = lambda _: None
) -> Erased:
    """Delete every row about these identities, and about leads that are nobody's without them, in one transaction.

    The record store's rows of these identities are to be deleted first: edges that are there would be copied again.

    Args:
        along: what else is to happen in that transaction.
    """
    with transaction(cursor):
        along(cursor)
        given = {"identities": sorted(identities)}
        cursor.execute(sql("erase_stays"), given)
        leads = _column(cursor, "SELECT DISTINCT lead FROM erased_stays WHERE NOT lives_on ORDER BY 1")
        touched = _column(cursor, "SELECT DISTINCT lead FROM erased_stays WHERE lives_on ORDER BY 1")
        rows = {"scores": _deleted(cursor, sql("erase_shared_scores"))}
        for table in OF_IDENTITIES:
            clause = "identity IN (SELECT unnest($identities::BIGINT[]))"
            rows[table] = _deleted(cursor, f"DELETE FROM {table} WHERE {clause}", **given)
        for table in OF_LEADS:
            clause = "lead IN (SELECT unnest($leads::BIGINT[]))"
            rows[table] = rows.get(table, 0) + _deleted(cursor, f"DELETE FROM {table} WHERE {clause}", leads=leads)
        cursor.execute(sql("erase_from_journal"), {"leads": leads})
        cursor.execute(sql("erase_company"), {"leads": touched})
    rebuild_sessions(cursor, touched)
    forget(cursor)
    tried_raws.forget(cursor)
    doings.forget(cursor)
    return Erased(tuple(leads), tuple(touched), rows)


def _column(cursor: Cursor, query: str) -> list[int]:
    return [number for (number,) in cursor.execute(query).fetchall()]


def _deleted(cursor: Cursor, query: str, **given: object) -> int:
    row = cursor.execute(query, given).fetchone()
    return int(row[0]) if row else 0
