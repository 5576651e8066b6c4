"""The collector as a bare ASGI application: which path means what, and the way of one request into the spool."""

from collections.abc import Callable
from typing import Any

from leadline.kernel.clock import Clock, to_micros, utc_now
from leadline.kernel.errors import SpoolUnavailableError
from leadline.tracking.collector.authentication import Keyring
from leadline.tracking.collector.metrics import CONTENT_TYPE, exposition
from leadline.tracking.collector.requests import (
    BodyReader,
    DisconnectedError,
    Headers,
    Limits,
    Receive,
    RefusedError,
    parse_batch,
    parse_message,
)
from leadline.tracking.collector.responses import (
    Send,
    send_bytes,
    send_json,
    send_preflight,
    send_refusal,
    send_success,
)
from leadline.tracking.collector.state import StateKeeper
from leadline.tracking.spool import SpoolRecord, SpoolWriter, encode_record

MESSAGES = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a"}
BATCHES = {"batch": "batch", "b": "batch", "import": "import"}
PROBES = ("/healthz", "/readyz", "/metrics")
NO_OPERATION = "m"  # where analytics-next reports on itself

Application = Callable[[dict[str, Any], Receive, Send], Any]


def _routes() -> dict[str, tuple[str, bool]]:
    """Path to (route name of the spool record, whether it is a batch), each with and without a slash at the end."""
    named = {name: (name, False) for name in MESSAGES} | {short: (name, False) for name, short in MESSAGES.items()}
    named |= {word: (name, True) for word, name in BATCHES.items()} | {NO_OPERATION: (NO_OPERATION, False)}
    return {f"/v1/{word}{slash}": route for word, route in named.items() for slash in ("", "/")}


ROUTES = _routes()


def create_app(
    writer: SpoolWriter,
    keyring: Keyring,
    *,
    clock: Clock = utc_now,
    limits: Limits | None = None,
    state: StateKeeper | None = None,
    on_shutdown: Callable[[], None] | None = None,
) -> Application:
    """An ASGI callable for the collector's paths; `on_shutdown` runs at the end of the server's lifespan."""
    state = state or StateKeeper(writer)
    return Collector(writer, keyring, clock, limits or Limits(), state, on_shutdown)


class Collector:
    """One ASGI application over one spool writer. It never redirects and answers 200 only for what is on disk."""

    def __init__(
        self,
        writer: SpoolWriter,
        keyring: Keyring,
        clock: Clock,
        limits: Limits,
        state: StateKeeper,
        on_shutdown: Callable[[], None] | None,
    ) -> None:
        self._writer, self._keyring, self._clock = writer, keyring, clock
        self._limits, self._state, self._on_shutdown = limits, state, on_shutdown
        self._reader = BodyReader(limits)
        self._counters = state.counters

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        headers: Headers = dict(scope["headers"])
        try:
            route = ROUTES.get(scope["path"])
            if route is None or scope["method"] != "POST":
                await self._answer_other(scope, headers, send)
                return
            await self._accept(*route, headers, receive)
            await send_success(send, headers)
        except RefusedError as refusal:
            self._counters.refuse(refusal.code)
            await send_refusal(send, headers, refusal, self._limits.retry_after_seconds)
        except DisconnectedError:
            self._counters.refuse("disconnected")

    async def _accept(self, route: str, is_batch: bool, headers: Headers, receive: Receive) -> None:
        """Returns when the request is on disk."""
        if route == NO_OPERATION:
            return
        body = await self._reader.read(receive, headers)
        count, body_key = parse_batch(body, self._limits) if is_batch else (1, parse_message(body))
        source = self._keyring.source_of(headers.get(b"authorization"), body_key)
        if source is None:
            raise _unknown_key()
        record = SpoolRecord(source, to_micros(self._clock()), route, body, _kept(headers))
        try:
            await self._writer.append(encode_record(record))
        except SpoolUnavailableError as error:
            raise RefusedError(429, error.code, error.message, error.advice) from None
        self._counters.accept(count)

    async def _answer_other(self, scope: dict[str, Any], headers: Headers, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if method == "OPTIONS":
            await send_preflight(send, headers)
        elif path in ROUTES:
            raise RefusedError(405, "method_not_allowed", f"{method} is not possible here.", "POST, OPTIONS")
        elif path not in PROBES:
            raise RefusedError(404, "not_found", "There is nothing at this path.", "Events go to /v1/batch.")
        elif method not in ("GET", "HEAD"):
            raise RefusedError(405, "method_not_allowed", f"{method} is not possible here.", "GET, HEAD, OPTIONS")
        else:
            await self._probe(path, headers, send)

    async def _probe(self, path: str, headers: Headers, send: Send) -> None:
        if path == "/healthz":
            await send_json(send, headers, 200, {"status": "ok"})
        elif path == "/metrics":
            body = exposition(self._state.totals(), self._writer)
            await send_bytes(send, headers, 200, body, [(b"content-type", CONTENT_TYPE)])
        else:
            self._check_readiness()
            await send_json(send, headers, 200, {"status": "ready"})

    def _check_readiness(self) -> None:
        self._keyring.refresh()
        if trouble := self._writer.trouble or self._writer.disk.shortage:
            raise RefusedError(503, "spool_unavailable", trouble, "Events are refused with 429 until it is repaired.")
        if not self._keyring.loaded:
            advice = "The application writes it when it starts; until then every write key is unknown."
            raise RefusedError(503, "no_keyring", "There is no keyring yet.", advice)

    async def _lifespan(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            raise ValueError(f"the collector speaks HTTP, not {scope['type']}")
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._on_shutdown is not None:
            self._on_shutdown()
        await send({"type": "lifespan.shutdown.complete"})


def _unknown_key() -> RefusedError:
    return RefusedError(
        401,
        "unknown_write_key",
        "The write key is missing or unknown.",
        "Send it as the user name of HTTP Basic authentication, or as writeKey in the body.",
    )


def _kept(headers: Headers) -> dict[str, str]:
    """The request headers that later stages need: the browser, and whether it forbids selling what it does."""
    kept = {}
    if agent := headers.get(b"user-agent"):
        kept["user-agent"] = agent.decode("latin-1")
    if signal := headers.get(b"sec-gpc"):
        kept["sec-gpc"] = signal.decode("latin-1")
    return kept
