"""What people did, as funnels, retention and journeys read it: lead, instant, and a number for which event or page.

Derived, in DuckDB's memory: `memory.main.doings` (lead, moment in µs since 1970, code) and `memory.main.doing_codes`
(code, kind, name, path; the path of pages only). 16 bytes an event instead of names, an encrypted file and a join with
identities. Made whole at first use; then what came since is added, and the rows of leads that were merged or split are
put under their new leads. Robots' and our own people's events are left out.
"""

import threading

from leadline.eventstore.database import Cursor, fetch_int, transaction
from leadline.eventstore.edges import max_edge_id
from leadline.eventstore.loading import last_load_seq
from leadline.eventstore.reading import begin_reading
from leadline.eventstore.schema import sql

DOINGS = "memory.main.doings"
CODES = "memory.main.doing_codes"
WAITING = "memory.main.doings_waiting"
MARK = "memory.main.doings_mark"
MAKE = f"""
CREATE TABLE {DOINGS} (lead INTEGER NOT NULL, moment BIGINT NOT NULL, code UINTEGER NOT NULL);
CREATE TABLE {CODES} (code UINTEGER NOT NULL, kind VARCHAR NOT NULL, name VARCHAR NOT NULL, path VARCHAR NOT NULL);
CREATE TABLE {WAITING} (identity BIGINT NOT NULL);
CREATE TABLE {MARK} AS SELECT 0 AS load_seq, 0::BIGINT AS edge
"""
NOBODYS = f"INSERT INTO {WAITING} SELECT DISTINCT identity FROM events ANTI JOIN identity_lead USING (identity)"
"""Identities that belong to nobody yet: a load is there before the record store has said whose it is."""
_updating = threading.Lock()


def bring_doings_up_to_date(cursor: Cursor) -> None:
    """Add what came since, in one transaction; whoever reads meanwhile sees what was."""
    with _updating:
        _bring_up_to_date(cursor)


def begin_reading_doings(cursor: Cursor) -> None:
    """Bring them up to date and begin to read before anybody can let them go (`reading.begin_reading`)."""
    with _updating:
        _bring_up_to_date(cursor)
        begin_reading(cursor)


def forget(cursor: Cursor) -> None:
    """Let them go: after an erasure. They are made anew when they are next brought up to date; whoever began to read
    before goes on reading them as they were."""
    with _updating, transaction(cursor):
        for table in (DOINGS, CODES, WAITING, MARK):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def _bring_up_to_date(cursor: Cursor) -> None:
    with transaction(cursor):
        if not is_made(cursor):
            cursor.execute(MAKE)
        since, edge = _mark(cursor)
        load_seq, newest = last_load_seq(cursor), max_edge_id(cursor)
        if since < load_seq:
            cursor.execute(sql("doings_codes"), {"since": since})
        if edge < newest:
            _move(cursor, since, edge)
        if since < load_seq:
            cursor.execute(sql("doings_new"), {"since": since})
            cursor.execute(f"{NOBODYS} WHERE load_seq > $since", {"since": since})
        cursor.execute(f"UPDATE {MARK} SET load_seq = ?, edge = ?", [load_seq, newest])


def _move(cursor: Cursor, since: int, edge: int) -> None:
    if since == 0:
        return  # nothing is there that could be wrong
    cursor.execute(sql("doings_moved"), {"edge": edge})
    if fetch_int(cursor, "SELECT count(*) FROM doings_moved"):
        cursor.execute(f"DELETE FROM {DOINGS} WHERE lead IN (SELECT lead FROM doings_moved)")
        cursor.execute(sql("doings_again"), {"since": since})
        cursor.execute(f"DELETE FROM {WAITING} WHERE identity IN (SELECT identity FROM doings_moved)")


def _mark(cursor: Cursor) -> tuple[int, int]:
    ((load_seq, edge),) = cursor.execute(f"SELECT load_seq, edge FROM {MARK}").fetchall()
    return load_seq, edge


def is_made(cursor: Cursor) -> bool:
    """Whether they are there."""
    found = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'memory' AND table_name = 'doings_mark'"
    return bool(fetch_int(cursor, found))
