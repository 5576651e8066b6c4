"""What pages ask about one lead, of the engine that runs in this process."""

from datetime import datetime

from leadline.pipeline import explaining, runtime
from leadline.pipeline.explaining import Explanation as Explanation
from leadline.pipeline.explaining import TimelineEntry as TimelineEntry


def explain(lead_id: int, as_of: datetime | None = None) -> Explanation:
    """The score of a lead at `as_of` (default: now) with every point of it.

    Raises:
        NotFoundError: there is no such lead.
    """
    return explaining.explain(runtime.running().engine, lead_id, as_of)


def timeline(lead_id: int, limit: int = 100) -> list[TimelineEntry]:
    """The latest events of a lead, newest first."""
    return explaining.timeline(runtime.running().engine, lead_id, limit)
