"""Who is hottest of a segment."""

from leadline.analytics.segments import Segment
from leadline.eventstore.hottest import hottest_leads
from leadline.pipeline.engine import Engine
from leadline.pipeline.projections import bring_up_to_date


def hottest_of(engine: Engine, segment: Segment, limit: int) -> list[int]:
    """Their numbers, the highest total first."""
    bring_up_to_date(engine)
    with engine.store.cursor() as cursor:
        return hottest_leads(cursor, segment, limit)
