"""Leads a second into a real Odoo 19 through the sync loop, beside a bare loop over the very same API calls.

    python -m tests.benchmarks.crm_odoo [--rows 400] [--rounds 5]

Each round the loop sends so many leads of a filled installation, with the mapping that a connection begins with; its
calls are taken down, and made again at once by nothing but an HTTP client, for as many other records. Odoo's own work
is most of both; what the loop adds is what the ratio shows. `{"skipped": why}` where there is no Odoo.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

EVERYBODY = "[initial_engagement, profile_development, conversion_signals, qualified, customer]"
OURS, OTHERS = b"ll-", b"xx-"
"""How external ids begin: of leads, and of the bare loop's records."""


@dataclass
class Taker(httpx.BaseTransport):
    """Takes calls down."""

    calls: list[tuple[str, bytes]] = field(default_factory=list)
    real: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.url.path, request.content))
        return self.real.handle_request(request)


def measure(rows: int = 400, rounds: int = 5) -> dict[str, Any]:
    """{"rows", "loop_rows_per_second", "bare_rows_per_second", "ratio"}: medians over the rounds."""
    from tests.acceptance.odoo.odoo_package import Missing
    from tests.acceptance.odoo.odoo_server import Odoo

    with tempfile.TemporaryDirectory(prefix="leadline-crm-odoo-") as folder:
        os.environ.update(LEADLINE_DATA=folder, DJANGO_SETTINGS_MODULE="leadline.project.settings")
        try:
            with Odoo() as odoo:
                return _measured(Path(folder), odoo, rows, rounds)
        except Missing as reason:
            return {"skipped": str(reason)}


def _measured(data: Path, odoo: Any, rows: int, rounds: int) -> dict[str, Any]:
    from tests.benchmarks import beside

    beside._fill(rows * (rounds + 1))
    from leadline.cli.session import engine_of
    from leadline.pipeline.crm.leads import EngineLeads

    with engine_of(data) as engine:
        local = EngineLeads(engine)
        taker = Taker()
        sync = _sync(odoo, taker, local)
        leads = sorted(local.stamps(sync.mapping.who, ()))
        parts = [leads[at * rows : (at + 1) * rows] for at in range(rounds + 1)]
        _loop(sync, taker, parts[0])  # what is only read once is read here
        found = [(_loop(sync, taker, part), _bare(taker.calls, odoo)) for part in parts[1:]]
    loop, bare = zip(*found, strict=True)
    return {
        "rows": rows,
        "loop_rows_per_second": round(rows / statistics.median(loop), 1),
        "bare_rows_per_second": round(rows / statistics.median(bare), 1),
        "ratio": round(statistics.median(one / other for one, other in zip(bare, loop, strict=True)), 3),
    }


def _sync(odoo: Any, taker: Taker, local: Any) -> Any:
    """The loop, as the connection of an installation runs it."""
    from leadline.crm.connector import Opening
    from leadline.crm.connectors.odoo import KIND
    from leadline.crm.limits import Limits
    from leadline.crm.mapping import read_mapping
    from leadline.crm.models import Connection
    from leadline.crm.syncing import Sync
    from leadline.crm.testing.local import MemoryInbox
    from leadline.kernel.clock import utc_now

    document = KIND.mapping.replace("{stages: [qualified, customer]}", f"{{stages: {EVERYBODY}}}")
    mapping = read_mapping(document)
    for each in mapping.our_fields:
        odoo.connect().make_field(each)
    connection = Connection.objects.create(name="odoo", kind="odoo", mapping=document)
    opening = Opening({"url": odoo.url}, {"key": odoo.key}, Limits(1000.0, 1000), utc_now, transport=taker)
    return Sync(connection, KIND.open(opening), mapping, local, MemoryInbox(), kind=KIND)


def _loop(sync: Any, taker: Taker, leads: list[int]) -> float:
    taker.calls.clear()
    sync.connection.cursor = ""  # as a connection begins: what the rounds before it wrote is not read back
    begun = time.perf_counter()
    run = sync.run(only=leads)
    seconds = time.perf_counter() - begun
    if run.state != "ok" or run.counts["created"] != len(leads):
        raise AssertionError(f"{run.state} {run.message} {run.counts}")
    return seconds


def _bare(calls: list[tuple[str, bytes]], odoo: Any) -> float:
    """The same calls, for records of other names."""
    prefix = OTHERS + str(time.monotonic_ns()).encode()
    headers = {"Authorization": f"bearer {odoo.key}", "Content-Type": "application/json"}
    bodies = [(path, body.replace(OURS, prefix)) for path, body in calls]
    with httpx.Client(base_url=odoo.url, headers=headers, timeout=120) as client:
        begun = time.perf_counter()
        for path, body in bodies:
            client.post(path, content=body).raise_for_status().json()
        return time.perf_counter() - begun


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(json.dumps(measure(given.rows, given.rounds), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
