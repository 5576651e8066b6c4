"""A sync run with nothing to send, over many linked leads: what it costs to find that out.

    python -m tests.benchmarks.crm [--leads 100000]

A filled installation (four events a lead), every lead linked to a record and as it was last sent. The CRM answers at
once that nothing changed, so that all seconds are Leadline's own: who is wanted, their stamps, the links', a
conversion not told yet. The first run after a start also makes the tables that stamps read.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RUNS = 7
STAGES = "[initial_engagement, profile_development, conversion_signals, qualified, customer]"


def measure(leads: int = 100_000) -> dict[str, Any]:
    """{"links", "first_seconds", "seconds": median of the next runs, "worst_seconds", "cpu_seconds", "peak_mb"}."""
    with tempfile.TemporaryDirectory(prefix="leadline-crm-") as folder:
        os.environ.update(LEADLINE_DATA=folder, DJANGO_SETTINGS_MODULE="leadline.project.settings")
        return _measured(Path(folder), leads)


def _measured(data: Path, leads: int) -> dict[str, Any]:
    from tests.benchmarks import beside

    beside._fill(leads)
    from leadline.cli.session import engine_of
    from leadline.crm.testing.local import MemoryInbox
    from leadline.crm.testing.memory import MAPPING
    from leadline.pipeline.crm.leads import EngineLeads

    document = MAPPING.replace("{stages: [qualified, customer]}", f"{{stages: {STAGES}}}")
    with engine_of(data) as engine:
        local = EngineLeads(engine)
        sync = _sync(document, local, MemoryInbox())
        links = _link_everybody(sync)
        seconds, cpu = zip(*(_timed(sync) for _ in range(RUNS + 1)), strict=True)
    return {
        "links": links,
        "first_seconds": round(seconds[0], 3),
        "seconds": round(statistics.median(seconds[1:]), 3),
        "worst_seconds": round(max(seconds[1:]), 3),
        "cpu_seconds": round(statistics.median(cpu[1:]), 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _sync(document: str, local: Any, inbox: Any) -> Any:
    """The loop over a CRM in which nothing ever happens."""
    from leadline.crm.mapping import read_mapping
    from leadline.crm.models import Connection
    from leadline.crm.records import Page
    from leadline.crm.syncing import Sync
    from leadline.crm.testing.clock import FrozenClock
    from leadline.crm.testing.memory import MemoryConnector, MemoryCRM, MemoryHarness

    class Idle(MemoryConnector):
        def changes(self, cursor: str, fields: Sequence[str]) -> Page:  # noqa: ARG002  # the protocol's signature
            return Page((), "1|")

        def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> list[Any]:  # noqa: ARG002  # as above
            return []

        def send(self, rows: Sequence[Any]) -> Any:
            raise AssertionError(f"{len(rows)} rows were to be sent.")

    harness = MemoryHarness()
    connector = Idle(MemoryCRM(FrozenClock()), harness.opening())
    connection = Connection.objects.create(name="bench", kind="memory", mapping=document)
    return Sync(connection, connector, read_mapping(document), local, inbox, kind=harness.kind)


def _link_everybody(sync: Any) -> int:
    """Links as they are after everybody was sent."""
    from leadline.crm.choosing import mixed
    from leadline.crm.models import Link

    stamps = sync.local.stamps(sync.mapping.who, ())
    sent = {"name": "Ada Lovelace", "email": "ada@example.com", "x_score": 50, "x_stage": "qualified"}
    rows = [
        Link(
            connection=sync.connection,
            lead_id=lead,
            external_id=f"ll-{lead:032x}",
            remote_id=str(lead),
            remote_type="lead",
            stamp=mixed(stamp, sync.connection.mapping_version),
            sent=sent,
            seen=sent,
        )
        for lead, stamp in stamps.items()
    ]
    Link.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _timed(sync: Any) -> tuple[float, float]:
    """Seconds of one run, by the clock and of processors."""
    begun, worked = time.perf_counter(), time.process_time()
    run = sync.run()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    if run.state != "ok" or run.counts["looked_at"]:
        raise AssertionError(f"There was something to do: {run.state} {run.message} {run.counts}")
    return seconds, cpu


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    print(json.dumps(measure(parser.parse_args().leads), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
