"""How fast events are carried through: from closed spool segments to stored, measured, scored, staged.

    python -m tests.benchmarks.carry [--events 400000 --people 10000]

Batches as a server-side client sends them are in the spool already; timed is the tick that takes them in: records,
event store, cells, scores, stages, rows. The second half of the events comes from the same people as the first, as in
an installation that has been running for a while; it is the figure that counts.
"""

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BATCH = 100
EVENTS = (
    ("Page Engaged", {"engaged_ms": 42000, "page_id": "pricing"}),
    ("Tool Used", {"tool": "quote-calculator", "completed": True}),
    ("Content Completed", {"content_id": "guide-7", "kind": "article"}),
    ("Quiz Completed", {"quiz_id": "readiness", "score": 72}),
    ("Role Progressed", {"role_id": "r1", "progress": 40}),
)


def measure(events: int = 400_000, people: int = 10_000) -> dict[str, Any]:
    """{"first", "again"}: events/s for people who are new, and for people who are known, with seconds by step."""
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as folder:
        os.environ |= {"LEADLINE_DATA": folder, "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
        return _measure(Path(folder), events, people)


def _measure(data: Path, events: int, people: int) -> dict[str, Any]:
    from leadline.cli.session import engine_of, start_django

    start_django()
    from leadline.pipeline.tick import tick
    from leadline.tracking.models import EventSource

    with engine_of(data) as engine:
        source = EventSource.objects.create(name="benchmark").pk
        figures: dict[str, Any] = {}
        now = datetime.now(UTC)
        for turn, name in enumerate(("first", "again")):
            spool(engine, source, events // 2, people, now, turn)
            began = time.perf_counter()
            report = tick(engine, now + timedelta(seconds=turn + 1))
            seconds = time.perf_counter() - began
            figures[name] = {
                "events": report.stored,
                "events_per_second": report.stored / seconds,
                "seconds": report.seconds,
                "segments": report.segments,
            }
        return figures


def spool(engine: Any, source: int, events: int, people: int, now: datetime, turn: int) -> None:
    with engine.spool_writer() as writer:
        writer.append_all(_records(source, events, people, now, turn))


def _records(source: int, events: int, people: int, now: datetime, turn: int) -> Iterator[bytes]:
    from leadline.kernel.clock import to_micros
    from leadline.tracking.spool import SpoolRecord, encode_record

    chance = random.Random(turn)  # noqa: S311  # a benchmark's data
    sent = now.isoformat()
    for start in range(0, events, BATCH):
        batch = [_event(chance, turn, start + place, people, sent) for place in range(min(BATCH, events - start))]
        body = json.dumps({"batch": batch, "sentAt": sent}).encode()
        yield encode_record(SpoolRecord(source, to_micros(now), "batch", body, {}))


def _event(chance: random.Random, turn: int, number: int, people: int, sent: str) -> dict[str, Any]:
    name, properties = chance.choice(EVENTS)
    return {
        "type": "track",
        "event": name,
        "userId": f"user-{chance.randrange(people)}",
        "properties": properties,
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "timestamp": sent,
        "messageId": f"{turn}-{number:012d}-4000-8000-123456789012",
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--people", type=int, default=10_000)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.events, arguments.people), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
