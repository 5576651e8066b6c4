"""Bytes on a socket, as no well-behaved client would send them, and what is answered to them."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from tests.leadline_process import Server

CLOSED = 0
"""The status of a connection that is closed without an answer."""
ANSWER_SECONDS = 60.0
CONTINUE = 100


@dataclass(frozen=True)
class Answer:
    """One answer; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


NO_ANSWER = Answer(CLOSED)


def request(method: str, target: str | bytes, headers: Iterable[bytes] = (), body: bytes = b"") -> bytes:
    """A request with these header lines; what it says of its body's length is true."""
    target = target.encode() if isinstance(target, str) else target
    length = [b"Content-Length: %d" % len(body)] if body or method == "POST" else []
    first = b"%s %s HTTP/1.1" % (method.encode(), target)
    return b"\r\n".join([first, b"Host: localhost", *length, *headers, b"", b""]) + body


def speak(port: int, sent: bytes | Iterable[bytes], seconds: float = ANSWER_SECONDS) -> Answer:
    """Send the bytes, whoever still listens, and read one answer; `NO_ANSWER` when there is none."""
    with connected(port, seconds) as peer, contextlib.suppress(ConnectionError):
        _send(peer, [sent] if isinstance(sent, bytes) else sent)
        with peer.makefile("rb") as stream:
            return read_answer(stream)
    return NO_ANSWER


@contextlib.contextmanager
def connected(port: int, seconds: float = ANSWER_SECONDS) -> Iterator[socket.socket]:
    """A connection to a port of the loopback interface."""
    with socket.create_connection(("127.0.0.1", port), seconds) as peer:
        yield peer


def read_answer(stream: BinaryIO) -> Answer:
    """The next answer, read to its end; one that only tells to go on is passed over."""
    try:
        first = stream.readline()
        if not first:
            return NO_ANSWER
        status, headers = int(first.split()[1]), _headers(stream)
        if status == CONTINUE:
            return read_answer(stream)
        return Answer(status, headers, stream.read(int(headers.get("content-length", "0"))))
    except (ConnectionError, TimeoutError):
        return NO_ANSWER


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def _send(peer: socket.socket, parts: Iterable[bytes]) -> None:
    with contextlib.suppress(ConnectionError):  # answered before all was sent, and hung up
        for part in parts:
            peer.sendall(part)


HEAD = b"POST %s HTTP/1.1\r\nHost: localhost\r\n"


def broken_requests(path: str) -> dict[str, bytes | Iterable[bytes]]:
    """Requests to a path that takes POST, none of which is one: by what is wrong with it."""
    head, get = HEAD % path.encode(), lambda *lines: request("GET", path, lines)
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n"
    many = [b"X-%d: a" % number for number in range(10_000)]
    return {
        "10,000 headers": get(*many),
        "a header of 1 MB": get(b"X: " + b"a" * (1 << 20)),
        "5,000 headers of cookies": get(*(b"Cookie: c%d=1" % number for number in range(5_000))),
        "an address of 1 MB": request("GET", path + "?" + "a" * (1 << 20)),
        "an address of bytes that are no text": request("GET", b"/\xff\xfe"),
        "a NUL in the address": request("GET", b"/a\x00b"),
        "a NUL in a header": get(b"X-A: a\x00b"),
        "a header that goes on in the next line": get(b"X-A: a\r\n b"),
        "a blank before the colon": get(b"X-A : 5"),
        "no version": b"GET /\r\n\r\n",
        "a version of the future": b"GET / HTTP/3.9\r\nHost: localhost\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        "two lengths": head + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        "a length below 0": head + b"Content-Length: -1\r\n\r\n",
        "a length with a sign": head + b"Content-Length: +4\r\n\r\nabcd",
        "a length of 23 digits": head + b"Content-Length: 99999999999999999999999\r\n\r\n",
        "a coding that there is not": head + b"Transfer-Encoding: xchunked\r\n\r\nab",
        "chunked, but not last": head + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "a chunk of 16 exabytes": chunked + b"FFFFFFFFFFFFFFFFFFFF\r\nabc",
        "a chunk below 0": chunked + b"-1\r\nabc\r\n",
        "a chunk of no number": chunked + b"zz\r\nabc\r\n",
        "a chunk's extension of 1 MB": chunked + b"1;" + b"a" * 1_000_000 + b"\r\na\r\n0\r\n\r\n",
        "10,000 trailers": chunked + b"1\r\na\r\n0\r\n" + b"\r\n".join(many) + b"\r\n\r\n",
        "a body of 100 MB": [head + b"Content-Length: 104857600\r\n\r\n", *[bytes(1 << 20)] * 100],
        "100 MB in chunks": [chunked, *[b"100000\r\n" + bytes(1 << 20) + b"\r\n"] * 100, b"0\r\n\r\n"],
        "50,000 chunks of a byte": [chunked, *[b"1\r\na\r\n" * 1_000] * 50, b"0\r\n\r\n"],
    }


def smuggled(path: str) -> bytes:
    """A request with a length and chunks, which two servers may take for one or for two."""
    inner = request("GET", "/healthz")
    return HEAD % path.encode() + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner


def answers_to(port: int, sent: bytes, most: int) -> list[Answer]:
    """All answers to these bytes until the connection is closed, or as many as asked for."""
    with connected(port, 5) as peer:
        peer.sendall(sent)
        with peer.makefile("rb") as stream:
            found = [read_answer(stream) for _ in range(most)]
    return [answer for answer in found if answer.status != CLOSED]


@dataclass
class Bystander:
    """Somebody who asks for the same again and again while the block runs, ten times a second."""

    port: int
    asked: bytes
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join(ANSWER_SECONDS)

    @property
    def middle_seconds(self) -> float:
        return sorted(self.seconds)[len(self.seconds) // 2]

    def _ask(self) -> None:
        while not self.seconds or not self._over.wait(0.1):
            began = time.monotonic()
            try:
                self.statuses.append(speak(self.port, self.asked, 10).status)
            except OSError:
                self.statuses.append(CLOSED)
            self.seconds.append(time.monotonic() - began)


def processes_of(server: Server) -> list[int]:
    """The server's process and those below it."""
    assert server.process is not None
    found = [server.process.pid]
    for pid in found:
        found += _children_of(pid)
    return found


def servers_of(server: Server) -> set[int]:
    """Its processes that serve; without what they run for a moment, as what packs the script of charts."""
    return {pid for pid in processes_of(server) if b"\0leadline." in _read(Path(f"/proc/{pid}/cmdline"))}


def memory_mb(server: Server) -> int:
    """What all processes of a server hold in memory."""
    return sum(_memory_kb(pid) for pid in processes_of(server)) >> 10


def _memory_kb(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith(b"VmRSS:"):
            return int(line.split()[1])
    return 0


def _children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in tasks for child in _read(children).split()]


def _read(path: Path) -> bytes:
    """Nothing, when the process or thread has ended meanwhile."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return path.read_bytes()
    return b""
