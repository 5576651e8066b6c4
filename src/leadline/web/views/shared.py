"""Sharing a board or a report with whoever has the address: making links, taking them back, and what they show."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.analytics import boards
from leadline.analytics.models import Pin, ShareLink
from leadline.analytics.share_links import DAYS, LinkOverError, find_link, make_link, open_links, revoke
from leadline.analytics.sharing import without_people
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import runtime
from leadline.pipeline.reports.catalogue import kind_of, kinds
from leadline.pipeline.reports.running import run_report
from leadline.web.report_filter import given_of, period_words
from leadline.web.report_part import ALL, BRIEF, part_of
from leadline.web.report_query import report_query
from leadline.web.viewer import REPORTS, only_for, viewer_of
from leadline.web.views.studio import owner_of

GONE, UNPROCESSABLE = 410, 422
ROBOTS = "noindex, nofollow"
Make = Callable[[int], tuple[ShareLink, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(REPORTS)
def share_board(request: HttpRequest, number: int) -> HttpResponse:
    """A board's links, and a form; a POST makes one and shows its address this once."""
    try:
        board = boards.board_for(viewer_of(request), number)
    except NotFoundError as error:
        raise Http404(str(error)) from error
    shown = {"name": board.name, "back": f"/boards/{number}"}
    return _sharing(request, shown, lambda days: make_link(days, utc_now(), owner_of(request), board=board))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(REPORTS)
def share_report(request: HttpRequest, kind: str) -> HttpResponse:
    """The same of one report, as it is asked."""
    try:
        found = kind_of(kind)
    except NotFoundError as error:
        raise Http404(str(error)) from error
    given = given_of(found, request.GET)
    asked = report_query(given)
    shown = {"name": found.label, "back": f"/reports/{kind}" + (f"?{asked}" if asked else "")}

    def make(days: int) -> tuple[ShareLink, str]:
        return make_link(days, utc_now(), owner_of(request), report=kind, wanted=given)

    return _sharing(request, shown, make)


@require_POST
@only_for(REPORTS)
def revoke_link(request: HttpRequest, number: int) -> HttpResponse:
    """Take one back."""
    try:
        if not _seen(request).filter(pk=number).exists():
            raise NotFoundError(f"There is no share link {number}.")
        link = revoke(number, utc_now())
    except NotFoundError as error:
        raise Http404(str(error)) from error
    if link.board_id:
        return redirect("share_board", number=link.board_id)
    return redirect("share_report", kind=link.report)


@login_not_required
@never_cache
@require_safe
def shared_page(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows: titles and rooms that fill themselves, no navigation, nobody's name."""
    try:
        link = find_link(token, utc_now())
    except LinkOverError as error:
        return _public(render(request, "web/shared/over.html", {"error": error}, status=GONE))
    except NotFoundError as error:
        raise Http404(str(error)) from error
    rooms = [_room(place, pin) for place, pin in enumerate(_pins(link))]
    title = link.board.name if link.board else rooms[0]["title"]
    context = {"link": link, "token": token, "title": title, "rooms": rooms, "whole": request.GET.get("whole") == "1"}
    if context["whole"]:
        for room in rooms:
            room["inside"] = _inside(link, int(str(room["place"])))
    return _public(render(request, "web/shared/page.html", context))


@login_not_required
@never_cache
@require_safe
def shared_part(request: HttpRequest, token: str, place: int) -> HttpResponse:
    """One report of what a link shows."""
    try:
        link = find_link(token, utc_now())
    except LinkOverError as error:
        return _public(HttpResponse(str(error), status=GONE))
    except NotFoundError as error:
        raise Http404(str(error)) from error
    context = _inside(link, place) | {"height": "page" if link.report else BRIEF}
    return _public(render(request, "web/reports/filled.html", context))


def _sharing(request: HttpRequest, shown: dict[str, str], make: Make) -> HttpResponse:
    context: dict[str, object] = {**shown, "days": DAYS, "chosen": 7, "links": _open_links(request)}
    if request.method == "POST":
        try:
            days = request.POST.get("days", "")
            link, token = make(number_of(days) or 0)
        except TerminalError as error:
            return render(request, "web/shared/make.html", {**context, "fault": str(error)}, status=UNPROCESSABLE)
        context |= {"link": link, "address": request.build_absolute_uri(f"/shared/{token}")}
        context["links"] = _open_links(request)
    return render(request, "web/shared/make.html", context)


def _seen(request: HttpRequest) -> QuerySet[ShareLink]:
    """Links to reports and to boards that the viewer may see; an administrator keeps order in all."""
    viewer, everybodys = viewer_of(request), ShareLink.objects.all()
    if viewer.may(Permission.SET_USERS):
        return everybodys
    return everybodys.filter(Q(board=None) | Q(board__in=boards.boards_for(viewer)))


def _open_links(request: HttpRequest) -> list[ShareLink]:
    seen = set(_seen(request).values_list("pk", flat=True))
    return [link for link in open_links(utc_now()) if link.pk in seen]


def _pins(link: ShareLink) -> list[Pin]:
    if link.board is not None:
        return list(link.board.pins.all())
    return [Pin(report=link.report, wanted=link.wanted)]


def _room(place: int, pin: Pin) -> dict[str, object]:
    kind, period = kinds().get(pin.report), pin.wanted.get("period", "")
    title = pin.title or (kind.label if kind else pin.report)
    return {"place": place, "title": title, "words": period_words(period) if period else ""}


def _inside(link: ShareLink, place: int) -> dict[str, object]:
    pins = _pins(link)
    if place >= len(pins):
        raise Http404("There is nothing here.")
    context: dict[str, object] = {"kind": pins[place].report, "public": True}
    try:
        report = without_people(run_report(runtime.running().engine, pins[place].report, pins[place].wanted))
    except LeadlineError:  # its words may name what was asked
        return context | {"fault": "This report can't be shown.", "advice": "The others are not affected."}
    show, height = (ALL, "") if link.report else (BRIEF, BRIEF)
    return context | {"part": part_of(report, show, height, linked=False)}


def _public(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = ROBOTS
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
