"""Servers start and stop quickly and leave nothing behind.

Bound: one minute.
"""

import json
import time
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Any

from tests.acceptance.installation import wait_until_let_in
from tests.leadline_process import Folder, Server, wait_until

LARGEST_MB = 900


def send(server: Server, key: str, count: int) -> None:
    """Acknowledged events, in batches."""
    credentials = b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    for start in range(0, count, 500):
        batch = [event(number) for number in range(start, start + 500)]
        body = json.dumps({"batch": batch}).encode()
        request = urllib.request.Request(f"{server.collector}/v1/batch", body, headers)  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  # loopback
            assert response.status == 200


def event(number: int) -> dict[str, Any]:
    properties = {"tool": "calculator", "completed": True}
    who = {"userId": f"person-{number % 200}", "messageId": f"m-{number}"}
    return {"type": "track", "event": "Tool Used", "properties": properties, **who}


def test_a_server_that_is_stopped_in_the_middle_keeps_what_it_accepted(folder: Folder) -> None:
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        wait_until_let_in(server, key)
        send(server, key, 20_000)
        seconds = server.stop()
        assert server.has_left()
        assert not (folder.data / "control.sock").exists()
        began = time.monotonic()
        server.start().wait_until_ready()
        ready = time.monotonic() - began
        wait_until(lambda: folder.ask("status")["spool_lag_seconds"] == 0, 60, "the rest is loaded")
        status = folder.json("status")
        memory = sum(resident_megabytes(pid) for pid in family(server))
    print(f"\nstopped in {seconds:.1f} s, ready again in {ready:.1f} s, {memory:.0f} MB resident")  # noqa: T201
    assert (status["stored"], status["duplicates"]) == (20_000, 0)
    assert seconds < 15
    assert ready < 10
    assert memory < LARGEST_MB


def test_a_killed_supervisor_leaves_no_process_and_no_lock_behind(folder: Folder) -> None:
    with Server(folder) as server:
        children = family(server)
        assert len(children) >= 5
        server.kill()
        wait_until(lambda: not [pid for pid in children if alive(pid)], 15, "all processes are gone")
        wait_until(server.has_left, 15, "their ports are free")
        server.start().wait_until_ready()


def family(server: Server) -> list[int]:
    """The supervisor and all its descendants."""
    assert server.process is not None
    found, waiting = [], [server.process.pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def resident_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
