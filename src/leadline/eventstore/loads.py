"""Which loads there were, and whom they concern."""

from leadline.eventstore.database import Cursor


def loaded_names(cursor: Cursor) -> frozenset[str]:
    """The names of all loaded segments."""
    return frozenset(name for (name,) in cursor.execute("SELECT name FROM segments").fetchall())


def identities_after(cursor: Cursor, load_seq: int) -> frozenset[int]:
    """The identities that loads after this one brought events or traits of."""
    query = "SELECT identity FROM events WHERE load_seq > $1 UNION SELECT identity FROM traits WHERE load_seq > $1"
    return frozenset(identity for (identity,) in cursor.execute(query, [load_seq]).fetchall())
