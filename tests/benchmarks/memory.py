"""The memory of a running installation over a million events: does it stay flat?

    python -m tests.benchmarks.memory [--events 1000000] [--people 100000]

A real `leadline serve`; batches of 100 distinct events go to its collector as fast as they are acknowledged, and the
run ends when all of them are stored. Resident memory of the collector and of the application (the sums of their
processes) is read after each tenth of the events, once the pipeline has caught up.
"""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.leadline_process import Folder, Server, wait_until

BATCH = 100
TENTHS = 10
CAUGHT_UP_SECONDS = 600
COLLECTOR, APPLICATION = "leadline.tracking.collector", "leadline.project.server"


@dataclass(frozen=True)
class Reading:
    """Resident megabytes after so many events."""

    events: int
    collector_mb: float
    application_mb: float


def measure(events: int = 1_000_000, people: int = 100_000) -> dict[str, Any]:
    """`{"readings": [...], "stored", "seconds", "growth": {part: MB from the second tenth to the last}}`."""
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as name:
        folder = Folder(Path(name) / "data")
        with Server(folder) as server:
            key = folder.json("keys", "create", "bench")["write_key"]
            began = time.perf_counter()
            readings = list(_read_while_sending(server, key, events, people))
            return {
                "readings": [vars(reading) for reading in readings],
                "stored": folder.json("events", "count")["count"],
                "seconds": time.perf_counter() - began,
                "growth": {part: _growth(readings, part) for part in ("collector_mb", "application_mb")},
            }


def _read_while_sending(server: Server, key: str, events: int, people: int) -> Iterator[Reading]:
    connection = http.client.HTTPConnection("127.0.0.1", server.collect_port, timeout=60)
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    share = events // TENTHS
    for tenth in range(TENTHS):
        for first in range(tenth * share, (tenth + 1) * share, BATCH):
            connection.request("POST", "/v1/batch", _batch(first, people), headers)
            answer = connection.getresponse()
            if (status := answer.status) != 200:
                raise RuntimeError(f"the collector answered {status}: {answer.read()!r}")
            answer.read()
        sent = (tenth + 1) * share
        wait_until(lambda: _stored(server) >= sent, CAUGHT_UP_SECONDS, f"{sent} events are stored")  # noqa: B023
        yield _reading(server, sent)


def _batch(first: int, people: int) -> bytes:
    return json.dumps({"batch": [_event(number, people) for number in range(first, first + BATCH)]}).encode()


def _event(number: int, people: int) -> dict[str, Any]:
    return {
        "type": "track",
        "event": ("Tool Used", "Content Completed", "Page Engaged", "Quiz Completed")[number % 4],
        "userId": f"user-{number * 7919 % people}",
        "messageId": f"memory-{number}",
        "properties": {"tool": "quote-calculator", "completed": True, "content_id": f"c-{number % 50}",
                       "kind": "guide", "engaged_ms": 20_000, "quiz_id": "q", "score": 70},
    }  # fmt: skip


def _stored(server: Server) -> int:
    time.sleep(0.5)
    return int(server.folder.json("events", "count")["count"])


def _reading(server: Server, sent: int) -> Reading:
    assert server.process is not None
    return Reading(sent, _resident(server.process.pid, COLLECTOR), _resident(server.process.pid, APPLICATION))


def _resident(supervisor: int, module: str) -> float:
    """Megabytes of the processes that run a module, with all that descend from them."""
    tops = [pid for pid in _children(supervisor) if module in Path(f"/proc/{pid}/cmdline").read_text()]
    return sum(_megabytes(pid) for top in tops for pid in _family(top))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in _children(pid):
        yield from _family(child)


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for task in tasks for word in task.read_text().split()]


def _megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _growth(readings: list[Reading], part: str) -> float:
    """From the median of the second and third reading to that of the last two: the first is still filling caches."""
    values = [getattr(reading, part) for reading in readings]
    return statistics.median(values[-2:]) - statistics.median(values[1:3])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("COLUMNS", "200")
    sys.stdout.write(json.dumps(measure(options.events, options.people), indent=2) + "\n")


if __name__ == "__main__":
    main()
