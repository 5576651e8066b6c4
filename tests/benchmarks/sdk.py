"""What a call of `EventTracker.track` costs the caller, while the sending thread works beside it.

    python -m tests.benchmarks.sdk [--calls N]

`paced` leaves the sender time between the calls, as a web server does; `flat_out` calls without a pause, so that the
sender's own work (envelope, gzip, HTTP) runs against the caller for the interpreter. The network is replaced.
"""

import argparse
import json
import statistics
import time

import httpx

from leadline import EventTracker

PROPERTIES = {"tool": "quote-calculator", "completed": True, "seats": 4, "amount": 99.5}
CONTEXT = {
    "page": {"path": "/pricing", "url": "https://app.example/pricing"},
    "userAgent": "Mozilla/5.0",
    "locale": "en",
}


def main() -> None:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    calls = parser.parse_args().calls
    figures = {"paced": measure(calls // 10, 0.0005), "flat_out": measure(calls, 0.0)}
    print(json.dumps(figures, indent=2))  # noqa: T201  # its purpose


def measure(calls: int, pause: float) -> dict[str, float]:
    """The time inside `track`, of so many calls; times in microseconds."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"success": True}))
    taken = []
    with EventTracker("key", "http://collector.test", transport=transport, max_queue=calls) as tracker:
        for number in range(calls):
            began = time.perf_counter_ns()
            tracker.track(f"user-{number % 500}", "Tool Used", PROPERTIES, context=CONTEXT)
            taken.append(time.perf_counter_ns() - began)
            if pause:
                time.sleep(pause)
        assert tracker.flush(120)  # a figure of lost events would mean nothing
    taken.sort()
    mean = statistics.fmean(taken) / 1000
    return {
        "calls": calls,
        "calls_per_second": round(1e6 / mean),
        "mean_us": round(mean, 1),
        "p50_us": round(taken[calls // 2] / 1000, 1),
        "p99_us": round(taken[calls * 99 // 100] / 1000, 1),
    }


if __name__ == "__main__":
    main()
