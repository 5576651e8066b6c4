"""Commands on scheduled reports and on mail. Results are plain data."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from leadline.analytics.models import Board, ReportRun, ScheduledReport
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import schedules
from leadline.pipeline.alert_commands import check_recipients, read_recipients
from leadline.pipeline.engine import Engine
from leadline.pipeline.jobs import start
from leadline.pipeline.letters.board_letter import all_are_users
from leadline.pipeline.mail import ADVICE, is_configured, send, test_letter
from leadline.pipeline.schedules import timetable_of

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY = "daily"
LAST_HOUR = 23
RUNS_SHOWN = 20


def schedule_of(number: int) -> ScheduledReport:
    """One schedule.

    Raises:
        NotFoundError: there is none of that number.
    """
    found = ScheduledReport.objects.select_related("board").filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"There is no scheduled report {number}.", advice="See them: leadline reports list.")
    return found


def fill(schedule: ScheduledReport, given: dict[str, Any]) -> ScheduledReport:
    """A schedule with what is given, checked, not saved. `when`: daily, or a weekday.

    Raises:
        LeadlineError: it makes no sense; the text says what does.
    """
    if "board" in given:
        schedule.board = _board(given["board"])
    if "when" in given:
        schedule.weekday = _weekday(str(given["when"]))
    if "hour" in given:
        schedule.hour = _hour(given["hour"])
    schedule.zone = _zone(str(given.get("zone") or schedule.zone or settings.REPORTING_ZONE))
    schedule.name = str(given.get("name") or schedule.name or schedule.board.name).strip()[:120]
    if "recipients" in given:
        schedule.recipients = read_recipients(given["recipients"])
    if not schedule.recipients:
        raise TerminalError("Nobody would get it.", advice="Give at least one address.")
    return schedule


def _board(given: Any) -> Board:
    text = str(given).strip()
    by_name = Board.objects.filter(name=text).order_by("pk").first()
    found = by_name or Board.objects.filter(pk=number_of(text) or 0).first()
    if found is None:
        names = ", ".join(f"{each.pk} {each.name}" for each in Board.objects.order_by("pk")[:20])
        advice = f"There are: {names}." if names else "Make one on the Boards page."
        raise NotFoundError(f"There is no board {text[:60]!r}.", advice=advice)
    return found


def _weekday(text: str) -> int | None:
    if text == DAILY:
        return None
    if text not in DAYS:
        raise TerminalError(f"{text[:40]!r} is no day.", advice=f"Use {DAILY}, {', '.join(DAYS)}.")
    return DAYS.index(text)


def _hour(given: Any) -> int:
    text = str(given)
    if not (text.isascii() and text.isdecimal()) or int(text) > LAST_HOUR:
        raise TerminalError(f"{text[:20]!r} is no hour.", advice="Use 0 to 23.")
    return int(text)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TerminalError(f"There is no time zone {name[:60]!r}.", advice="Use a name like Europe/Oslo.") from error


def schedule_list(engine: Engine) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Every scheduled report with its last runs."""
    return [described(each) for each in ScheduledReport.objects.select_related("board").order_by("pk")]


def schedule_set(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    number: int = 0,
    by: str = "",
    *,
    anybody: bool = True,
    **given: Any,
) -> dict[str, Any]:
    """Make a scheduled report, or change one; a time that passed before the change is not sent belatedly."""
    schedule = schedule_of(number) if number else ScheduledReport(created_by=by[:120], zone=settings.REPORTING_ZONE)
    before = set(schedule.recipients)
    if not number and "board" not in given:
        raise TerminalError("A scheduled report needs a board.", advice="Give its number or name.")
    fill(schedule, given)
    check_recipients([each for each in schedule.recipients if each not in before], anybody=anybody)
    schedule.save()
    if number:
        schedules.skip_passed(schedule, utc_now())
    return described(schedule)


def schedule_enable(engine: Engine, number: int, *, enabled: bool = True) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Go on with a scheduled report, or pause it."""
    schedule = schedule_of(number)
    if enabled and not schedule.enabled:
        schedules.skip_passed(schedule, utc_now())
    schedule.enabled = enabled
    schedule.save(update_fields=["enabled"])
    return described(schedule)


def schedule_remove(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Remove a scheduled report with its runs."""
    schedule = schedule_of(number)
    gone = described(schedule)
    schedule.delete()
    return gone


def schedule_send(engine: Engine, number: int, by: str = "") -> dict[str, Any]:
    """Send it now, besides its times, by a job."""
    made = schedule_run(engine, number)["run"]
    return {"job": start("scheduled_report", {"run": made}, by).pk, "run": made}


def schedule_run(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """A run for now, that whoever asked carries out."""
    return {"run": schedules.send_now(schedule_of(number), utc_now()).pk}


def mail_test(engine: Engine, address: str) -> dict[str, str]:  # noqa: ARG001  # the signature of a command
    """Send a mail that says that mail works."""
    found = read_recipients([address])
    if not found:
        raise TerminalError("Give an address to send to.")
    send(test_letter(found[0]))
    return {"sent_to": found[0], "by": settings.DEFAULT_FROM_EMAIL}


def mail_status(engine: Engine) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Whether there is a server to mail over, and what to do without one."""
    return {"configured": is_configured(), "advice": ADVICE}


def described(schedule: ScheduledReport) -> dict[str, Any]:
    """A scheduled report as JSON takes it."""
    runs = schedule.runs.order_by("-due_at", "-pk")[:RUNS_SHOWN]
    return {
        "number": schedule.pk,
        "name": schedule.name,
        "board": schedule.board.pk,
        "board_name": schedule.board.name,
        "when": DAILY if schedule.weekday is None else DAYS[schedule.weekday],
        "hour": schedule.hour,
        "zone": schedule.zone,
        "recipients": schedule.recipients,
        "personal": all_are_users(schedule),
        "enabled": schedule.enabled,
        "next": timetable_of(schedule).next_after(utc_now()).isoformat() if schedule.enabled else None,
        "runs": [_run(each) for each in runs],
    }


def _run(row: ReportRun) -> dict[str, Any]:
    return {
        "number": row.pk,
        "due_at": row.due_at.isoformat(),
        "state": row.state,
        "attempts": row.attempts,
        "message": row.message,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


SCHEDULE_COMMANDS = (
    *(schedule_list, schedule_set, schedule_enable, schedule_remove, schedule_send, schedule_run),
    *(mail_test, mail_status),
)
