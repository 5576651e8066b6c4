"""A proxy between a client and the collector that plays a script of faults and remembers all that was said.

Faults befall requests that carry events, in the order of the script; preflights, settings and probes pass.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

LINE_END = b"\r\n"
HEAD_END = b"\r\n\r\n"
HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length"}
NO_EVENTS = ("/flags", "/v1/m", "/array", "/decide")
START_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """The client is told this, the collector hears nothing."""

    status: int
    retry_after: int | None = None


@dataclass(frozen=True)
class Cut:
    """The connection breaks: half-way through the `request`, or after the collector stored it, before its `answer`."""

    where: Literal["request", "answer"]


@dataclass(frozen=True)
class Delay:
    """The answer comes this much later, as from a disk that is slow to confirm."""

    seconds: float


@dataclass(frozen=True)
class Pass:
    """Nothing happens to this request."""


Fault = Answer | Cut | Delay | Pass
EVERY_FAULT: tuple[Fault, ...] = (
    Pass(),
    Answer(429, retry_after=1),
    Pass(),
    Answer(503),
    Cut("answer"),
    Pass(),
    Cut("request"),
    Delay(1.5),
)


@dataclass
class Exchange:
    """One request, and what became of it.

    Attributes:
        told: the status that the client saw; 0 when the connection broke first.
        answered: the status that the collector gave; 0 when it gave none.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    fault: Fault = field(default_factory=Pass)
    told: int = 0
    answered: int = 0

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def carries_events(self) -> bool:
        return self.method == "POST" and not self.path.startswith(NO_EVENTS)


@dataclass(frozen=True)
class _Head:
    """A request's or answer's first line and headers, names in lower case."""

    line: str
    headers: Mapping[str, str]
    raw: tuple[tuple[str, str], ...]

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> Self:
        """Raises IncompleteReadError when the other side is done."""
        text = (await reader.readuntil(HEAD_END)).decode("latin-1")
        line, *rest = text.strip().split("\r\n")
        raw = tuple((name.strip(), value.strip()) for name, _, value in (each.partition(":") for each in rest))
        return cls(line, {name.lower(): value for name, value in raw}, raw)

    def bytes_with(self, body: bytes, **others: str) -> bytes:
        kept = [(name, value) for name, value in self.raw if name.lower() not in HOP_HEADERS]
        kept += [(name.replace("_", "-"), value) for name, value in others.items()]
        kept.append(("Content-Length", str(len(body))))
        return _head_bytes(self.line, kept) + body


class Proxy:
    """Listens on a free port of 127.0.0.1 for as long as the block runs.

    Attributes:
        lag: by how many seconds answers to events come later, beside what the script says.
    """

    def __init__(self, upstream: int, script: Iterable[Fault] = ()) -> None:
        self.exchanges: list[Exchange] = []
        self.port = 0
        self.lag = 0.0
        self._upstream = upstream
        self._script = list(script)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._serving: set[asyncio.Task[None] | None] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def remaining(self) -> list[Fault]:
        """What of the script has befallen nobody yet."""
        return [fault for fault in self._script if not isinstance(fault, Pass)]

    @property
    def statuses(self) -> set[int]:
        """What the collector itself answered."""
        return {each.answered for each in self.exchanges} - {0}

    @property
    def events(self) -> list[Exchange]:
        """The requests that carried events."""
        return [each for each in self.exchanges if each.carries_events]

    def play(self, *script: Fault) -> None:
        """Put more faults at the end of the script."""
        self._script += script

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(START_SECONDS), "the proxy listens"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 24))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(_cancel_others())
        self._loop.run_until_complete(asyncio.sleep(0))  # what was aborted is closed in the loop's next turn
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client, kept alive for as long as it likes."""
        self._serving.add(task := asyncio.current_task())  # who hung up before the answer is held by nothing else
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await _Head.read(reader)
                await self._exchange(head, await _read_body(reader, head), writer)
        writer.transport.abort()
        self._serving.discard(task)

    async def _exchange(self, head: _Head, body: bytes, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.line.split(" ", 2)
        exchange = Exchange(method, target, head.headers, body)
        if exchange.carries_events and self._script:
            exchange.fault = self._script.pop(0)
        self.exchanges.append(exchange)
        answer = await self._answer(exchange, head)
        if not answer:
            raise ConnectionAbortedError
        writer.write(answer)
        await writer.drain()

    async def _answer(self, exchange: Exchange, head: _Head) -> bytes:
        """What the client gets; nothing when the connection is to break."""
        fault = exchange.fault
        if isinstance(fault, Answer):
            exchange.told = fault.status
            return _refusal(fault, exchange.headers.get("origin"))
        if fault == Cut("request"):
            await self._send_half(head.bytes_with(exchange.body, Connection="close"))
            return b""
        exchange.answered, answer = await self._ask(head.bytes_with(exchange.body, Connection="close"))
        if fault == Cut("answer"):
            return b""
        if exchange.carries_events:
            await asyncio.sleep(fault.seconds if isinstance(fault, Delay) else self.lag)
        exchange.told = exchange.answered
        return answer

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream, limit=1 << 24)
        try:
            writer.write(request)
            await writer.drain()
            head = await _Head.read(reader)
            status = int(head.line.split()[1])
            body = b"" if request.startswith(b"HEAD ") or status in (204, 304) else await _read_body(reader, head, True)
            return status, head.bytes_with(body)
        finally:
            writer.transport.abort()

    async def _send_half(self, request: bytes) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        writer.write(request[: -len(request) // 4])  # the head and a part of the body
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()


async def _read_body(reader: asyncio.StreamReader, head: _Head, to_the_end: bool = False) -> bytes:
    if "content-length" in head.headers:
        return await reader.readexactly(int(head.headers["content-length"]))
    if head.headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.read() if to_the_end else b""
    body = b""
    while size := int((await reader.readuntil(LINE_END)).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readuntil(LINE_END)
    await reader.readuntil(LINE_END)
    return body


def _refusal(fault: Answer, origin: str | None) -> bytes:
    """As the collector refuses, with what browsers need to be shown it."""
    body = json.dumps({"code": "injected", "message": "A fault of the test.", "detail": "Send it again."}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if fault.retry_after is not None:
        headers.append(("Retry-After", str(fault.retry_after)))
    if origin is not None:
        headers += [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
        headers += [("Access-Control-Expose-Headers", "Retry-After"), ("Vary", "Origin")]
    return _head_bytes(f"HTTP/1.1 {fault.status} Injected", headers) + body


def _head_bytes(line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")


async def _cancel_others() -> None:
    await asyncio.sleep(0.05)  # who was let in just now begins: a task cancelled before would not close its connection
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
