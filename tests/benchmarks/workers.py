"""Two collector processes against one, in one run, in alternation.

    python -m tests.benchmarks.workers [--seconds 3] [--rounds 3]

Needs `wrk`, which runs on the same cores: where there are only two of these, the second collector competes with it.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.collector import (
    EVENT,
    NO_WRK,
    _drop_segments,
    _free_port,
    _load,
    _script,
    _wait_for,
    _write_keyring,
)

CONNECTIONS = 256
WORKERS = (1, 2)


def measure(seconds: float = 3, rounds: int = 3) -> dict[str, Any]:
    """`{"runs": {workers: {"requests_per_second", "p50_ms", "p99_ms"}}, "ratio", "cores"}`, medians of the rounds; the
    ratio is that of neighbours in time."""
    if shutil.which("wrk") is None:
        return {"skipped": NO_WRK}
    runs: dict[int, list[dict[str, float]]] = {number: [] for number in WORKERS}
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as name:
        script = _script(Path(name), "track", json.dumps(EVENT).encode())
        for _ in range(rounds):
            for number in WORKERS:
                with _collectors(Path(name), number) as port:
                    _load(script, port, "/v1/track", 1, CONNECTIONS)  # warm
                    runs[number].append(_load(script, port, "/v1/track", seconds, CONNECTIONS))
                _drop_segments(Path(name))
    middle = {
        number: {figure: statistics.median(run[figure] for run in found) for figure in found[0]}
        for number, found in runs.items()
    }
    pairs = zip(runs[2], runs[1], strict=True)
    ratio = statistics.median(two["requests_per_second"] / one["requests_per_second"] for two, one in pairs)
    return {"runs": middle, "ratio": ratio, "cores": os.cpu_count()}


@contextlib.contextmanager
def _collectors(folder: Path, workers: int) -> Iterator[int]:
    data = folder / "data"
    data.mkdir(exist_ok=True)
    _write_keyring(data)
    port = _free_port()
    command = [sys.executable, "-m", "leadline.tracking.collector", "--data", str(data)]
    process = subprocess.Popen([*command, "--port", str(port), "--workers", str(workers)])
    try:
        _wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(json.dumps(measure(options.seconds, options.rounds), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
