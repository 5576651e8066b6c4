"""What is checked of whoever is signed in, before any page: that the session was used lately, and that there is a
second factor where the installation asks for one."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from leadline.accounts.models import User
from leadline.accounts.sessions import NOTED_KEY, SEEN_EVERY, note_seen
from leadline.kernel.clock import utc_now
from leadline.web.second_factors import must_add_factor

FORBIDDEN = 403
NEEDED = {"code": "second_factor", "message": "Your account needs a second factor.", "detail": "Add one: /you"}
API_PREFIX = "/api/"
ADDING_ONE = ("account_", "mfa_", "you", "theme")
"""How the names of routes begin by which a second factor is added."""


class SessionsInUse(MiddlewareMixin):
    """Middleware: ends a session that was not used for LEADLINE_SESSION_HOURS, and notes that others are."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Sign-in again for a session that is over; None to go on."""
        if not isinstance(request.user, User):
            return None
        now = utc_now()
        noted = datetime.fromtimestamp(request.session.get(NOTED_KEY, 0), UTC)
        if NOTED_KEY in request.session and (now - noted).total_seconds() > _idle_seconds(request):
            logout(request)
            return None  # the page then asks to sign in, or answers 401
        if now - noted >= SEEN_EVERY:
            request.session[NOTED_KEY] = int(now.timestamp())
            note_seen(request, now)
        return None


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


def _idle_seconds(request: HttpRequest) -> int:
    """How long without use this session lasts: "Stay signed in on this device" makes it the cookie's age."""
    remembered = not request.session.get_expire_at_browser_close()
    return int(settings.SESSION_COOKIE_AGE if remembered else settings.SESSION_IDLE_SECONDS)
