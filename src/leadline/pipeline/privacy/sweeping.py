"""The record store after an erasure: nothing of deleted rows is left in its files.

SQLite leaves the bytes of deleted and replaced rows in free pages, in free parts of pages and in the write-ahead log.
VACUUM writes every row that is there into a new database, and a checkpoint that truncates empties the log. In
PostgreSQL, VACUUM gives deleted rows' places free to be written over; its files and log hold the bytes until then, and
what they held was sealed under a key that is not in the database.
"""

import time
from collections.abc import Callable

from django.db import connection

from leadline.kernel.errors import TransientError

WAIT_SECONDS = 60.0
POLL_SECONDS = 0.1


def sweep(waiting: Callable[[], None] = lambda: None) -> None:
    """Rid the record store's files of deleted rows. Not inside a transaction.

    Args:
        waiting: called while readers hold it up; what it raises ends the waiting.

    Raises:
        TransientError: somebody reads an old state of it for longer than a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    if connection.vendor == "sqlite":
        _empty_log(waiting)


def _empty_log(waiting: Callable[[], None]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while _checkpoint_is_held_up():
        waiting()
        if time.monotonic() >= until:
            raise TransientError("The record store's log could not be emptied.", advice="Erase again in a minute.")
        time.sleep(POLL_SECONDS)


def _checkpoint_is_held_up() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, _, _) = cursor.fetchone()
    return bool(busy)
