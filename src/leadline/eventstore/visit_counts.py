"""Visits by channel and campaign."""

from collections.abc import Mapping
from datetime import datetime

from leadline.eventstore.database import Cursor
from leadline.eventstore.usage import naive

VISITS = """
SELECT channel, coalesce(campaign, '') AS campaign, count(*)
FROM memory.main.touches AS touches
    JOIN (SELECT lead FROM memory.main.people AS people WHERE {who}) AS chosen USING (lead)
WHERE started_at >= $start AND started_at < $end AND started_at <= $now
GROUP BY 1, 2
"""


def visits_by_campaign(
    cursor: Cursor, start: datetime, end: datetime, now: datetime, who: str, chosen: Mapping[str, object]
) -> list[tuple[str, str, int]]:
    """(channel, campaign or "", visits that began in the time).

    Args:
        who: a condition on people, with its named parameters `chosen`.
    """
    bounds = {"start": naive(start), "end": naive(end), "now": naive(now)}
    return cursor.execute(VISITS.format(who=who), {**bounds, **chosen}).fetchall()
