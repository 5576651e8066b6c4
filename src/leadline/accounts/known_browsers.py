"""Which browsers somebody has signed in with before: a sign-in with another one is mailed to them.

A signed cookie holds the numbers of those who signed in with the browser; nothing is kept of it here.
"""

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from leadline.accounts.models import User
from leadline.accounts.security_mail import tell
from leadline.kernel.clock import utc_now

SALT = "leadline.accounts.known_browsers"
KEPT_SECONDS = 365 * 24 * 3600
MOST = 10
"""People whom one browser is known for, the latest ones."""


def listen() -> None:
    """Have sign-ins looked at, by whatever way."""
    user_logged_in.connect(_signed_in, dispatch_uid="known browsers")


def cookie_name() -> str:
    """Over https one that neither another host of the domain nor plain http can set."""
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"


def _signed_in(request: HttpRequest, response: HttpResponse, user: User, **_: object) -> None:
    before = _known_for(request)
    if user.pk not in before:
        tell(user, "signed_in_elsewhere", utc_now())
    known = [user.pk, *(each for each in before if each != user.pk)][:MOST]
    response.set_signed_cookie(
        cookie_name(),
        ".".join(map(str, known)),
        salt=SALT,
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known_for(request: HttpRequest) -> list[int]:
    """Who signed in with this browser before, the latest first."""
    value = request.get_signed_cookie(cookie_name(), default=None, salt=SALT, max_age=KEPT_SECONDS)
    return [int(number) for number in value.split(".")] if value else []
