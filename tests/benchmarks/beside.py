"""The collector's latency at 70% of its peak rate while the application beside it rescores everybody.

    python -m tests.benchmarks.beside [--leads 200000]

A real `leadline serve` with that many scored leads. The peak is what wrk reaches without a pause between requests;
then it sends at 70% of that and at 5,000 requests/s, `leadline rescore` running over and over meanwhile. Needs `wrk`.
"""

import argparse
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.benchmarks import carry
from tests.benchmarks.collector import EVENT, NO_WRK, _free_port

CONNECTIONS = 250
RATE = 5_000
SHARE_OF_PEAK = 0.7
SCRIPT = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Basic {authorization}"
wrk.body = [[{body}]]
function delay() return {delay_ms} end
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99)))
end
"""


def measure(leads: int = 200_000, seconds: int = 15) -> dict[str, Any]:
    """{"peak", "idle", "rescoring", "idle_70", "rescoring_70"}: requests/s, p50 and p99 in ms; `rescores` says how many
    full rescores ran meanwhile."""
    if shutil.which("wrk") is None:
        return {"skipped": NO_WRK}
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as folder:
        environment = {**os.environ, "LEADLINE_DATA": folder, "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.beside", "--fill", str(leads)], env=environment, check=True
        )
        return _serve_and_measure(Path(folder), environment, seconds)


def _serve_and_measure(folder: Path, environment: dict[str, str], seconds: int) -> dict[str, Any]:
    leadline = str(Path(sys.executable).with_name("leadline"))
    key = json.loads(_run([leadline, "keys", "create", "bench", "--json"], environment))["write_key"]
    pages, port = _free_port(), _free_port()
    command = [leadline, "serve", "--port", str(pages), "--collect-port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        _wait(f"http://127.0.0.1:{pages}/readyz")
        peak = _load(_script(folder, key, 0), port, seconds)
        slow = _paced(folder, key, RATE)
        fast = _paced(folder, key, SHARE_OF_PEAK * peak["requests_per_second"])
        idle, idle_70 = _load(slow, port, seconds), _load(fast, port, seconds)
        done = threading.Event()
        rescores: list[float] = []
        worker = threading.Thread(target=_rescore_until, args=[done, leadline, environment, rescores])
        worker.start()
        time.sleep(1)
        busy, busy_70 = _load(slow, port, seconds), _load(fast, port, seconds)
        done.set()
        worker.join()
        return {
            "peak": peak,
            "idle": idle,
            "rescoring": busy,
            "idle_70": idle_70,
            "rescoring_70": busy_70,
            "rescores": len(rescores),
            "rescore_seconds": rescores,
        }
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _rescore_until(done: threading.Event, leadline: str, environment: dict[str, str], seconds: list[float]) -> None:
    while not done.is_set():
        began = time.perf_counter()
        _run([leadline, "rescore", "--json"], environment)
        seconds.append(time.perf_counter() - began)


def _run(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def _wait(address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} did not become ready")


def _paced(folder: Path, key: str, rate: float) -> Path:
    """So many requests a second: each connection pauses after its answer, which takes about 8 ms."""
    return _script(folder, key, max(1, round(1000 * CONNECTIONS / rate) - 8))


def _script(folder: Path, key: str, delay_ms: int) -> Path:
    script = folder / f"beside-{delay_ms}.lua"
    authorization = base64.b64encode(f"{key}:".encode()).decode()
    script.write_text(SCRIPT.format(authorization=authorization, body=json.dumps(EVENT), delay_ms=delay_ms))
    return script


def _load(script: Path, port: int, seconds: int) -> dict[str, float]:
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}/v1/track",
    ]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if found is None:
        raise RuntimeError(f"wrk printed no result: {output}")
    requests, micros, errors, p50, p99 = (int(word) for word in found.groups())
    rate = requests / micros * 1e6
    return {"requests_per_second": rate, "errors": errors, "p50_ms": p50 / 1000, "p99_ms": p99 / 1000}


def _fill(leads: int) -> None:
    """Leads of the folder in LEADLINE_DATA, four events each."""
    from datetime import UTC, datetime

    from leadline.cli.session import engine_of, start_django

    data = start_django()
    from leadline.pipeline.tick import tick
    from leadline.tracking.models import EventSource

    with engine_of(data) as engine:
        source = EventSource.objects.create(name="bench").pk
        now = datetime.now(UTC)
        carry.spool(engine, source, leads * 4, leads, now, 0)
        tick(engine, now)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fill:
        _fill(arguments.fill)
    else:
        print(json.dumps(measure(arguments.leads, arguments.seconds), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
