"""Once a night the running server has a job take away what was kept for too long, and takes up erasures that wait.

A night's run is a row whose night is unique: over restarts and several processes there is one. An installation's first
night is only announced, so that somebody may look at the preview before anything goes.
"""

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from leadline.pipeline.models import Job
from leadline.pipeline.pace import Pace
from leadline.pipeline.privacy.erasing import ERASURE
from leadline.pipeline.privacy.erasures import unfinished
from leadline.pipeline.privacy.retaining import RETENTION
from leadline.privacy.models import RetentionRun

EVERY = timedelta(minutes=1)
MISSED = timedelta(days=2)
NIGHT = "the night"
UNDER_WAY = ("waiting", "running", "cancelling")
logger = logging.getLogger(__name__)


def night_of(now: datetime, hour: int) -> date:
    """The day (UTC) on which the night that is the newest one at `now` began, at this hour."""
    return (now - timedelta(hours=hour)).date()


def next_night(now: datetime, hour: int) -> datetime:
    """When the next one begins."""
    began = datetime.combine(night_of(now, hour), datetime.min.time(), now.tzinfo)
    return began + timedelta(days=1, hours=hour)


class RetentionNights:
    """Called after each tick; does nothing until a minute has passed."""

    def __init__(self) -> None:
        self._pace = Pace(EVERY)

    def keep_up(self, now: datetime) -> int:
        """Start what is due. Returns how many jobs were started."""
        if settings.RETENTION_HOUR is None or not self._pace.is_time(now):
            return 0
        try:
            return _begin(now, night_of(now, settings.RETENTION_HOUR))
        except IntegrityError:
            return 0  # another process was quicker
        except DatabaseError:
            logger.exception("Retention could not be looked at; it is tried again in a minute")
            return 0


@transaction.atomic
def _begin(now: datetime, night: date) -> int:
    if RetentionRun.objects.filter(night__gte=night).exists():
        return 0
    announced = RetentionRun.State.ANNOUNCED
    if not RetentionRun.objects.exists():
        RetentionRun.objects.create(night=night, state=announced, by=NIGHT, started_at=now, finished_at=now)
        return 0
    RetentionRun.objects.create(night=night, by=NIGHT, started_at=now)
    kinds = [RETENTION, ERASURE] if unfinished() else [RETENTION]
    wanted = [kind for kind in kinds if not Job.objects.filter(kind=kind, state__in=UNDER_WAY).exists()]
    Job.objects.bulk_create([Job(kind=kind, created_by=NIGHT) for kind in wanted])
    return len(wanted)


def trouble(now: datetime, *, running: bool) -> str:
    """What is not well with retention, and what to do; empty when all is well.

    Args:
        running: a server runs, which should start it each night.
    """
    last = RetentionRun.objects.order_by("-pk").first()
    if last is not None and last.trouble:
        return f"run {last.pk} failed: {last.trouble} See `leadline privacy retention report`; it is tried again."
    off = settings.RETENTION_HOUR is None or not running
    if last is not None and not off and now - last.started_at > MISSED:
        return f"nothing was taken away since {last.started_at:%Y-%m-%d}: see the log of `leadline serve`"
    return ""


def last_words() -> str:
    """When it last ran, or that it will not."""
    if settings.RETENTION_HOUR is None:
        return "off: LEADLINE_RETENTION_HOUR"
    last = RetentionRun.objects.order_by("-pk").first()
    return f"last at {last.started_at:%Y-%m-%d %H:%M} UTC: {last.state}" if last else "has not run yet"
