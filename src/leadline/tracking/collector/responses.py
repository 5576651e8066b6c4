"""Answers: JSON always, and what browsers need to be allowed to read them."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from leadline.tracking.collector.requests import Headers, RefusedError
from leadline.tracking.collector.routes import SEGMENT_SUCCESS

PREFLIGHT_SECONDS = 86_400
COME_AGAIN = frozenset({429, 503})
POSTHOG_TYPES = {401: "authentication_error", 403: "permission_denied", 503: "server_error"}

Send = Callable[[dict[str, Any]], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]


class Fetched(NamedTuple):
    """What was fetched; `shared` answers allow every origin by themselves."""

    status: int
    headers: HeaderList
    body: bytes
    shared: bool = False


def json_headers(content: bytes) -> HeaderList:
    """The headers of a JSON answer."""
    return [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]


_success_start = {"type": "http.response.start", "status": 200, "headers": json_headers(SEGMENT_SUCCESS)}
_success_body = {"type": "http.response.body", "body": SEGMENT_SUCCESS}


async def send_success(send: Send, headers: Headers, answer: bytes = SEGMENT_SUCCESS) -> None:
    """Exactly 200: some clients send again on 202 or 204."""
    if answer is not SEGMENT_SUCCESS:
        await send_bytes(send, headers, 200, answer, json_headers(answer))
        return
    origin = headers.get(b"origin")
    if origin is None:
        await send(_success_start)
    else:
        start = {**_success_start, "headers": json_headers(SEGMENT_SUCCESS) + cors_headers(origin)}
        await send(start)
    await send(_success_body)


async def send_refusal(
    send: Send, headers: Headers, refusal: RefusedError, retry_after: int, *, posthog: bool = False
) -> None:
    """The error as JSON; 429 tells when to come back. To PostHog's clients it is 503: they drop what gets a 429."""
    status = 503 if posthog and refusal.status == 429 else refusal.status
    extra = [(b"retry-after", str(refusal.retry_after or retry_after).encode())] if status in COME_AGAIN else []
    if status == 405:
        extra = [(b"allow", refusal.detail.encode())]
    content = {"code": refusal.code, "message": refusal.message, "detail": refusal.detail}
    if posthog:
        content["type"] = POSTHOG_TYPES.get(status, "validation_error")
    await send_json(send, headers, status, content, extra)


async def send_json(
    send: Send, headers: Headers, status: int, content: dict[str, Any], extra: HeaderList | None = None
) -> None:
    """Any JSON answer."""
    body = msgspec.json.encode(content)
    await send_bytes(send, headers, status, body, json_headers(body) + (extra or []))


async def send_bytes(send: Send, headers: Headers, status: int, body: bytes, own: HeaderList) -> None:
    """An answer with headers of its own, and the ones browsers need."""
    origin = headers.get(b"origin")
    cors = cors_headers(origin) if origin is not None else []
    await send({"type": "http.response.start", "status": status, "headers": own + cors})
    await send({"type": "http.response.body", "body": body})


async def send_fetched(send: Send, headers: Headers, fetched: Fetched, method: str) -> None:
    """What was fetched; to HEAD without the body."""
    body = fetched.body if method == "GET" else b""
    cors_of = {} if fetched.shared else headers
    await send_bytes(send, cors_of, fetched.status, body, fetched.headers)


async def send_preflight(send: Send, headers: Headers) -> None:
    """Permission to send whatever headers the client asks for: SDKs add new ones with every release."""
    own = [
        (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
        (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
        (b"content-length", b"0"),
    ]
    if asked := headers.get(b"access-control-request-headers"):
        own.append((b"access-control-allow-headers", asked))
    await send_bytes(send, headers, 200, b"", own)


def cors_headers(origin: bytes) -> HeaderList:
    """Any site may send events; the write key says whose they are."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]
