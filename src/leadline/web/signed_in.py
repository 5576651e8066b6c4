"""What is checked of whoever is signed in, before any page: that the session is not over, and that there is a second
factor where the installation asks for one."""

from datetime import UTC, datetime

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from leadline.accounts.models import User
from leadline.accounts.sessions import NOTED_KEY, SEEN_EVERY, note_seen, seconds_left
from leadline.kernel.clock import utc_now
from leadline.web.second_factors import must_add_factor

FORBIDDEN = 403
NEEDED = {"code": "second_factor", "message": "Your account needs a second factor.", "detail": "Add one: /you"}
API_PREFIX = "/api/"
ADDING_ONE = ("account_", "mfa_", "you", "theme")
"""How the names of routes begin by which a second factor is added."""
BY_ITSELF = frozenset(
    {
        "live_events",
        "crm_state",
        "crm_backfill_progress",
        "leads_bulk_progress",
        "scoring_backtest_progress",
        "scoring_progress",
    }
)
"""What an open page asks for again and again, whether or not anybody sits before it."""


class SessionsInUse(MiddlewareMixin):
    """Middleware: ends a session that was not used for LEADLINE_SESSION_HOURS or began LEADLINE_SESSION_MOST_HOURS ago,
    and notes that others are used."""

    def process_request(self, request: HttpRequest) -> None:
        """End a session that is over: the page then asks to sign in, or answers 401."""
        if isinstance(request.user, User) and seconds_left(request.session, utc_now()) <= 0:
            logout(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Note the use."""
        if not isinstance(request.user, User) or _asked_by_itself(request):
            return
        now = utc_now()
        if now - datetime.fromtimestamp(request.session.get(NOTED_KEY, 0), UTC) >= SEEN_EVERY:
            request.session[NOTED_KEY] = int(now.timestamp())
            note_seen(request, now)


class SecondFactorAsked(MiddlewareMixin):
    """Middleware: whom LEADLINE_REQUIRE_MFA asks for a second factor sees their own account until they have one.

    Programs with a token are not asked: who made the token signed in with theirs.
    """

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Their own account, or 403 for the API; None to go on."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if (
            name.startswith(ADDING_ONE)
            or not isinstance(request.user, User)
            or not must_add_factor(request, request.user)
        ):
            return None
        return JsonResponse(NEEDED, status=FORBIDDEN) if request.path.startswith(API_PREFIX) else redirect("you")


def _asked_by_itself(request: HttpRequest) -> bool:
    """Whether the page asked and nobody who sits before it."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in BY_ITSELF or (name == "system" and "HX-Request" in request.headers)
