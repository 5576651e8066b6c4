"""How long pages take with a million leads: server time of shells and lists, and of reports asked for the first time.

    python -m tests.benchmarks.pages [--leads 1000000] [--requests 200] [--keep FOLDER]

One filled folder with twenty events a lead; pages are asked for in this process, through every layer but the socket,
with nothing loading meanwhile. Lists: 95th percentile over requests with other filters, sorts and places deep inside
each. Reports: cold, then from what is kept.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

EVENTS_EACH = 20
STAGES = ("initial_engagement", "profile_development", "conversion_signals", "qualified")
SORTS = ("total", "last_seen", "gain", "stage_since", "value")
REPORTS = ("overview", "funnel", "retention", "attribution")
SHELLS = ("/overview", "/accounts", "/call-next", "/conversions", "/journeys", "/reports", "/boards", "/leads/matrix")
TOUCHED = 1_000
MOST_EVENTS = 5_000
BUSY = ("", "/ahead", "/history", "/journey", "/timeline")
"""A lead's page, and the parts that fill themselves after it."""
NINETY_FIFTH = 0.95


def measure(leads: int, requests: int, folder: Path | None = None) -> dict[str, Any]:
    """Milliseconds of pages by name (p50, p95), seconds of reports (cold, kept), of the tables' making, and memory."""
    with tempfile.TemporaryDirectory(prefix="leadline-pages-") as made:
        data = folder or Path(made)
        data.mkdir(parents=True, exist_ok=True)
        os.environ.update(LEADLINE_DATA=str(data), DJANGO_SETTINGS_MODULE="leadline.project.settings")
        with _engine(data, leads) as engine:
            return {"leads": leads, "events": leads * EVENTS_EACH, **_measured(engine, leads, requests)}


def _measured(engine: Any, leads: int, requests: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"tables_seconds": _seconds(lambda: _make_tables(engine))}
    figures["tables_peak_mb"] = _peak_mb()
    figures["refresh_ms"] = round(_median([_refresh(engine, leads, number) for number in range(5)]) * 1000, 1)
    client = _client()
    figures["lists"] = _timed(client, _lists(leads), requests)
    figures["deep"] = _deep(client, requests)
    figures["leads_one"] = _timed(client, (f"/leads/{1 + each * 7919 % leads}" for each in range(requests)), requests)
    figures["shells"] = {path: _timed(client, [path] * 20, 20) for path in SHELLS if _exists(client, path)}
    figures["reports"] = {name: found for name in REPORTS if (found := _report(engine, name))}
    _keep_busy(engine)
    figures["lead_of_5000_events"] = {part or "page": _timed(client, [f"/leads/1{part}"] * 40, 40) for part in BUSY}
    return figures | {"peak_mb": _peak_mb()}


def _make_tables(engine: Any) -> None:
    """What the server's `ProjectionKeeper` does when it starts, before anybody asks for a report."""
    from leadline.eventstore.doings import bring_doings_up_to_date
    from leadline.pipeline.projections import bring_up_to_date

    bring_up_to_date(engine)
    with engine.store.cursor() as cursor:
        bring_doings_up_to_date(cursor)


def _keep_busy(engine: Any) -> None:
    """Let the first lead have as many events as the busiest people have, taken from everybody over all days."""
    with engine.store.cursor() as cursor:
        ((own, every),) = cursor.execute("SELECT count(*) FILTER (identity = 1), count(*) FROM events").fetchall()
        taken = (
            "INSERT INTO events SELECT * REPLACE (1::BIGINT AS identity, xor(message_hash, 1) AS message_hash) "
            "FROM events WHERE identity <> 1 AND rowid % ? = 0 LIMIT ?"
        )
        cursor.execute(taken, [max(every // MOST_EVENTS, 1), max(MOST_EVENTS - own, 0)])


def _lists(leads: int) -> Iterator[str]:
    """Addresses of the list, each with another filter and sort."""
    chance = random.Random(leads)  # noqa: S311  # not a secret
    while True:
        parts = [
            ("stage", chance.choice(STAGES)),
            ("total", f">={chance.randrange(10, 70)}"),
            ("country", chance.choice(["DE", "France", "GB"])),
            ("channel", "Direct"),
            ("last_seen", f"<{chance.randrange(1, 60)}d"),
            ("employees", f">={chance.randrange(1, 500)}"),
            ("contacted", chance.choice(["yes", "no"])),
            ("q", f"company {chance.randrange(1000)}"),
        ]
        chosen = chance.sample(parts, chance.randrange(4))
        yield "/leads?" + urlencode(
            [*chosen, ("sort", chance.choice(SORTS)), ("who", chance.choice(["", "everybody"]))]
        )


def _deep(client: Any, requests: int) -> dict[str, Any]:
    """Pages after pages of the whole list."""
    seconds, address = [], "/leads?who=everybody&sort=last_seen"
    for _ in range(requests):
        began = time.perf_counter()
        page = client.get(address)
        seconds.append(time.perf_counter() - began)
        address = "/leads" + page.context["next"] if page.context and page.context["next"] else address
    return _told(seconds)


def _timed(client: Any, addresses: Any, requests: int) -> dict[str, Any]:
    seconds: list[float] = []
    for address, _ in zip(addresses, range(requests), strict=False):
        began = time.perf_counter()
        page = client.get(address)
        seconds.append(time.perf_counter() - began)
        if page.status_code != 200:
            raise RuntimeError(f"{address} answered {page.status_code}")
    return _told(seconds)


def _told(seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * NINETY_FIFTH))]
    return {"requests": len(ordered), "p50_ms": round(_median(ordered) * 1000, 1), "p95_ms": round(p95 * 1000, 1)}


def _report(engine: Any, name: str) -> dict[str, float] | None:
    """Seconds without and with what is kept; None while there is no such report."""
    from leadline.pipeline.reports.catalogue import kinds
    from leadline.pipeline.reports.running import run_report

    if name not in kinds():
        return None
    cold = _seconds(lambda: run_report(engine, name, {"period": "90d"}))
    return {"cold": cold, "kept": _seconds(lambda: run_report(engine, name, {"period": "90d"}))}


def _refresh(engine: Any, leads: int, number: int) -> float:
    """Seconds of reading a thousand leads that a tick touched."""
    from leadline.pipeline.projections import bring_up_to_date

    engine.changes.note(random.Random(number).sample(range(1, leads + 1), TOUCHED))  # noqa: S311  # not a secret
    return _seconds(lambda: bring_up_to_date(engine))


def _exists(client: Any, path: str) -> bool:
    return bool(client.get(path).status_code == 200)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 4)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _client() -> Any:
    from django.conf import settings
    from django.test import Client

    from leadline.accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    role = User.Role.ADMINISTRATOR
    who = User.objects.filter(role=role).first() or User.objects.create_user("bench@example.com", "x" * 14, role=role)
    client = Client()
    client.force_login(who)
    return client


@contextmanager
def _engine(data: Path, leads: int) -> Iterator[Any]:
    from leadline.cli.session import migrate, start_django

    start_django()
    migrate()
    from tests.benchmarks import rescore
    from tests.benchmarks.page_records import fill_records

    from leadline.pipeline import runtime
    from leadline.pipeline.engine import Engine

    engine = Engine.open(data)
    try:
        with engine.store.cursor() as cursor:
            rescore.fill(cursor, leads, leads * EVENTS_EACH)
            _step(f"filled {leads:,} leads")
            fill_records(cursor, leads)
        _step("records filled")
        engine.prepare()
        _step("prepared")
        runtime.use(engine)
        yield engine
    finally:
        engine.close()


def _step(said: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {said}, {_peak_mb()} MB at most\n")


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--keep", type=Path, default=None, help="use this folder, filled before, and keep it")
    given = parser.parse_args()
    print(json.dumps(measure(given.leads, given.requests, given.keep), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
