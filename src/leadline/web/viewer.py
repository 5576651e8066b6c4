"""Who looks: their role, what it may use, their time zone and theme."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from leadline.accounts.models import User

ZONE_COOKIE = "zone"
"""The browser's zone, set by static/web/leadline.js."""
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")

CALL_NEXT, LEADS, SYSTEM = "call_next", "leads", "system"
OVERVIEW, CONVERSIONS, JOURNEYS = "overview", "conversions", "journeys"
REPORTS, BOARDS, ALERTS, EXPORTS = "reports", "boards", "alerts", "exports"
ACCOUNTS, STUDIO, TEAM = "accounts", "scoring", "team"
CRM = "crm"
NOTIFICATIONS = "notifications"
SOURCES, LIVE, PLAN, QUARANTINE, IDENTITIES = "sources", "live", "plan", "quarantine", "identities"
_MARKETING = (
    OVERVIEW,
    LEADS,
    CALL_NEXT,
    ACCOUNTS,
    CONVERSIONS,
    JOURNEYS,
    REPORTS,
    BOARDS,
    ALERTS,
    EXPORTS,
    SOURCES,
    LIVE,
    PLAN,
    STUDIO,
    TEAM,
    CRM,
    NOTIFICATIONS,
)
PAGES_OF_ROLE: dict[str, tuple[str, ...]] = {
    User.Role.SALES: (CALL_NEXT, OVERVIEW, LEADS, ACCOUNTS, CONVERSIONS, BOARDS, TEAM, CRM, NOTIFICATIONS),
    User.Role.MARKETING: _MARKETING,
    User.Role.ADMINISTRATOR: (SYSTEM, *_MARKETING, QUARANTINE, IDENTITIES),
}
"""What a role may use; the first is where it lands. On the Collect pages marketing reads, administrators edit;
in the Scoring studio marketing drafts, administrators publish."""
SELLING_ROLES = frozenset({User.Role.SALES, User.Role.ADMINISTRATOR})
"""Who may accept leads and log contacts."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def viewer_of(request: HttpRequest) -> User:
    """The signed-in user; every page but sign-in has one."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def pages_of(user: User) -> tuple[str, ...]:
    """The pages that somebody may use, the landing page first."""
    return PAGES_OF_ROLE[User.Role.ADMINISTRATOR if user.is_superuser else User.Role(user.role)]


def may_alert(request: HttpRequest) -> bool:
    """Whether whoever looks may use Alerts; nobody may who is not signed in."""
    user = getattr(request, "user", None)
    return isinstance(user, User) and ALERTS in pages_of(user)


def may_sell(user: User) -> bool:
    """Whether somebody may accept leads and log contacts."""
    return user.is_superuser or user.role in SELLING_ROLES


def may_edit(user: User) -> bool:
    """Whether somebody may change how events are collected, and which ruleset is in force."""
    return user.is_superuser or user.role == User.Role.ADMINISTRATOR


def may_set_channels(user: User) -> bool:
    """Whether somebody may change channel rules, spend and rates."""
    return user.is_superuser or user.role in (User.Role.ADMINISTRATOR, User.Role.MARKETING)


def check_may_edit(request: HttpRequest) -> None:
    """Answer 403 to those who may only read."""
    if not may_edit(viewer_of(request)):
        raise PermissionDenied


def only_for(page: str) -> Callable[[View[P]], View[P]]:
    """A view that answers 403 to those whose role does not use the page."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if page not in pages_of(viewer_of(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def zone_of(request: HttpRequest) -> tzinfo:
    """The zone that times are shown in: the user's, else the browser's, else UTC."""
    user = getattr(request, "user", None)
    chosen = user.time_zone if isinstance(user, User) else ""
    return _zone(chosen) or _zone(unquote(request.COOKIES.get(ZONE_COOKIE, ""))) or UTC


def theme_of(request: HttpRequest) -> str:
    """light or dark when it was chosen, else auto."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of the zone database
        return None
