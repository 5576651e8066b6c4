"""Who can be won, of a segment: numbers of leads, the highest total first."""

from leadline.analytics.segments import Segment
from leadline.eventstore.database import Cursor
from leadline.eventstore.schema import sql
from leadline.eventstore.segments import segment_sql


def hottest_leads(cursor: Cursor, segment: Segment, limit: int) -> list[int]:
    """Known, not turned down, neither customers nor disqualified. The tables that reports read must be up to date."""
    condition, given = segment_sql(segment)
    rows = cursor.execute(sql("hottest_leads").replace("{segment}", condition), {**given, "limit": limit}).fetchall()
    return [int(lead) for (lead,) in rows]
