"""Each request has an id: in its answer, in what is logged meanwhile, and in the audit trail.

The `X-Request-ID` of a proxy is taken over when it looks like an id: anything else could put words into logs.
"""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar, Token
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from leadline.kernel.log_lines import hosts_only
from leadline.web.log_lines import REQUESTS, SUSPICIONS

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
        if record.name.startswith(SUSPICIONS):
            _keep_sayings_out(record)
        if isinstance(request, HttpRequest) and record.name == REQUESTS and record.msg == "%s: %s":
            record.args = (_reason_of(record), request.path)  # Django writes what a view said of a bad request
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            told = {request.path, request.path.encode("unicode_escape").decode("ascii")}  # as Django may write it
            record.args = tuple(_route_of(request) if each in told else each for each in record.args)
        return True


def _keep_sayings_out(record: logging.LogRecord) -> None:
    """Why a request is suspicious Django says with what the client sent: a host, an origin, a referrer. The kind of
    suspicion is the logger's name; a cross-site one has arguments, and of its addresses the hosts are left."""
    if record.args:
        told = (hosts_only(each) if isinstance(each, str) else each for each in record.args)
        record.args = tuple(told) if isinstance(record.args, tuple) else record.args
    else:
        record.msg = "A request was refused."


def _reason_of(record: logging.LogRecord) -> str:
    try:
        return HTTPStatus(getattr(record, "status_code", 0)).phrase
    except ValueError:
        return "An answer"


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
