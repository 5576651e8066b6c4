"""Jobs that mail something once: none is made while one is under way, nor soon after one that failed."""

from datetime import datetime, timedelta

from leadline.pipeline.models import Job

AGAIN = timedelta(hours=1)
"""After a mail that did not leave."""
ON_ITS_WAY = ("waiting", "running", "cancelling")


def is_under_way(kind: str, now: datetime) -> bool:
    """Whether the last job of a kind is not over, or failed less than an hour ago."""
    last = Job.objects.filter(kind=kind).order_by("-pk").first()
    if last is None:
        return False
    failed_lately = last.state == "failed" and (last.finished_at or now) > now - AGAIN
    return failed_lately or last.state in ON_ITS_WAY
