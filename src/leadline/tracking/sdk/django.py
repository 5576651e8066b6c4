"""Django middleware: every message sent during a request carries its context.

It reads one setting of the platform's project, `LEADLINE_SDK`, and nothing of Leadline's own.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import DisallowedHost, SynchronousOnlyOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import empty
from django.utils.module_loading import import_string

from leadline.kernel.errors import ConfigurationError
from leadline.tracking.sdk.asgi import asking, track_page
from leadline.tracking.sdk.context import RequestContext, attached
from leadline.tracking.sdk.requests import ANONYMOUS_COOKIES, Request, described, is_page_view, visitor
from leadline.tracking.sdk.tracker import EventTracker

KEYS = frozenset({"WRITE_KEY", "HOST", "OPTIONS", "PAGE_EVENTS", "IP", "ANONYMOUS_COOKIES", "USER_ID"})
Response = HttpResponseBase
GetResponse = Callable[[HttpRequest], Response | Awaitable[Response]]


def options() -> Mapping[str, Any]:
    """The setting `LEADLINE_SDK`.

    Raises:
        ConfigurationError: it has a key that means nothing.
    """
    found: Mapping[str, Any] = getattr(settings, "LEADLINE_SDK", {})
    if unknown := set(found) - KEYS:
        advice = f"There are {', '.join(sorted(KEYS))}."
        raise ConfigurationError(f"LEADLINE_SDK has {', '.join(sorted(unknown))}.", advice=advice)
    return found


@lru_cache(maxsize=1)
def get_tracker() -> EventTracker:
    """The process's tracker, made from the setting at its first use.

    Raises:
        ConfigurationError: the setting has no WRITE_KEY or HOST, or an unusable one.
    """
    found = options()
    return EventTracker(found.get("WRITE_KEY", ""), found.get("HOST", ""), **found.get("OPTIONS", {}))


class LeadlineMiddleware:
    """For `MIDDLEWARE`, behind the authentication's; works in sync and async projects.

    Args:
        tracker: for page events; default `get_tracker()`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse, tracker: EventTracker | None = None) -> None:
        found = options()
        self._get_response, self._tracker = get_response, tracker
        self._with_ip, self._page_events = bool(found.get("IP")), bool(found.get("PAGE_EVENTS"))
        self._cookies = tuple(found.get("ANONYMOUS_COOKIES", ANONYMOUS_COOKIES))
        self._user_id: Callable[[HttpRequest], object] = import_string(found.get("USER_ID", f"{__name__}.user_id"))
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Response | Awaitable[Response]:
        return self._answer_async(request) if self._is_async else self._answer(request)

    def _answer(self, request: HttpRequest) -> Response:
        facts = _facts(request)
        context = self._context(request, facts)
        with attached(context):
            response = self._get_response(request)
            assert isinstance(response, Response)  # noqa: S101  # sync, as get_response said
            self._track_page(request, facts, context, response)
            return response

    async def _answer_async(self, request: HttpRequest) -> Response:
        facts = _facts(request)
        context = self._context(request, facts)
        with attached(context):
            pending = self._get_response(request)
            assert not isinstance(pending, Response)  # noqa: S101  # async, as get_response said
            response = await pending
            self._track_page(request, facts, context, response)
            return response

    def _context(self, request: HttpRequest, facts: Request) -> RequestContext:
        return RequestContext(
            described(facts, with_ip=self._with_ip),
            visitor(facts.cookies, self._cookies),
            lambda: asking(lambda: self._user_id(request)),
        )

    def _track_page(self, request: HttpRequest, facts: Request, context: RequestContext, response: Response) -> None:
        if self._page_events and is_page_view(facts, response.status_code, response.headers.get("Content-Type", "")):
            name = request.resolver_match.view_name if request.resolver_match else ""
            track_page(self._tracker or get_tracker(), context, name)


def user_id(request: HttpRequest) -> object:
    """The primary key of who is logged in. In async code, of who was loaded by `request.auser()`."""
    user = getattr(request, "user", None)
    if getattr(user, "_wrapped", None) is empty:  # not looked up yet; async code keeps its answer elsewhere
        user = getattr(request, "_acached_user", user)
    try:
        return user.pk if user is not None and user.is_authenticated else None
    except SynchronousOnlyOperation:
        return None


def _facts(request: HttpRequest) -> Request:
    return Request(
        method=request.method or "",
        scheme=request.scheme or "http",
        host=_host(request),
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        cookies=request.COOKIES,
        ip=request.META.get("REMOTE_ADDR", ""),
    )


def _host(request: HttpRequest) -> str:
    try:
        return request.get_host()
    except DisallowedHost:
        return ""
