"""The collector as a bare ASGI application: the way of one request into the spool."""

from collections.abc import Callable
from typing import Any

from leadline.kernel.clock import Clock, to_micros, utc_now
from leadline.kernel.errors import SpoolUnavailableError
from leadline.tracking.collector.addresses import is_internal
from leadline.tracking.collector.authentication import Keyring
from leadline.tracking.collector.fetching import Fetching
from leadline.tracking.collector.guards import Gate, RateLimits, Ticks
from leadline.tracking.collector.options import CollectorOptions
from leadline.tracking.collector.pixels import pixel_message
from leadline.tracking.collector.posthog_bodies import open_posthog, sent_at_of
from leadline.tracking.collector.requests import (
    BodyReader,
    DisconnectedError,
    Headers,
    Limits,
    Receive,
    RefusedError,
    parse_batch,
    parse_message,
    query_of,
)
from leadline.tracking.collector.responses import Send, send_fetched, send_preflight, send_refusal, send_success
from leadline.tracking.collector.routes import PROBES, ROUTES, Route, Take, find
from leadline.tracking.collector.scripts import ScriptShelf
from leadline.tracking.collector.state import StateKeeper
from leadline.tracking.collector.surrogates import may_hold_halves, without_halves
from leadline.tracking.spool import SpoolRecord, SpoolWriter, encode_record

__all__ = ["PROBES", "ROUTES", "Application", "create_app"]

MESSAGE, BEACON, POSTHOG, NOTHING = Take.MESSAGE, Take.BEACON, Take.POSTHOG, Take.NOTHING  # quicker to reach
POST_ONLY = "POST, OPTIONS"
GET_ONLY = "GET, HEAD, OPTIONS"
POSTHOG_SENT_AT = b"posthog-request-timestamp"
KEPT_HEADERS = frozenset({b"sec-gpc", b"dnt", b"anonymousid", b"sentat"})

Application = Callable[[dict[str, Any], Receive, Send], Any]


def create_app(
    writer: SpoolWriter,
    keyring: Keyring,
    *,
    clock: Clock = utc_now,
    limits: Limits | None = None,
    state: StateKeeper | None = None,
    on_shutdown: Callable[[], None] | None = None,
    options: CollectorOptions | None = None,
    ticks: Ticks | None = None,
) -> Application:
    """An ASGI callable for the collector's paths; `on_shutdown` runs at the end of the server's lifespan.

    `ticks` gives seconds of a clock that never goes back, for the rate limits.
    """
    return Collector(
        writer,
        keyring,
        clock,
        limits or Limits(),
        state or StateKeeper(writer),
        Gate(RateLimits(ticks) if ticks else RateLimits()),
        options or CollectorOptions(),
        on_shutdown,
    )


class Collector:
    """One ASGI application over one spool writer. It never redirects and answers 200 only for what is on disk."""

    def __init__(
        self,
        writer: SpoolWriter,
        keyring: Keyring,
        clock: Clock,
        limits: Limits,
        state: StateKeeper,
        gate: Gate,
        options: CollectorOptions,
        on_shutdown: Callable[[], None] | None,
    ) -> None:
        self._writer, self._keyring, self._clock = writer, keyring, clock
        self._limits, self._state, self._gate = limits, state, gate
        self._proxies, self._on_shutdown = options.trusted_proxies, on_shutdown
        self._reader = BodyReader(limits)
        self._counters = state.counters
        shelf = ScriptShelf(options.analytics_js)
        self._fetching = Fetching(writer, keyring, state, shelf, self._take_pixel)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        headers: Headers = dict(scope["headers"])
        route = ROUTES.get(scope["path"])
        try:
            if route is None or scope["method"] != "POST":
                await self._answer_other(scope, headers, send)
                return
            answer = await self._accept(route, scope, headers, receive)
            await send_success(send, headers, answer)
        except RefusedError as refusal:
            self._counters.refuse(refusal.code)
            posthog = route is not None and route.posthog
            await send_refusal(send, headers, refusal, self._limits.retry_after_seconds, posthog=posthog)
        except DisconnectedError:
            self._counters.refuse("disconnected")
            await send_refusal(send, headers, _broken_body(), self._limits.retry_after_seconds)

    async def _accept(self, route: Route, scope: dict[str, Any], headers: Headers, receive: Receive) -> bytes:
        """The answer, once the request is on disk."""
        take = route.take
        if take is NOTHING:
            return route.answer
        body = await self._reader.read(receive, headers)
        if take is POSTHOG:
            return await self._accept_posthog(route, body, scope, headers)
        try:
            count, key = (1, parse_message(body)) if take is MESSAGE else parse_batch(body, self._limits)
        except RefusedError:
            if not may_hold_halves(body):
                raise
            body = without_halves(body)
            count, key = (1, parse_message(body)) if take is MESSAGE else parse_batch(body, self._limits)
        if take is BEACON:
            key = query_of(scope).get("writeKey") or key
        payload = self._admitted(route.name, body, key, scope, headers)
        try:
            await self._writer.append(payload)
        except SpoolUnavailableError as error:
            raise _refused_by_spool(error) from None
        self._counters.accept(count)
        return route.answer

    async def _accept_posthog(self, route: Route, body: bytes, scope: dict[str, Any], headers: Headers) -> bytes:
        query = query_of(scope)
        opened = open_posthog(body, query, self._limits)
        key = opened.key if route.answer else _bearer(headers) or opened.key
        if sent_at := headers.get(POSTHOG_SENT_AT) or sent_at_of(query):
            headers = {**headers, b"sentat": sent_at}
        await self._append(self._admitted(route.name, opened.body, key, scope, headers), opened.events)
        return route.answer or opened.results()

    async def _take_pixel(self, kind: str, scope: dict[str, Any], headers: Headers) -> None:
        body, key = pixel_message(kind, query_of(scope), self._limits)
        await self._append(self._admitted(kind, body, key, scope, headers), 1)

    async def _append(self, payload: bytes, count: int) -> None:
        """Returns when the payload is on disk. (`_accept` says the same without a second coroutine.)"""
        try:
            await self._writer.append(payload)
        except SpoolUnavailableError as error:
            raise _refused_by_spool(error) from None
        self._counters.accept(count)

    def _admitted(self, name: str, body: bytes, key: object, scope: dict[str, Any], headers: Headers) -> bytes:
        """The spool record of a request whose key is known and whose source lets it pass."""
        keyring = self._keyring
        entry = keyring.entry_of(headers.get(b"authorization"), key)
        if entry is None:
            raise _unknown_key()
        if entry.origins or entry.rate:
            self._gate.admit(entry, headers)
        kept = _kept(headers)
        if keyring.internal_networks and is_internal(scope, keyring.internal_networks, self._proxies):
            kept["internal"] = "1"
        return encode_record(SpoolRecord(entry.source, to_micros(self._clock()), name, body, kept))

    async def _answer_other(self, scope: dict[str, Any], headers: Headers, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if method == "OPTIONS":
            await send_preflight(send, headers)
            return
        if path in ROUTES:
            raise RefusedError(405, "method_not_allowed", f"{method} is not possible here.", POST_ONLY)
        found = find(path)
        if found is None:
            raise RefusedError(404, "not_found", "There is nothing at this path.", "Events go to /v1/batch.")
        if method not in ("GET", "HEAD"):
            raise RefusedError(405, "method_not_allowed", f"{method} is not possible here.", GET_ONLY)
        await send_fetched(send, headers, await self._fetching.fetch(found, scope, headers), method)

    async def _lifespan(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            raise ValueError(f"the collector speaks HTTP, not {scope['type']}")
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._on_shutdown is not None:
            self._on_shutdown()
        await send({"type": "lifespan.shutdown.complete"})


def _broken_body() -> RefusedError:
    """Heard by those alone who are still there: what they sent as a body is none."""
    return RefusedError(400, "broken_body", "The request ended before its body was complete.")


def _unknown_key() -> RefusedError:
    return RefusedError(
        401,
        "unknown_write_key",
        "The write key is missing or unknown.",
        "Send it as the user name of HTTP Basic authentication, or as writeKey in the body.",
    )


def _refused_by_spool(error: SpoolUnavailableError) -> RefusedError:
    return RefusedError(429, error.code, error.message, error.advice)


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else None


def _kept(headers: Headers) -> dict[str, str]:
    """The request headers that later stages need: the browser, what it forbids, and two that RudderStack's clients
    send (who it is, in base64, and when it sent), where the body may lack them."""
    kept = {}
    if agent := headers.get(b"user-agent"):
        kept["user-agent"] = agent.decode("latin-1")
    if not KEPT_HEADERS.isdisjoint(headers):
        kept |= {name.decode(): headers[name].decode("latin-1") for name in KEPT_HEADERS if name in headers}
    return kept
