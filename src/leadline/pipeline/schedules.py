"""Scheduled reports at work: a run for each due time, made once; its mail, tried again with pauses."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from leadline.analytics.models import ReportRun, ScheduledReport
from leadline.analytics.scheduling import Timetable, next_try
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TransientError
from leadline.kernel.log_lines import told
from leadline.pipeline.engine import Engine
from leadline.pipeline.letters.board_letter import board_letter
from leadline.pipeline.mail import check_configured, send

DUE, SENT, FAILED, SKIPPED = "due", "sent", "failed", "skipped"
BACK = timedelta(days=8)
"""So far back a missed time is looked for. Of several that passed while Leadline was off, the last one is sent."""
LONGEST = 300
Report = Callable[[int, int], None]


def timetable_of(schedule: ScheduledReport) -> Timetable:
    """When it is due."""
    return Timetable(schedule.weekday, schedule.hour, schedule.zone)


def make_due_runs(now: datetime) -> int:
    """A run for each schedule whose time has come. Returns how many are new."""
    return sum(_make_due_run(each, now) for each in ScheduledReport.objects.filter(enabled=True))


def _make_due_run(schedule: ScheduledReport, now: datetime) -> bool:
    last = schedule.runs.order_by("-due_at").values_list("due_at", flat=True).first()
    since = max(schedule.created_at, now - BACK, *([last] if last else []))
    due = timetable_of(schedule).due_between(since, now)
    return bool(due) and ReportRun.objects.get_or_create(schedule=schedule, due_at=due[-1])[1]


def skip_passed(schedule: ScheduledReport, now: datetime) -> None:
    """After a change or a pause: a time that has passed already is not sent belatedly."""
    due = timetable_of(schedule).due_between(now - BACK, now)
    if due and due[-1] >= schedule.created_at:
        values = {"state": SKIPPED, "message": "Passed before the schedule was changed.", "finished_at": now}
        ReportRun.objects.get_or_create(schedule=schedule, due_at=due[-1], defaults=values)


def waiting_runs(now: datetime) -> list[ReportRun]:
    """Runs that are to be tried now, the oldest first."""
    rows = ReportRun.objects.filter(state=DUE).select_related("schedule").order_by("due_at", "pk")
    return [row for row in rows if _is_time(row, now)]


def _is_time(run: ReportRun, now: datetime) -> bool:
    at = next_try(run.attempts, run.tried_at)
    return at is None or at <= now


def send_now(schedule: ScheduledReport, now: datetime) -> ReportRun:
    """A run besides the regular ones.

    Raises:
        ConfigurationError: no mail server is set up.
    """
    check_configured()
    return ReportRun.objects.get_or_create(schedule=schedule, due_at=now.replace(microsecond=0))[0]


def run(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The job `scheduled_report`: make the report of `arguments["run"]` and send it. One that was sent is not again.

    Raises:
        NotFoundError: there is no such run.
        LeadlineError: it could not be sent; the run keeps why, and whether it is tried again.
    """
    found = ReportRun.objects.select_related("schedule__board").filter(pk=int(arguments["run"])).first()
    if found is None:
        raise NotFoundError(f"There is no run {arguments['run']} of a scheduled report.")
    if found.state != DUE:
        return {"state": found.state}
    found.attempts, found.tried_at = found.attempts + 1, utc_now()
    found.save(update_fields=["attempts", "tried_at"])
    report(0, 2)
    _deliver(engine, found, report)
    return {"state": SENT, "recipients": len(found.schedule.recipients)}


def _deliver(engine: Engine, found: ReportRun, report: Report) -> None:
    try:
        check_configured()
        letter = board_letter(engine, found)
        report(1, 2)
        send(letter)
    except LeadlineError as error:
        again = isinstance(error, TransientError) and next_try(found.attempts, found.tried_at) is not None
        _note(found, DUE if again else FAILED, str(error))
        raise
    except Exception as error:
        _note(found, FAILED, told(error))
        raise
    _note(found, SENT, "")


def _note(found: ReportRun, state: str, message: str) -> None:
    found.state, found.message = state, message[:LONGEST]
    found.finished_at = None if state == DUE else utc_now()
    found.save(update_fields=["state", "message", "finished_at"])
