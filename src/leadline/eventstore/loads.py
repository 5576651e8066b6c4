"""Which loads there were, and whom they concern."""

from leadline.eventstore.database import Cursor


def loaded_names(cursor: Cursor, after: int = 0) -> frozenset[str]:
    """The names of all loaded segments, or of those that came after a load."""
    rows = cursor.execute("SELECT name FROM segments WHERE load_seq > ?", [after]).fetchall()
    return frozenset(name for (name,) in rows)


def identities_after(cursor: Cursor, load_seq: int) -> frozenset[int]:
    """The identities that loads after this one brought events or traits of."""
    query = "SELECT identity FROM events WHERE load_seq > $1 UNION SELECT identity FROM traits WHERE load_seq > $1"
    return frozenset(identity for (identity,) in cursor.execute(query, [load_seq]).fetchall())
