"""Where some people stand now."""

from collections.abc import Sequence

from leadline.eventstore.database import Cursor

STANDING = "SELECT lead, stage, grade, total FROM memory.main.people WHERE lead IN (SELECT unnest(?::BIGINT[]))"


def standing_rows(cursor: Cursor, leads: Sequence[int]) -> dict[int, tuple[str | None, str | None, int | None]]:
    """By lead: stage, grade, and total in millionths of a point."""
    rows = cursor.execute(STANDING, [list(leads)]).fetchall()
    return {lead: (stage, grade, total) for lead, stage, grade, total in rows}
