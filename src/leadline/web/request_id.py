"""Each request has an id: in its answer, in what is logged meanwhile, and in the audit trail.

The `X-Request-ID` of a proxy is taken over when it looks like an id: anything else could put words into logs.
"""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADER = "X-Request-ID"
ATTRIBUTE = "leadline_request_id"
USABLE = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What proxies make: 16 or 32 hexadecimal digits, or a UUID."""
_current: ContextVar[str] = ContextVar("request_id", default="")


@sync_and_async_middleware
def with_request_id(answer: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, the outermost: gives the request an id and the answer the same."""

    async def answered_later(request: HttpRequest) -> HttpResponseBase:
        token = _begin(request)
        try:
            return _told(await answer(request))
        finally:
            _current.reset(token)

    def answered(request: HttpRequest) -> HttpResponseBase:
        token = _begin(request)
        try:
            return _told(answer(request))
        finally:
            _current.reset(token)

    return answered_later if iscoroutinefunction(answer) else answered


def current_request_id() -> str:
    """The id of the request that is being answered here; empty outside of one."""
    return _current.get()


class RequestId(logging.Filter):
    """Gives log records their `request_id`, "-" outside of requests; and where Django logs an address, which may hold
    an e-mail address or a search, the route that it led to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through."""
        request = getattr(record, "request", None)
        record.request_id = getattr(request, ATTRIBUTE, "") or current_request_id() or "-"
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(_route_of(request) if each == request.path else each for each in record.args)
        return True


def _route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}" if match else "an address that nothing has"


def _begin(request: HttpRequest) -> Token[str]:
    given = request.headers.get(HEADER, "")
    chosen = given if USABLE.fullmatch(given) else secrets.token_hex(8)
    setattr(request, ATTRIBUTE, chosen)  # what Django logs of a request, it logs when the middleware is over
    return _current.set(chosen)


def _told(response: HttpResponseBase) -> HttpResponseBase:
    response.headers[HEADER] = current_request_id()
    return response
