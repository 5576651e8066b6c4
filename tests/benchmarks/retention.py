"""A retention night after which nobody of them is held any more: how long it takes, and how that grows.

    python -m tests.benchmarks.retention [--people 10000 50000] [--staying 5000]

So many people are due, one in ten of them known, with four events each over a hundred days; some others were seen
yesterday and stay. `--fill FOLDER` only makes such an installation, in LEADLINE_RECORDS if that is set; `--run FOLDER`
measures one night of it.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.timed import timed

SIZES = (10_000, 50_000)
STAYING = 5_000
KNOWN_SHARE = 10
EVENTS_EACH, DAYS, BATCH = 4, 100, 100
AT_ONCE = 10_000
"""So many people are loaded in one segment."""
LONG_AGO = timedelta(days=800)
PATHS = ("/", "/pricing", "/roles", "/guides/remote-teams", "/about")


def measure(people: int, staying: int = STAYING) -> dict[str, Any]:
    """Seconds of one night, and of its parts."""
    with tempfile.TemporaryDirectory(prefix="leadline-retention-") as folder:
        _in_process_of_its_own("--fill", folder, "--people", str(people), "--staying", str(staying))
        figures: dict[str, Any] = json.loads(_in_process_of_its_own("--run", folder))
        return figures


def _in_process_of_its_own(*options: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.retention", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def fill(data: Path, people: int, staying: int) -> None:
    """An installation in which so many are due, and some are not."""
    from leadline.cli.session import engine_of, start_django

    start_django()
    from leadline.pipeline.models import PipelineMark
    from leadline.pipeline.tick import tick
    from leadline.tracking.models import EventSource

    with engine_of(data) as engine:
        source = EventSource.objects.create(name="benchmark").pk
        now = datetime.now(UTC)
        for name, count, at in (("gone", people, now - LONG_AGO), ("here", staying, now - timedelta(days=1))):
            PipelineMark.objects.update(evaluated_to=at.replace(hour=0, minute=0, second=0, microsecond=0))
            for first in range(0, count, AT_ONCE):
                with engine.spool_writer() as writer:
                    writer.append_all(_records(name, source, range(first, min(first + AT_ONCE, count)), at))
                tick(engine, at)


def _records(name: str, source: int, people: range, at: datetime) -> Iterator[bytes]:
    from leadline.kernel.clock import to_micros
    from leadline.tracking.spool import SpoolRecord, encode_record

    messages = list(_messages(name, people, at))
    for start in range(0, len(messages), BATCH):
        body = json.dumps({"batch": messages[start : start + BATCH], "sentAt": at.isoformat()}).encode()
        yield encode_record(SpoolRecord(source, to_micros(at), "batch", body, {}))


def _messages(name: str, people: range, at: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(people.start)  # noqa: S311  # a benchmark's data
    for number in people:
        known = number % KNOWN_SHARE == 0
        who = {"anonymousId": f"{name}-browser-{number}"} | ({"userId": f"{name}-user-{number}"} if known else {})
        for place in range(EVENTS_EACH):
            moment = at - timedelta(seconds=chance.randrange(DAYS * 86_400))
            sent = {**who, "timestamp": moment.isoformat(), "messageId": f"{name}-{number:09d}-{place}"}
            path = {"page": {"path": chance.choice(PATHS)}}
            if known and place == 0:
                traits = {"email": f"{name}-{number}@company-{number % 500}.example", "name": f"Person {number}"}
                yield {"type": "identify", "traits": traits, **sent}
            elif place == 1:
                tool = {"tool": "quote_calculator", "completed": True}
                yield {"type": "track", "event": "Tool Used", "properties": tool, "context": path, **sent}
            else:
                yield {"type": "page", "context": path, **sent}


def night(data: Path) -> dict[str, Any]:
    """One night of a folder that was filled."""
    from leadline.cli.session import engine_of, start_django

    start_django()
    from leadline.kernel.clock import utc_now
    from leadline.pipeline.models import PipelineMark
    from leadline.pipeline.privacy import retaining, retention_batches

    with engine_of(data) as engine:
        now = utc_now()
        PipelineMark.objects.update(evaluated_to=now.replace(hour=0, minute=0, second=0, microsecond=0))
        parts = {
            "batches": timed(retaining, "take_batch"),
            "totals": timed(retention_batches, "_note_totals"),
            "records": timed(retention_batches, "_take_records"),
            "events": timed(retention_batches, "erase_identities"),
            "check": timed(retention_batches, "_check_gone"),
            "copy": timed(retaining, "recopy"),
            "sweep": timed(retaining, "sweep"),
        }
        begun, busy = time.perf_counter(), time.process_time()
        run = retaining.carry_out(engine)
        seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    people = sum(each["count"] for each in run.taken if each["rule"] in ("visitors", "known"))
    return {
        "people": people,
        "events": run.rows.get("events.events", 0),
        "batches": run.batches,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(busy, 2),
        "people_per_second": round(people / seconds, 1),
        "longest_batch_seconds": round(max(parts["batches"]), 3),
        "parts": {name: round(sum(each), 2) for name, each in parts.items()},
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=SIZES)
    parser.add_argument("--staying", type=int, default=STAYING)
    parser.add_argument("--fill", help=argparse.SUPPRESS)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fill or given.run:
        folder = given.fill or given.run
        os.environ |= {"LEADLINE_DATA": folder, "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
        if given.fill:
            fill(Path(folder), given.people[0], given.staying)
            return
        figures: Any = night(Path(folder))
    else:
        figures = {str(each): measure(each, given.staying) for each in given.people}
    print(json.dumps(figures, indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
