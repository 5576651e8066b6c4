"""An erasure that did not come to its end is taken up again each hour, by the running server: a CRM that was down may
answer by now. What is done of it stays done, so that trying costs little."""

from datetime import datetime, timedelta

from leadline.pipeline.models import Job
from leadline.pipeline.pace import Pace
from leadline.pipeline.privacy.erasing import ERASURE
from leadline.privacy.models import Erasure

EVERY = timedelta(hours=1)
LOOKED_EVERY = timedelta(minutes=1)


class ErasureRetries:
    """Asked after each tick; looks once a minute."""

    def __init__(self) -> None:
        self._pace = Pace(LOOKED_EVERY)

    def keep_up(self, now: datetime) -> bool:
        """Let a job try again what waits, an hour after the last one ended. Returns whether it did."""
        if not self._pace.is_time(now):
            return False
        if not Erasure.objects.filter(finished_at=None, asked_at__lte=now - EVERY).exists() or not _is_due(now):
            return False
        Job.objects.create(kind=ERASURE, arguments={})
        return True


def _is_due(now: datetime) -> bool:
    """Not while one is at work or waits, nor within an hour of the last one's end."""
    jobs = Job.objects.filter(kind=ERASURE)
    return not (jobs.filter(finished_at=None) | jobs.filter(finished_at__gt=now - EVERY)).exists()
