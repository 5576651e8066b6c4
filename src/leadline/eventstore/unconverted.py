"""Conversions whose amount could not be told in the reporting currency."""

from datetime import datetime

from leadline.eventstore.database import Cursor
from leadline.eventstore.usage import EVERYBODY, Who, naive

UNCONVERTED = """
SELECT coalesce(conversions.currency, '') AS currency, count(*)
FROM memory.main.conversions AS conversions JOIN memory.main.people AS people USING (lead)
WHERE name = $name AND converted_at >= $start AND converted_at < $end AND converted_at <= $now
    AND (name = 'opportunity' OR cancelled_at IS NULL OR cancelled_at > $now) AND amount IS NOT NULL AND value IS NULL
    AND {who}
GROUP BY 1 ORDER BY 2 DESC, 1
"""


def unconverted(
    cursor: Cursor, name: str, start: datetime, end: datetime, now: datetime, who: Who = EVERYBODY
) -> list[tuple[str, int]]:
    """By currency ("" for none), how many conversions of a name have an amount and no value."""
    condition, chosen = who
    asked = {"name": name, "start": naive(start), "end": naive(end), "now": naive(now), **chosen}
    return cursor.execute(UNCONVERTED.replace("{who}", condition), asked).fetchall()
