"""How many connections a server holds at once and how long each may take: what greedy and slow clients run into."""

import contextlib
import os
import resource
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Loops
from granian.http import HTTP1Settings

HEAD_SECONDS = 20
"""For a request's head, from the connection or from the answer before it: so long may a connection also rest."""
UNREAD_SECONDS = 40
"""After so long without reading anything of what is ready for it a client is cut off."""
MOST_CONNECTIONS = 4_000
"""Of one process. What comes beyond it waits until others are done."""
SPARE_FILES = 300
"""What a process opens beside its connections."""
NETWORK = (socket.AF_INET, socket.AF_INET6)
OWN_FILES = Path("/proc/self/fd")
START_SECONDS = 600.0
POLL_SECONDS = 0.1


def connection_settings() -> dict[str, Any]:
    """Granian's settings of a server that faces anybody; raises this process's limit of open files where it may.

    HTTP/1 alone: proxies speak it, and where HTTP/2 is understood too a connection that says nothing lasts for ever.
    """
    return {
        "loop": Loops.uvloop,
        "websockets": False,
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        "backpressure": most_connections(_open_files()),
    }


def most_connections(files: int) -> int:
    """How many connections a process that may have so many files open holds at once; some in any case."""
    return max(100, min(MOST_CONNECTIONS, files - SPARE_FILES))


def cut_off_who_never_reads() -> None:
    """To be called in a server's worker as it starts: connections that it accepts then end by themselves.

    Granian has no such setting and makes its listening socket after the application's start, so a thread waits for it;
    accepted sockets inherit the option. Only Linux can do it.
    """
    if OWN_FILES.is_dir() and hasattr(socket, "TCP_USER_TIMEOUT"):
        threading.Thread(target=_set_when_listening, name="unread answers", daemon=True).start()


def _set_when_listening() -> None:
    until = time.monotonic() + START_SECONDS
    while not (found := list(_listening())) and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    for listener in found:
        with listener:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)


def _listening() -> Iterator[socket.socket]:
    """The sockets of this process that accept connections from the network, under descriptors of their own."""
    for file in OWN_FILES.iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            if stat.S_ISSOCK(os.fstat(int(file.name)).st_mode):
                one = socket.socket(fileno=os.dup(int(file.name)))
                if one.family in NETWORK and one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield one
                else:
                    one.close()


def _open_files() -> int:
    """How many files this process and its children may open: raised as far as is needed and nobody has to ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
