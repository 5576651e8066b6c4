"""The sales team: sales and marketing read, administrators edit."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError, TerminalError
from leadline.pipeline import runtime
from leadline.pipeline.team import ANY_NUMBER, team_set, territory_set
from leadline.web.queries.team import team
from leadline.web.viewer import TEAM, check_may, only_for, viewer_of

UNPROCESSABLE = 422
HIGHEST_CAPACITY = 6
"""Digits."""


@require_safe
@only_for(TEAM)
def team_page(request: HttpRequest) -> HttpResponse:
    """Sellers with their open leads, territories, promises and rejections."""
    return _page(request, "")


@require_POST
@only_for(TEAM)
def set_seller(request: HttpRequest) -> HttpResponse:
    """Make somebody a seller, change what one takes on, or take one out."""
    check_may(request, Permission.SET_TEAM)
    posted = request.POST
    return _done(request, lambda: _set_seller(posted))


@require_POST
@only_for(TEAM)
def set_territory(request: HttpRequest) -> HttpResponse:
    """Make, change or remove a territory."""
    check_may(request, Permission.SET_TEAM)
    posted = request.POST
    return _done(request, lambda: _set_territory(posted))


def _set_seller(posted: QueryDict) -> None:
    capacity = _number(posted.get("capacity", ""), "capacity")
    team_set(
        runtime.running().engine,
        posted.get("user", ""),
        capacity=ANY_NUMBER if capacity is None else capacity,
        available=posted.get("available") == "on",
        remove="remove" in posted,
    )


def _set_territory(posted: QueryDict) -> None:
    territory_set(
        runtime.running().engine,
        posted.get("name", ""),
        countries=posted.get("countries", "").replace("\n", ",").split(","),
        sellers=posted.getlist("sellers"),
        position=_number(posted.get("position", ""), "position"),
        remove="remove" in posted,
    )


def _number(text: str, what: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or len(text.strip()) > HIGHEST_CAPACITY:
        raise TerminalError(f"The {what} {text[:20]!r} is no whole number.", advice="Use digits only.")
    return int(text)


def _done(request: HttpRequest, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except LeadlineError as error:
        return _page(request, str(error))
    return redirect("team")


def _page(request: HttpRequest, fault: str) -> HttpResponse:
    context = {"team": team(utc_now()), "may_edit": viewer_of(request).may(Permission.SET_TEAM), "fault": fault}
    return render(request, "web/team/page.html", context, status=UNPROCESSABLE if fault else 200)
