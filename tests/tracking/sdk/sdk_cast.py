"""The cast of the SDK's tests: a collector that says what it is told to say, without a network and with one."""

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from leadline import EventTracker
from leadline.kernel.errors import LeadlineError
from leadline.tracking.sdk.retries import Answer

KEY = "wk_test"
SUCCESS = {"success": True}
Reply = tuple[int, dict[str, str]]
TAKEN: Reply = (200, {})


@dataclass
class FakeCollector:
    """Answers from a list, then 200; keeps what it acknowledged, and every request it saw."""

    replies: list[Reply | Exception] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stored: list[dict[str, Any]] = field(default_factory=list)
    gate: threading.Event | None = None
    arrived: threading.Event = field(default_factory=threading.Event)

    def answer(self, headers: dict[str, str], body: bytes) -> Reply:
        raw = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        envelope = json.loads(raw)
        self.requests.append(envelope)
        self.headers.append(headers)
        self.arrived.set()
        if self.gate is not None:
            assert self.gate.wait(20)
        reply = self.replies.pop(0) if self.replies else TAKEN
        if isinstance(reply, Exception):
            raise reply
        if reply[0] == 200:
            self.stored.extend(envelope["batch"])
        return reply

    @property
    def transport(self) -> httpx.MockTransport:
        def respond(request: httpx.Request) -> httpx.Response:
            status, extra = self.answer(dict(request.headers), request.content)
            content = SUCCESS if status == 200 else {"code": "refused", "message": f"because of {status}"}
            return httpx.Response(status, headers=extra, json=content)

        return httpx.MockTransport(respond)

    def names(self) -> list[str]:
        return [message.get("event", message["type"]) for message in self.stored]


@dataclass
class Losses:
    """An `on_error` that remembers."""

    told: list[tuple[LeadlineError, Sequence[dict[str, Any]]]] = field(default_factory=list)

    def __call__(self, error: LeadlineError, messages: Sequence[dict[str, Any]]) -> None:
        self.told.append((error, messages))

    @property
    def kinds(self) -> list[str]:
        return [error.code for error, _ in self.told]

    @property
    def names(self) -> list[str]:
        return [message.get("event", message["type"]) for _, messages in self.told for message in messages]


def tracker_of(collector: FakeCollector, **options: Any) -> EventTracker:
    """A tracker that is quick, so that tests are."""
    options = {"flush_interval": 0.01, **options}
    return EventTracker(KEY, "http://collector.test", transport=collector.transport, **options)


@contextmanager
def listening(collector: FakeCollector, port: int = 0) -> Iterator[str]:
    """The same collector on a real socket; yields its address. A port of 0 is any."""

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                reply = collector.answer({name.lower(): value for name, value in self.headers.items()}, body)
            content = json.dumps(SUCCESS if reply[0] == 200 else {"code": "x", "message": "y"}).encode()
            self.send_response(reply[0])
            for name, value in {**reply[1], "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Be quiet."""

    lock = threading.Lock()
    connections: list[socket.socket] = []
    server = ThreadingHTTPServer(("127.0.0.1", port), Front)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for connection in connections:  # as when a process ends; clients keep theirs open otherwise
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@dataclass
class FakeTime:
    """A clock that moves when somebody waits, and a pacing for couriers."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    left: float = float("inf")

    def monotonic(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def remaining(self) -> float:
        return self.left


@dataclass
class Scripted:
    """A transport that gives prepared answers; the last one for ever."""

    answers: list[Answer]
    sent: list[tuple[int, float]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def send(self, batch: Sequence[Any], longest: float) -> Answer:
        self.before()
        self.sent.append((len(batch), longest))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
