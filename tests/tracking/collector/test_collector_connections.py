"""How many connections a collector holds, and that whoever never reads is cut off."""

import socket
import threading

import pytest

from leadline.tracking.collector import connections
from leadline.tracking.collector.connections import MOST_CONNECTIONS, SPARE_FILES, UNREAD_SECONDS, most_connections


@pytest.mark.parametrize(
    ("files", "held"), [(64, 100), (1024, 1024 - SPARE_FILES), (1_000_000, MOST_CONNECTIONS)], ids=str
)
def test_connections_leave_files_for_the_rest(files: int, held: int) -> None:
    assert most_connections(files) == held


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux cuts off who never reads")
def test_a_listening_socket_gets_the_time_limit_once_it_is_there() -> None:
    connections.cut_off_who_never_reads()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        for thread in threading.enumerate():
            if thread.name == "unread answers":
                thread.join(10)
        told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert told == UNREAD_SECONDS * 1000
