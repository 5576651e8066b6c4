"""Several queries that see one state of the store and of the tables made from it."""

from leadline.eventstore.database import Cursor

MEMORY, STORE = "FROM memory.main.people LIMIT 0", "FROM store.segments LIMIT 0"


def begin_reading(cursor: Cursor) -> None:
    """Begin a transaction for reading: until it is rolled back, nothing that others write, replace or drop is seen.

    DuckDB takes the snapshot of an attached database when the transaction first touches it, not when it begins: both
    are touched here. Temporary tables may be made inside; they go with the transaction.

    Raises:
        RuntimeError: a transaction is open on this cursor.
    """
    cursor.begin()
    try:
        for touch in (MEMORY, STORE):
            cursor.execute(touch).fetchall()
    except BaseException:
        cursor.rollback()
        raise
