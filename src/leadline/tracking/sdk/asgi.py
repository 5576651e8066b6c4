"""ASGI middleware (FastAPI, Starlette, Quart, Django): every message sent during a request carries its context."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from leadline.kernel.errors import LeadlineError
from leadline.tracking.ids import usable_id
from leadline.tracking.sdk.context import RequestContext, attached
from leadline.tracking.sdk.requests import ANONYMOUS_COOKIES, Request, described, is_page_view, visitor
from leadline.tracking.sdk.tracker import EventTracker

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger("leadline.sdk")


class LeadlineMiddleware:
    """Wraps an ASGI application. Websockets and lifespan pass through.

    Args:
        tracker: for page events only; tracking itself works with any tracker.
        page_events: send a page event for every page shown. Needs the tracker.
        with_ip: put the client's IP address into the context.
        anonymous_cookies: where browser trackers keep the visitor's id; the first one found counts.
        user_id: who asks, from the scope; called when a message needs it.
    """

    def __init__(
        self,
        app: Application,
        tracker: EventTracker | None = None,
        *,
        page_events: bool = False,
        with_ip: bool = False,
        anonymous_cookies: tuple[str, ...] = ANONYMOUS_COOKIES,
        user_id: Callable[[Scope], object] | None = None,
    ) -> None:
        self._app, self._cookies, self._user_id, self._with_ip = app, anonymous_cookies, user_id, with_ip
        self._page_tracker = tracker if page_events else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _request(scope)
        context = RequestContext(
            described(request, with_ip=self._with_ip),
            visitor(request.cookies, self._cookies),
            lambda: self._asking(scope),
        )
        with attached(context):
            await self._answer(scope, receive, send, request, context)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, request: Request, context: RequestContext
    ) -> None:
        start: Message = {}

        async def watching(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            await send(message)

        await self._app(scope, receive, watching if self._page_tracker is not None else send)
        if self._page_tracker is not None and is_page_view(request, start.get("status", 0), _content_type(start)):
            track_page(self._page_tracker, context, str(getattr(scope.get("route"), "name", "") or ""))

    def _asking(self, scope: Scope) -> str | None:
        return asking(lambda: self._user_id(scope) if self._user_id is not None else None)


def asking(look_up: Callable[[], object]) -> str | None:
    """A user id from the platform's own code; None when it has none, or fails: tracking must not break a request."""
    try:
        found = look_up()
    except Exception:  # noqa: BLE001  # somebody else's code
        _log.exception("the user of a request could not be looked up")
        return None
    return usable_id(found if found is None or isinstance(found, int) else str(found))


def track_page(tracker: EventTracker, context: RequestContext, name: str) -> None:
    """A page event of who asks, if anybody is known; nothing that goes wrong reaches the request."""
    if context.people(None, None) == (None, None):
        return
    try:
        tracker.page(name=name)
    except LeadlineError as error:
        _log.error("a page event could not be sent: %s", error)


def _request(scope: Scope) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        method=scope["method"],
        scheme=scope.get("scheme", "http"),
        host=headers.get("host", ""),
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        cookies=_cookies(scope),
        ip=(scope.get("client") or ("",))[0],
    )


def _cookies(scope: Scope) -> dict[str, str]:
    """All cookies, of one header or several (HTTP/2 may split them); an odd one does not hide the rest, as it would
    from the standard library's parser."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie"]
    parts = (part.partition("=") for line in lines for part in line.split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def _content_type(start: Message) -> str:
    headers = {name.lower(): value for name, value in start.get("headers", ())}
    found: bytes = headers.get(b"content-type", b"")
    return found.decode("latin-1")
