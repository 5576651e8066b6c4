"""How large a request to the pages and the API may be and how long it may take: told before Django keeps any of it.

Django writes a body into a temporary file before it asks who sends it, however long the body is.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

MEGABYTE = 1 << 20
MOST_BYTES = 4 * MEGABYTE
MOST_BYTES_AT: Mapping[str, int] = {"/conversions/money/upload": 21 * MEGABYTE}
"""Where files are sent to: 20 MB, and what a form has around them."""
MOST_CHUNKS = 20_000
"""Each costs a tenth of a millisecond: a body of nothing but tiny ones would cost minutes."""
SECONDS = 60.0
"""For all of a body, however it trickles."""
API = "/api/"
HEADERS = {
    "connection": "close",
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}
"""As Django's middleware gives them to what it answers."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyRefusedError(Exception):
    """The body is not taken: `status` is 400, 408 or 413."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


async def with_bounded_body(pages: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """What `pages` answers; a refusal where the body is too large or too slow."""
    try:
        limit = MOST_BYTES_AT.get(scope["path"], MOST_BYTES)
        _check(_announced(scope), limit)
        await pages(scope, _bounded(receive, limit), send)
    except BodyRefusedError as refused:
        await _refuse(refused, scope, send)


def _bounded(receive: Receive, limit: int) -> Receive:
    """The same messages, as long as the body they bring is within its limits."""
    held, chunks, complete = 0, 0, False
    until = asyncio.get_running_loop().time() + SECONDS

    async def received() -> dict[str, Any]:
        nonlocal held, chunks, complete
        if complete:  # Django listens on, for the client's leaving
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise BodyRefusedError(408, "too_slow", f"The request took longer than {SECONDS:.0f} seconds.") from None
        if message["type"] != "http.request":  # it has gone, or what it sends is no body: then it is told so
            raise BodyRefusedError(400, "broken_body", "The request ended before its body was complete.")
        held, chunks = held + len(message.get("body", b"")), chunks + 1
        _check(held, limit)
        if chunks > MOST_CHUNKS:
            raise BodyRefusedError(413, "too_many_chunks", "The request comes in too many pieces.")
        complete = not message.get("more_body")
        return message

    return received


def _check(size: int, limit: int) -> None:
    if size > limit:
        message = f"The request is larger than {limit // MEGABYTE} MB."
        raise BodyRefusedError(413, "too_large", message)


def _announced(scope: Scope) -> int:
    """The length that the head names; what it does not name is counted."""
    named = dict(scope["headers"]).get(b"content-length", b"")
    return int(named) if named.isdigit() else 0


async def _refuse(refused: BodyRefusedError, scope: Scope, send: Send) -> None:
    """In the API's shape there, else as a page that needs nothing of Django's middleware."""
    if scope["path"].startswith(API):
        kind, text = "application/json", json.dumps({"code": refused.code, "message": refused.message, "detail": ""})
    else:
        kind, text = "text/html; charset=utf-8", _page(refused)
    body = text.encode()
    headers = {**HEADERS, "content-type": kind, "content-length": str(len(body))}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _page(refused: BodyRefusedError) -> str:
    from django.template.loader import render_to_string

    title = "This was not taken"
    context = {"status": refused.status, "title": title, "advice": refused.message, "theme": "auto", "back": ""}
    return render_to_string("web/error.html", context)
