"""What is no HTTP, and clients that take their time, at both ports: refused, cut off, and felt by nobody else.

Bound: a minute and a half, of which a minute is waiting until slow clients are cut off.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.acceptance.hostile_wire import (
    CLOSED,
    HEAD,
    Bystander,
    answers_to,
    broken_requests,
    memory_mb,
    request,
    servers_of,
    smuggled,
    speak,
)
from tests.acceptance.installation import Installation
from tests.leadline_process import wait_until

from leadline.project.bodies import SECONDS as PAGE_SECONDS
from leadline.tracking.collector.connections import HEAD_SECONDS, UNREAD_SECONDS
from leadline.tracking.collector.requests import Limits

MORE_MB = 300
"""Those who never read leave an answer of 1.5 MB each behind, and Python gives memory back late."""
SLOW = 50
"""Of each of four kinds, at each of two ports."""
SLOWER = 10
"""How many times its usual waiting a bystander's may be at most, beside what the machine does to both."""
PATHS = {"collector": "/v1/track", "pages": "/accounts/login/"}


@pytest.fixture(autouse=True)
def stays_as_it_is(installation: Installation) -> Iterator[None]:
    """The same processes, within the memory allowed, answering others at both ports."""
    before, processes = memory_mb(installation.server), servers_of(installation.server)
    with bystanders_of(installation) as bystanders:
        yield
    assert [set(each.statuses) for each in bystanders] == [{200}, {200}]
    assert servers_of(installation.server) == processes, "none of them was started again"
    wait_until(lambda: memory_mb(installation.server) < before + MORE_MB, 20, f"the memory is again near {before} MB")


@pytest.fixture(scope="module", autouse=True)
def running(installation: Installation) -> None:
    installation.run()


@contextmanager
def bystanders_of(installation: Installation) -> Iterator[list[Bystander]]:
    """Two who ask, one at each port."""
    asked = request("GET", "/healthz")
    with Bystander(installation.port, asked) as one, Bystander(installation.server.port, asked) as other:
        yield [one, other]


def port_of(installation: Installation, which: str) -> int:
    return installation.port if which == "collector" else installation.server.port


@pytest.mark.parametrize("which", PATHS)
@pytest.mark.parametrize("what", broken_requests("/"))
def test_what_is_no_request_is_refused(installation: Installation, which: str, what: str) -> None:
    """Or the connection is closed, where whoever sends on does not listen."""
    answer = speak(port_of(installation, which), broken_requests(PATHS[which])[what])
    assert answer.status == CLOSED or 400 <= answer.status < 500
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize("which", PATHS)
def test_a_body_announced_as_100_mb_is_refused_before_it_is_sent(installation: Installation, which: str) -> None:
    answer = speak(port_of(installation, which), HEAD % PATHS[which].encode() + b"Content-Length: 104857600\r\n\r\n")
    assert answer.status == {"collector": 400, "pages": 413}[which]


@pytest.mark.parametrize("host", [b"evil.example", b"localhost, evil.example", b"\xff", b"a" * 300])
def test_pages_are_not_for_another_host(installation: Installation, host: bytes) -> None:
    asked = request("GET", "/accounts/login/").replace(b"Host: localhost", b"Host: " + host)
    assert speak(installation.server.port, asked).status == 400


@pytest.mark.parametrize("which", PATHS)
def test_what_two_servers_could_take_for_one_request_or_two_ends_the_connection_or_is_one_of_chunks(
    installation: Installation, which: str
) -> None:
    """By RFC 9112 section 6.3 chunks win over a length. What comes after them may be answered as a request of its own,
    never as a part of the first's body, and never more than that."""
    answers = answers_to(port_of(installation, which), smuggled(PATHS[which]), 4)
    assert 400 <= answers[0].status < 500
    assert [answer.status for answer in answers[1:]] in ([], [200])


@dataclass
class Slow:
    """A client of one kind at one port."""

    peer: socket.socket
    kind: str
    alive: bool = True

    def trickle(self) -> None:
        """One byte more, of those who send; whether the server still listens."""
        try:
            if self.kind in ("head", "body"):
                self.peer.send(b"a")
            if self.kind != "unread" and self.peer.recv(1 << 16, socket.MSG_DONTWAIT) == b"":
                self.alive = False
            if self.kind == "unread":
                self.alive = is_held_by_the_server(self.peer)
        except BlockingIOError:
            return
        except OSError:
            self.alive = False


CONNECTIONS = Path("/proc/net/tcp")
ESTABLISHED = "01"


def is_held_by_the_server(peer: socket.socket) -> bool:
    """Whether the other end of a connection is there still: one that gave up on a client does not tell it."""
    far, near = peer.getpeername()[1], peer.getsockname()[1]
    lines = (line.split() for line in CONNECTIONS.read_text().splitlines()[1:])
    ours = (f"{far:04X}", f"{near:04X}", ESTABLISHED)
    return any((local[-4:], remote[-4:], state) == ours for _, local, remote, state, *_ in lines)


STARTS: dict[str, bytes] = {
    "silent": b"",
    "head": HEAD + b"X-A: ",
    "body": HEAD + b"Content-Length: 1000\r\n\r\n{",
    "unread": request("GET", "%s") * 200,
}
LARGE = {"collector": "/openapi.json", "pages": "/static/ninja/swagger-ui-bundle.js"}
"""What is much to read and little to make."""


def slow_client(port: int, path: str, kind: str) -> Slow:
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.settimeout(0.2)
    peer.connect(("127.0.0.1", port))
    start = STARTS[kind].replace(b"%s", path.encode())
    try:
        peer.sendall(start)
    except TimeoutError:
        assert kind == "unread"
    peer.settimeout(0)
    return Slow(peer, kind)


def test_400_slow_clients_are_cut_off_and_others_are_served_meanwhile(installation: Installation) -> None:
    """That say nothing, send a head or a body byte by byte, or never read: until the last of them is gone."""
    with bystanders_of(installation) as usual:
        time.sleep(3)
    with bystanders_of(installation) as bystanders:
        be_slow_until_cut_off(installation)
    for before, meanwhile in zip(usual, bystanders, strict=True):
        assert meanwhile.middle_seconds < SLOWER * before.middle_seconds + 0.1


def be_slow_until_cut_off(installation: Installation) -> None:
    clients = [
        slow_client(port_of(installation, which), LARGE[which] if kind == "unread" else path, kind)
        for which, path in PATHS.items()
        for kind in STARTS
        for _ in range(SLOW)
    ]
    try:
        trickle_until_cut_off(clients)
    finally:
        for client in clients:
            client.peer.close()


def trickle_until_cut_off(clients: list[Slow]) -> None:
    began = time.monotonic()
    longest = max(HEAD_SECONDS, UNREAD_SECONDS * 2, PAGE_SECONDS, Limits().body_seconds) + 30
    while left := [client for client in clients if client.alive]:
        assert time.monotonic() - began < longest, {client.kind for client in left}
        for client in left:
            client.trickle()
        time.sleep(1)
