"""Boards: the list, one of them, and what is done to it. Sales read shared boards; who reports makes them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics import boards
from leadline.analytics.models import Annotation, Board, Pin
from leadline.analytics.parameters import read_wanted
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline.reports.catalogue import ReportKind, kind_of, kinds
from leadline.web.report_filter import given_of, period_words
from leadline.web.report_query import report_query
from leadline.web.viewer import BOARDS, REPORTS, only_for, viewer_of

UNPROCESSABLE = 422
NEW = "new"


@require_safe
@only_for(BOARDS)
def boards_page(request: HttpRequest) -> HttpResponse:
    """Those that the viewer may see."""
    return _list(request)


@require_POST
@only_for(REPORTS)
def new_board(request: HttpRequest) -> HttpResponse:
    """Make one."""
    try:
        board = boards.make_board(request.POST.get("name", ""), viewer_of(request), shared=_is_shared(request))
    except TerminalError as error:
        return _list(request, str(error))
    return redirect("boards_one", number=board.pk)


@require_safe
@only_for(BOARDS)
def board_page(request: HttpRequest, number: int) -> HttpResponse:
    """One board: its reports fill their rooms by themselves."""
    return _one(request, _board(request, number))


@require_POST
@only_for(REPORTS)
def set_board(request: HttpRequest, number: int) -> HttpResponse:
    """Its name, and who sees it."""
    board = _board(request, number)
    try:
        boards.change_board(board, request.POST.get("name", ""), shared=_is_shared(request))
    except TerminalError as error:
        return _one(request, _board(request, number), str(error))
    return redirect("boards_one", number=number)


@require_POST
@only_for(REPORTS)
def remove_board(request: HttpRequest, number: int) -> HttpResponse:
    """Remove it, once its name was typed: schedules and share links of it go too."""
    board = _board(request, number)
    if request.POST.get("confirm", "").strip() != board.name:
        return _one(request, board, f"Type “{board.name}” to remove this board.")
    board.delete()
    return redirect("boards")


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(REPORTS)
def pin_report(request: HttpRequest) -> HttpResponse:
    """Choose a board for a report, or make one for it."""
    found = _kind((request.POST if request.method == "POST" else request.GET).get("report", ""))
    given = given_of(found, request.POST if request.method == "POST" else request.GET)
    fault = ""
    if request.method == "POST":
        try:
            read_wanted(found.all_parameters, given, utc_now())
            board = _chosen(request)
            boards.pin(board, found.name, given, " ".join(request.POST.get("title", "").split()))
            return redirect("boards_one", number=board.pk)
        except TerminalError as error:
            fault = str(error)
    context = {
        "kind": found,
        "given": given,
        "query": report_query(given),
        "boards": boards.boards_for(viewer_of(request)),
        "fault": fault,
    }
    return render(request, "web/boards/pin.html", context, status=UNPROCESSABLE if fault else 200)


@require_POST
@only_for(REPORTS)
def move_pin(request: HttpRequest, number: int, pin: int) -> HttpResponse:
    """Up or down by one."""
    board = _board(request, number)
    try:
        boards.move(board, pin, 1 if request.POST.get("to") == "down" else -1)
    except NotFoundError as error:
        raise Http404(str(error)) from error
    return redirect("boards_one", number=number)


@require_POST
@only_for(REPORTS)
def remove_pin(request: HttpRequest, number: int, pin: int) -> HttpResponse:
    """Take a report off; the board says how to put it back."""
    board = _board(request, number)
    try:
        gone = boards.unpin(board, pin)
    except NotFoundError as error:
        raise Http404(str(error)) from error
    return _one(request, board, gone=gone)


def _list(request: HttpRequest, fault: str = "") -> HttpResponse:
    found = boards.boards_for(viewer_of(request)).prefetch_related("pins")
    context = {"boards": found, "may_make": _may_make(request), "fault": fault}
    return render(request, "web/boards/list.html", context, status=UNPROCESSABLE if fault else 200)


def _one(request: HttpRequest, board: Board, fault: str = "", gone: Pin | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "board": board,
        "pins": [_shown(pin) for pin in board.pins.all()],
        "may_make": _may_make(request),
        "fault": fault,
        "gone": _shown(gone) if gone else None,
        "annotations": Annotation.objects.order_by("-day", "-pk"),
        "today": utc_now().date(),
    }
    return render(request, "web/boards/page.html", context, status=UNPROCESSABLE if fault else 200)


def _shown(pin: Pin) -> dict[str, Any]:
    """A pin with its words; a report that is no more says so."""
    kind = kinds().get(pin.report)
    period = pin.wanted.get("period", "")
    return {
        "pin": pin,
        "kind": kind,
        "title": pin.title or (kind.label if kind else pin.report),
        "query": report_query(pin.wanted),
        "words": period_words(period) if period else "",
    }


def _board(request: HttpRequest, number: int) -> Board:
    try:
        return boards.board_for(viewer_of(request), number)
    except NotFoundError as error:
        raise Http404(str(error)) from error


def _chosen(request: HttpRequest) -> Board:
    wanted = request.POST.get("board", "")
    if wanted == NEW or (number := number_of(wanted)) is None:
        return boards.make_board(request.POST.get("name", ""), viewer_of(request), shared=_is_shared(request))
    return _board(request, number)


def _kind(name: str) -> ReportKind:
    try:
        return kind_of(name)
    except NotFoundError as error:
        raise Http404(str(error)) from error


def _is_shared(request: HttpRequest) -> bool:
    return request.POST.get("shared") == "on"


def _may_make(request: HttpRequest) -> bool:
    return viewer_of(request).may(Permission.SHAPE_REPORTS)
