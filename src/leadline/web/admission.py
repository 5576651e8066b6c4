"""The door: who comes in where (access.py), and what they see of people while they are in (privacy/sight.py)."""

from collections.abc import Awaitable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from django.utils.deprecation import MiddlewareMixin

from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.privacy.sight import EVERYTHING, NOTHING, Sight, see, seeing
from leadline.web.access import PAGES, Rule

API = "api"


class Admission(MiddlewareMixin):
    """Middleware, after the one that asks to sign in: refuses what the table of access does not allow.

    Nobody's personal data is seen before somebody is admitted, nor by a route that was left out of the table. The API
    asks who is calling itself, and then calls `admit`.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer with the sight of nobody until `admit` opens it."""
        if self.async_mode:
            return self.__acall__(request)
        with seeing(NOTHING):
            return self.get_response(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        with seeing(NOTHING):
            answer = self.get_response(request)
            return await answer if isinstance(answer, Awaitable) else answer

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Look the page up."""
        del view, args, kwargs
        match = request.resolver_match
        rule = PAGES.get(match.view_name) if match else None
        if rule is None and match is not None and match.namespaces[:1] == [API]:
            return  # an operation: see api/authentication.py
        admit(request, rule)


def admit(request: HttpRequest, rule: Rule | None) -> None:
    """Let whoever asks in, and let them see what they may.

    Args:
        rule: of the route; None for one that is in no table.

    Raises:
        PermissionDenied: it is not for them.
    """
    if rule is None:
        raise PermissionDenied("Nobody has decided yet who may use this.")
    if rule.is_open:
        return
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied("Sign in first.")
    _check(user, rule, request.method or "")
    see(EVERYTHING if rule.unmasked else sight_of(user))


def sight_of(user: User) -> Sight:
    """What somebody may see of people."""
    return Sight(user.may(Permission.READ_PEOPLE), user.pk if user.sees_own_only else None)


def operation_of(request: HttpRequest, match: ResolverMatch) -> str:
    """An operation of the API as its table of access names it; HEAD is read as GET."""
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {match.route.removeprefix('api/')}"


def _check(user: User, rule: Rule, method: str) -> None:
    allowed = user.permissions
    missing = sorted(rule.needs(method) - allowed)
    if missing:
        raise PermissionDenied(f"This needs the permission {missing[0]}.")
    if rule.either and not rule.either & allowed:
        raise PermissionDenied(f"This needs the permission {sorted(rule.either)[0]}.")
    if rule.everybody and user.sees_own_only:
        raise PermissionDenied("This shows leads of everybody, and you see only your own.")
