"""Who looks: their role, what it may use, their time zone and theme."""

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission, roles_that_may

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
PRIVACY = "privacy"
AUDIT = "audit"
USERS = "users"
SOURCES, LIVE, PLAN, QUARANTINE, IDENTITIES = "sources", "live", "plan", "quarantine", "identities"
PAGES: Mapping[str, Permission] = {
    CALL_NEXT: Permission.READ_PEOPLE,
    OVERVIEW: Permission.READ_BOARDS,
    SYSTEM: Permission.READ_SYSTEM,
    LEADS: Permission.READ_LEADS,
    ACCOUNTS: Permission.READ_LEADS,
    CONVERSIONS: Permission.READ_BOARDS,
    JOURNEYS: Permission.READ_REPORTS,
    REPORTS: Permission.READ_REPORTS,
    BOARDS: Permission.READ_BOARDS,
    ALERTS: Permission.READ_ALERTS,
    EXPORTS: Permission.EXPORT,
    SOURCES: Permission.READ_SOURCES,
    LIVE: Permission.WATCH_LIVE,
    PLAN: Permission.READ_SOURCES,
    QUARANTINE: Permission.READ_QUARANTINE,
    IDENTITIES: Permission.READ_IDENTITIES,
    PRIVACY: Permission.READ_PRIVACY,
    AUDIT: Permission.READ_AUDIT,
    USERS: Permission.SET_USERS,
    STUDIO: Permission.READ_RULES,
    TEAM: Permission.READ_TEAM,
    CRM: Permission.READ_CRM,
    NOTIFICATIONS: Permission.READ_NOTIFICATIONS,
}
"""What a page needs to be seen. Every route, with what changes something, stands in access.py."""
LANDING: Mapping[str, str] = {
    User.Role.ADMINISTRATOR: SYSTEM,
    User.Role.SALES: CALL_NEXT,
    User.Role.INTEGRATOR: SOURCES,
    User.Role.AUDITOR: AUDIT,
}
"""Where a role lands, if not on the overview."""
SELLING_ROLES = roles_that_may(Permission.SELL)
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
    allowed = user.permissions
    landing = LANDING.get(user.Role.ADMINISTRATOR if user.is_superuser else user.role, OVERVIEW)
    pages = [page for page, needed in PAGES.items() if needed in allowed]
    return tuple(sorted(pages, key=lambda page: page != landing))


def granted(request: HttpRequest) -> frozenset[Permission]:
    """What whoever looks may do; nothing without a sign-in. For templates: `{% if "rules:write" in granted %}`."""
    user = getattr(request, "user", None)
    return user.permissions if isinstance(user, User) else frozenset()


def may_alert(request: HttpRequest) -> bool:
    """Whether whoever looks may use Alerts; nobody may who is not signed in."""
    user = getattr(request, "user", None)
    return isinstance(user, User) and ALERTS in pages_of(user)


def may_sell(user: User) -> bool:
    """Whether somebody may accept leads and log contacts."""
    return user.may(Permission.SELL)


def check_may(request: HttpRequest, permission: Permission) -> None:
    """Answer 403 to those who may not."""
    if not viewer_of(request).may(permission):
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
