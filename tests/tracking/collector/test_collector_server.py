"""The real server: official SDK in, drained on SIGTERM, no Django loaded."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from collector_station import BASIC, write_keyring

from leadline.privacy.keys import derive_keys
from leadline.tracking.collector import read_state
from leadline.tracking.spool import SpoolRecord, closed_segments, read_segment


@dataclass(frozen=True)
class Running:
    """A collector process and where it listens."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def records(self) -> list[SpoolRecord]:
        keys = derive_keys(self.data, "spool")
        found = [one for path in closed_segments(self.data / "spool") for one in read_segment(path, keys)]
        return [one for one in found if isinstance(one, SpoolRecord)]


@pytest.fixture(params=[1, 2])
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    write_keyring(tmp_path / "keyring.json", {"WK": 7})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "leadline.tracking.collector",
        "--port",
        str(port),
        "--workers",
        str(request.param),
    ]
    process = subprocess.Popen(command, env=os.environ | {"LEADLINE_DATA": str(tmp_path)})
    running = Running(process, f"http://127.0.0.1:{port}", tmp_path)
    try:
        _wait_for(running.url)
        yield running
    finally:
        if process.poll() is None:
            running.stop()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(url)


def _track(client: httpx.Client, number: int) -> bool:
    return client.post("/v1/track", content=json.dumps({"n": number})).status_code == 200


def test_what_is_acknowledged_before_and_during_a_stop_is_in_the_spool(running: Running) -> None:
    acknowledged: list[int] = []

    def send(start: int) -> None:
        with httpx.Client(base_url=running.url, headers=BASIC) as client, contextlib.suppress(httpx.TransportError):
            acknowledged.extend(number for number in range(start, start + 100_000) if _track(client, number))

    senders = [threading.Thread(target=send, args=(start * 1_000_000,)) for start in range(3)]
    for sender in senders:
        sender.start()
    time.sleep(0.7)
    assert running.stop() == 0
    for sender in senders:
        sender.join()
    assert not list((running.data / "spool").glob("*.open"))
    spooled = [json.loads(record.body)["n"] for record in running.records()]
    assert len(acknowledged) > 30
    assert set(acknowledged) <= set(spooled)
    assert len(spooled) == len(set(spooled))
    assert read_state(running.data).totals.accepted_events >= len(acknowledged)


def test_the_official_python_sdk_is_understood(running: Running) -> None:
    from segment.analytics.client import Client

    client = Client("WK", host=running.url, gzip=True)
    for number in range(20):
        client.track("user-1", "Course Completed", {"n": number})
    client.flush()
    client.join()
    assert running.stop() == 0
    events = [event for record in running.records() for event in json.loads(record.body)["batch"]]
    assert sorted(event["properties"]["n"] for event in events) == list(range(20))


def test_the_collector_loads_no_django() -> None:
    code = "import sys, leadline.tracking.collector; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
