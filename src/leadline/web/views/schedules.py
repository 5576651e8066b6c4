"""Scheduled reports: made, changed, paused, sent; and a board as PDF."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics.boards import board_for, boards_for
from leadline.analytics.models import ScheduledReport
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import runtime
from leadline.pipeline import schedule_commands as commands
from leadline.pipeline.letters.board_letter import all_are_users
from leadline.pipeline.letters.boards import answer_board
from leadline.pipeline.letters.pdf import board_pdf
from leadline.pipeline.mail import is_configured
from leadline.pipeline.schedules import timetable_of
from leadline.web.viewer import ALERTS, BOARDS, only_for, viewer_of, zone_of

UNPROCESSABLE = 422
RUNS_SHOWN = 10
TAG = "schedule"
"""Of our own messages: others, such as that of signing in, are not this page's."""


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(ALERTS)
def schedules_page(request: HttpRequest) -> HttpResponse:
    """Every scheduled report with its runs, and the form of another; `?board=` fills it in."""
    if request.method != "POST":
        return _page(request, {"board": request.GET.get("board", ""), "when": "monday", "hour": "8"})
    given = _read(request)
    try:
        number = _whole(request.POST.get("number", "") or "0")
        board_for(viewer_of(request), _whole(given["board"]))
        if number and not _seen(request).filter(pk=number).exists():
            raise NotFoundError(f"There is no scheduled report {number}.")
        commands.schedule_set(
            runtime.running().engine,
            number,
            str(viewer_of(request)),
            anybody=viewer_of(request).may(Permission.SET_NOTIFICATIONS),
            **given,
        )
    except LeadlineError as error:
        return _page(request, request.POST.dict(), str(error))
    return redirect("alerts_reports")


def _whole(number: str) -> int:
    if (board := number_of(number)) is None:
        raise TerminalError("A scheduled report needs a board.", advice="Choose one from the list.")
    return board


@require_POST
@only_for(ALERTS)
def set_schedule(request: HttpRequest, number: int) -> HttpResponse:
    """Pause, go on, send now or remove."""
    engine, act = runtime.running().engine, request.POST.get("act", "")
    if not _seen(request).filter(pk=number).exists():
        raise Http404(f"There is no scheduled report {number}.")
    try:
        if act == "send":
            commands.schedule_send(engine, number, str(viewer_of(request)))
            messages.info(request, "It is being made and sent; its run below says when it left.", extra_tags=TAG)
        elif act == "remove":
            commands.schedule_remove(engine, number)
        else:
            commands.schedule_enable(engine, number, enabled=act == "on")
    except NotFoundError as error:
        raise Http404(str(error)) from error
    except LeadlineError as error:
        return _page(request, {}, str(error))
    return redirect("alerts_reports")


@require_safe
@only_for(BOARDS)
def board_pdf_file(request: HttpRequest, number: int) -> HttpResponse:
    """A board as PDF, as of now. Who may read reports gets the tables that name people too."""
    viewer = viewer_of(request)
    try:
        board = board_for(viewer, number)
    except NotFoundError as error:
        raise Http404(str(error)) from error
    personal = viewer.may(Permission.READ_REPORTS) and viewer.sees_everybody
    answer = answer_board(runtime.running().engine, board, utc_now(), str(zone_of(request)), personal=personal)
    name = f"{slugify(board.name) or 'board'}-{utc_now():%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(board_pdf(answer), content_type="application/pdf", headers=headers)


def _page(request: HttpRequest, given: dict[str, Any], fault: str = "") -> HttpResponse:
    rows = [_shown(each) for each in _seen(request).select_related("board").order_by("name", "pk")]
    context = {
        "rows": rows,
        "boards": boards_for(viewer_of(request)),
        "given": given,
        "given_recipients": given.get("recipients", "").split(),
        "fault": fault,
        "whens": (commands.DAILY, *commands.DAYS),
        "hours": range(24),
        "mails": is_configured(),
        "anybody": viewer_of(request).may(Permission.SET_NOTIFICATIONS),
    }
    return render(request, "web/alerts/schedules.html", context, status=UNPROCESSABLE if fault else 200)


def _seen(request: HttpRequest) -> QuerySet[ScheduledReport]:
    """Those of boards that the viewer may see; an administrator keeps order in all."""
    viewer = viewer_of(request)
    everybodys = ScheduledReport.objects.all()
    return everybodys if viewer.may(Permission.SET_USERS) else everybodys.filter(board__in=boards_for(viewer))


def _shown(schedule: ScheduledReport) -> dict[str, Any]:
    timetable = timetable_of(schedule)
    return {
        "schedule": schedule,
        "when": commands.DAILY if schedule.weekday is None else commands.DAYS[schedule.weekday],
        "next": timetable.next_after(utc_now()) if schedule.enabled else None,
        "personal": all_are_users(schedule),
        "runs": schedule.runs.order_by("-due_at", "-pk")[:RUNS_SHOWN],
    }


def _read(request: HttpRequest) -> dict[str, Any]:
    posted = request.POST
    given: dict[str, Any] = {name: posted.get(name, "") for name in ("name", "board", "when", "hour", "zone")}
    return {**given, "recipients": posted.get("recipients", "").replace(",", "\n").split("\n")}
