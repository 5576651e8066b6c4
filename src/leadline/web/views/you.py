"""Your account: how you sign in, where you are signed in, your API tokens and your time zone. Everybody's own."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.models import APIToken, User
from leadline.accounts.sessions import end_session, end_sessions, signed_in
from leadline.kernel.clock import utc_now
from leadline.kernel.figures import counted
from leadline.web.confirmed import confirmed
from leadline.web.second_factors import factors_of, must_add_factor
from leadline.web.viewer import viewer_of


@require_safe
def you_page(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account."""
    user = viewer_of(request)
    context = {
        "factors": factors_of(user),
        "must_add_factor": must_add_factor(request, user),
        "sessions": signed_in(user, request.session.session_key or ""),
        "tokens": _tokens(user),
        "zones": sorted(available_timezones()),
    }
    return render(request, "web/you/page.html", context)


@require_POST
def set_zone(request: HttpRequest) -> HttpResponse:
    """The zone that times are shown in; empty: the browser's."""
    zone = request.POST.get("zone", "").strip()
    if zone and zone not in available_timezones():
        raise BadRequest(f"There is no time zone {zone!r}.")
    user = viewer_of(request)
    user.time_zone = zone
    user.save(update_fields=["time_zone"])
    messages.success(request, f"Times are shown in {zone or 'the zone of your browser'}.")
    return redirect("you")


@require_POST
@confirmed
def end_one_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign one of one's own browsers out."""
    if not end_session(viewer_of(request), number):
        raise Http404
    messages.success(request, "That browser is signed out.")
    return redirect("you")


@require_POST
@confirmed
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    ended = end_sessions(viewer_of(request), keep=request.session.session_key or "")
    messages.success(request, f"Signed out in {counted(ended, 'other browser')}.")
    return redirect("you")


@require_POST
def revoke_own_token(request: HttpRequest, number: int) -> HttpResponse:
    """Revoke one of one's own tokens: its program gets 401 from now on."""
    own = APIToken.objects.filter(user=viewer_of(request), pk=number, revoked_at=None)
    if not own.update(revoked_at=utc_now()):
        raise Http404
    messages.success(request, "The token is revoked. Its program gets 401 from now on.")
    return redirect("you")


def _tokens(user: User) -> list[APIToken]:
    return list(APIToken.objects.filter(user=user, revoked_at=None).order_by("-pk"))
