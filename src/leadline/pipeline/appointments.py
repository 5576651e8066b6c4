"""Looks about once a minute whether an alert or a report is due, and has jobs do the work: outside the tick and its
transactions, so that neither a slow report nor a mail server that hangs keeps events waiting."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError

from leadline.kernel.clock import utc_now
from leadline.pipeline import alert_mail, alerts, schedules
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job
from leadline.pipeline.pace import Pace

ALERTS, REPORT = "alerts", "scheduled_report"
EVERY = timedelta(minutes=1)
PAUSE = timedelta(minutes=5)
"""After a check that failed."""
UNDER_WAY = ("waiting", "running", "cancelling")
logger = logging.getLogger(__name__)


def check_alerts(engine: Engine, arguments: Mapping[str, Any], report: schedules.Report) -> dict[str, Any]:  # noqa: ARG001  # a Work
    """The job `alerts`: judge what is due, then mail what fired. Mail leaves even if an alert could not be judged."""
    now = utc_now()
    report(0, 2)
    try:
        fired = alerts.check(engine, now)
        report(1, 2)
    finally:
        mailed = alert_mail.mail_waiting(engine, now)
    return {"fired": len(fired), "mailed": mailed}


class AppointmentKeeper:
    """Called after each tick; does nothing until a minute has passed."""

    def __init__(self) -> None:
        self._pace = Pace(EVERY)

    def keep_up(self, now: datetime) -> int:
        """Start what is due. Returns how many jobs were started."""
        if not self._pace.is_time(now):
            return 0
        try:
            return self._alerts(now) + self._reports(now)
        except DatabaseError:
            logger.exception("Alerts and reports could not be looked at; it is tried again in a minute")
            return 0

    def _alerts(self, now: datetime) -> int:
        if not (alerts.is_due(now) or alert_mail.waiting(now)) or _is_under_way(ALERTS) or _failed_lately(now):
            return 0
        Job.objects.create(kind=ALERTS)
        return 1

    def _reports(self, now: datetime) -> int:
        schedules.make_due_runs(now)
        runs = [run for run in schedules.waiting_runs(now) if not _is_under_way(REPORT, run=run.pk)]
        for run in runs:
            Job.objects.create(kind=REPORT, arguments={"run": run.pk})
        return len(runs)


def _is_under_way(kind: str, **arguments: int) -> bool:
    rows = Job.objects.filter(kind=kind, state__in=UNDER_WAY)
    return any(row.arguments == arguments for row in rows)


def _failed_lately(now: datetime) -> bool:
    last = Job.objects.filter(kind=ALERTS).order_by("-pk").first()
    return last is not None and last.state == "failed" and (last.finished_at or now) > now - PAUSE
