"""How fast the collector acknowledges: against a bare Granian application, in one run, in alternation.

    python -m tests.benchmarks.collector [--seconds 3] [--rounds 3]

Needs `wrk`. Single events: requests/s and latency of POST /v1/track, each answered after its fdatasync, against an
application that reads the body and answers the same bytes. Batches: events/s acknowledged, about 300 bytes an event.
"""

import argparse
import contextlib
import hashlib
import json
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leadline.tracking.spool import closed_segments, remove_segment

WRITE_KEY = "benchmark"
CONNECTIONS = (64, 256)  # one sync serves all that wait, so that more clients cost less each
BATCH_SIZES = (100, 500)
BATCH_CONNECTIONS = 16
NO_WRK = "wrk is not installed; `apt-get install wrk` to measure the collector"

EVENT = {
    "type": "track",
    "event": "Course Completed",
    "userId": "user-1",
    "properties": {"course": "offshore-hiring-basics", "minutes": 12},
    "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
    "timestamp": "2026-01-01T00:00:00.000Z",
    "messageId": "2b0b0b0b-0000-4000-8000-123456789012",
}

BARE = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})

BODY = b'{"success": true}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"17")]

if __name__ == "__main__":
    import sys
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server
    Server("bare", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI, workers=1,
           loop=Loops.uvloop, websockets=False, log_level=LogLevels.critical,
           ).serve(target_loader=lambda: app, wrap_loader=False)
"""

SCRIPT = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Basic {authorization}"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["User-Agent"] = "analytics-python/2.4.0"
local file = io.open("{body}", "rb")
wrk.body = file:read("*all")
file:close()
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99)))
end
"""


def measure(seconds: float = 3, rounds: int = 3) -> dict[str, Any]:
    """Medians over the rounds.

    `{"single": {clients: {"bare", "durable", "ratio"}}, "batches": {size: {..., "events_per_second"}}}`, where each run
    has `requests_per_second`, `p50_ms` and `p99_ms`; `{"skipped": why}` where `wrk` is missing.
    """
    if shutil.which("wrk") is None:
        return {"skipped": NO_WRK}
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as folder, _servers(Path(folder)) as (bare, collector):
        return _measure(Path(folder), bare, collector, seconds, rounds)


def _measure(folder: Path, bare: int, collector: int, seconds: float, rounds: int) -> dict[str, Any]:
    track = _script(folder, "track", json.dumps(EVENT).encode())
    batches = {size: _script(folder, f"batch{size}", _batch(size)) for size in BATCH_SIZES}
    runs: dict[str, list[dict[str, float]]] = {}
    for port in (bare, collector):
        _load(track, port, "/v1/track", 1, CONNECTIONS[0])  # warm
    for _ in range(rounds):
        for number in CONNECTIONS:
            runs.setdefault(f"bare{number}", []).append(_load(track, bare, "/v1/track", seconds, number))
            runs.setdefault(f"durable{number}", []).append(_load(track, collector, "/v1/track", seconds, number))
        for size, script in batches.items():
            run = _load(script, collector, "/v1/batch", seconds, BATCH_CONNECTIONS)
            runs.setdefault(f"batch{size}", []).append(run)
            _drop_segments(folder)
    return _summary(runs)


def _summary(runs: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    middle = {
        name: {figure: statistics.median(run[figure] for run in found) for figure in found[0]}
        for name, found in runs.items()
    }
    return {
        "single": {
            number: {
                "bare": middle[f"bare{number}"],
                "durable": middle[f"durable{number}"],
                "ratio": _ratio(runs[f"durable{number}"], runs[f"bare{number}"]),
            }
            for number in CONNECTIONS
        },
        "batches": {
            size: middle[f"batch{size}"] | {"events_per_second": size * middle[f"batch{size}"]["requests_per_second"]}
            for size in BATCH_SIZES
        },
    }


def _ratio(durable: list[dict[str, float]], bare: list[dict[str, float]]) -> float:
    # Of neighbours in time: a machine that is busy with something else slows both.
    rates = [(one["requests_per_second"], two["requests_per_second"]) for one, two in zip(durable, bare, strict=True)]
    return statistics.median(mine / other for mine, other in rates)


def _batch(size: int) -> bytes:
    events = [EVENT | {"messageId": f"{number:08d}-0000-4000-8000-123456789012"} for number in range(size)]
    return json.dumps({"batch": events, "sentAt": "2026-01-01T00:00:00.000Z"}).encode()


def _script(folder: Path, name: str, body: bytes) -> Path:
    content, script = folder / f"{name}.json", folder / f"{name}.lua"
    content.write_bytes(body)
    script.write_text(SCRIPT.format(authorization="YmVuY2htYXJrOg==", body=content))
    return script


def _load(script: Path, port: int, path: str, seconds: float, connections: int) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if found is None:
        raise RuntimeError(f"wrk printed no result: {output}")
    requests, micros, errors, p50, p99 = (int(word) for word in found.groups())
    if errors:
        raise RuntimeError(f"{errors} of {requests} requests failed, so that the figures mean nothing")
    return {"requests_per_second": requests / micros * 1e6, "p50_ms": p50 / 1000, "p99_ms": p99 / 1000}


def _drop_segments(folder: Path) -> None:
    for path in closed_segments(folder / "data" / "spool"):
        remove_segment(path)


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[tuple[int, int]]:
    data = folder / "data"
    data.mkdir()
    _write_keyring(data)
    (folder / "bare.py").write_text(BARE)
    bare, collector = _free_port(), _free_port()
    commands = [
        [str(folder / "bare.py"), str(bare)],
        ["-m", "leadline.tracking.collector", "--data", str(data), "--port", str(collector)],
    ]
    processes = [subprocess.Popen([sys.executable, *command]) for command in commands]
    try:
        for port in (bare, collector):
            _wait_for(port)
        yield bare, collector
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(30)


def _write_keyring(data: Path) -> None:
    digest = hashlib.sha256(WRITE_KEY.encode()).hexdigest()
    (data / "keyring.json").write_text(json.dumps({"keys": {digest: {"source": 1, "name": "benchmark"}}}))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(json.dumps(measure(options.seconds, options.rounds), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
