"""How fast a million leads are scored again, and a thousand after a load.

    python -m tests.benchmarks.rescore [--leads 1000000] [--events 20000000] [--keep FOLDER]

The passes over everybody stand against DuckDB's own aggregation of the same events (by identity, UTC day and event
name), in one run, in alternation: a full rescore; the pass of the next day; a ruleset with other weights and
thresholds; one with another metric. A tick loads 1,000 events of as many leads and does everything the engine does with
them.
"""

import argparse
import json
import random
import resource
import shutil
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadline.eventstore.cells import ensure_metrics, rebuild_cells, retire_metrics, touched_after
from leadline.eventstore.columns import EDGES, EVENTS, TRAITS, arrow_table
from leadline.eventstore.database import EventStore
from leadline.eventstore.edges import append_edges, max_edge_id
from leadline.eventstore.kept_raws import score_everyone
from leadline.eventstore.loading import SegmentLoad, last_load_seq, load_segment
from leadline.eventstore.scores import record_scores
from leadline.eventstore.scoring import compiled, score_leads
from leadline.kernel.clock import to_micros
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.scoring.ruleset import Factor

AS_OF = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULESET = read_ruleset(bundled_ruleset("offshore-staffing"), 1)
DAY = timedelta(days=1)
YESTERDAY = AS_OF - DAY
OTHER_WEIGHTS = replace(
    RULESET,
    number=2,
    factors=tuple(replace(each, weight=each.weight + 1000, full_at=each.full_at * 2) for each in RULESET.factors),
)


def _any_tool(factor: Factor) -> Factor:
    """Uses of tools that were not completed count, too: another metric."""
    metric = replace(factor.measure.metric, where=())
    return replace(factor, measure=replace(factor.measure, metric=metric)) if factor.name == "tool_usage" else factor


OTHER_METRIC = replace(RULESET, number=3, factors=tuple(_any_tool(each) for each in RULESET.factors))
ROUNDS = 3
TICKS = 10
TOUCHED = 1_000
BARE = "SELECT identity, day, name, count(*) AS events FROM events GROUP BY ALL"
IDENTITY_LEAD = """
INSERT INTO identity_lead
SELECT identity, lead, count(*) OVER (PARTITION BY lead) = 1
FROM (
    SELECT range + 1 AS identity, CASE WHEN range < $leads THEN range + 1 ELSE hash(range) % $leads + 1 END AS lead
    FROM range($identities)
)
"""
EDGE_ROWS = """
INSERT INTO edges SELECT identity, identity, lead, TIMESTAMP '2026-07-01', 0 FROM identity_lead ORDER BY identity
"""
TRAIT_ROWS = """
INSERT INTO traits
SELECT range + 1, key, CASE WHEN key = 'email_class' THEN (['free', 'own', 'work', 'work', 'work'])[range % 5 + 1] END,
    hash(range + 17) % 20 > 0, TIMESTAMP '2026-08-01' + to_minutes((hash(range) % 100000)::BIGINT),
    (hash(range) >> 1)::BIGINT, 1
FROM range($identities) CROSS JOIN (
    SELECT unnest(['title', 'phone', 'company_name', 'employees', 'industry', 'country', 'roles_wanted',
        'hiring_timeline', 'email_class']) AS key
)
WHERE hash(range) % 3 = 0 AND hash(range * 31 + hash(key) % 1000) % 10 < 8
"""


class Stopwatch:
    """Seconds of each step, by its name."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is inside."""
        begun = time.perf_counter()
        yield
        self.seconds[name].append(time.perf_counter() - begun)

    def median(self, name: str) -> float:
        """The median of a step's seconds."""
        return statistics.median(self.seconds[name])


def measure(leads: int = 1_000_000, events: int = 20_000_000, folder: Path | None = None) -> dict[str, Any]:
    """Run it in a folder of its own. Seconds, milliseconds and ratios by name."""
    data = folder or Path(tempfile.mkdtemp(prefix="leadline-rescore-"))
    store = EventStore.open(data, [b"b" * 32])
    try:
        return _measured(store.cursor(), leads, events)
    finally:
        store.close()
        if folder is None:
            shutil.rmtree(data)


def _measured(cursor: DuckDBPyConnection, leads: int, events: int) -> dict[str, Any]:
    watch = Stopwatch()
    fill(cursor, leads, events)
    with watch.step("cells"):
        ensure_metrics(cursor, RULESET.metrics_read)
    cursor.execute("CHECKPOINT store")
    for _ in range(ROUNDS):
        _alternate(cursor, watch)
    _record_all(cursor, watch)
    ticks = Stopwatch()
    for number in range(TICKS):
        _tick(cursor, ticks, leads, number)
    with watch.step("weights_after_ticks"):
        score_everyone(cursor, OTHER_WEIGHTS, AS_OF, last_load_seq(cursor))
    return {**_sizes(cursor), **_full(watch), "ticks": TICKS, "tick": _tick_report(ticks), "peak_mb": peak_mb()}


def fill(cursor: DuckDBPyConnection, leads: int, events: int) -> None:
    """A store with so many leads and events, unless it has them: in a kept folder."""
    identities = leads * 11 // 10
    (found,) = cursor.execute("SELECT count(*) FROM events").fetchall()
    if found[0] >= events:
        return
    text = (Path(__file__).parent / "rescore.sql").read_text()
    cursor.execute(text, {"events": events, "identities": identities})
    cursor.execute(IDENTITY_LEAD, {"leads": leads, "identities": identities})
    cursor.execute(EDGE_ROWS)
    cursor.execute(TRAIT_ROWS, {"identities": identities})
    cursor.execute("INSERT INTO segments VALUES ('filled', 1, ?, 0, 0, NULL, NULL, now()::TIMESTAMP)", [events])
    cursor.execute("CHECKPOINT store")


def _alternate(cursor: DuckDBPyConnection, watch: Stopwatch) -> None:
    with watch.step("bare"):
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE bare AS {BARE}")
    cursor.execute("DROP TABLE bare")
    with watch.step("rescore"):
        score_everyone(cursor, RULESET, YESTERDAY - DAY, 1, fresh=True)
    with watch.step("first_decay"):
        score_everyone(cursor, RULESET, YESTERDAY, 1)
    with watch.step("decay"):
        score_everyone(cursor, RULESET, AS_OF, 1)
    with watch.step("weights"):
        score_everyone(cursor, OTHER_WEIGHTS, AS_OF, 1)
    with watch.step("metric"):
        score_everyone(cursor, OTHER_METRIC, AS_OF, 1)
    retire_metrics(cursor, RULESET.metrics_read)
    score_everyone(cursor, RULESET, AS_OF, 1)


def _record_all(cursor: DuckDBPyConnection, watch: Stopwatch) -> None:
    with watch.step("record_all"):
        stages = cursor.execute("SELECT lead, 'initial_engagement' AS stage FROM scored").to_arrow_table()
        record_scores(cursor, "scored", NOON, 1, RULESET.number, stages)
    cursor.execute("CHECKPOINT store")


def _tick(cursor: DuckDBPyConnection, watch: Stopwatch, leads: int, number: int) -> None:
    chance = random.Random(number)  # noqa: S311  # not a secret
    chosen = chance.sample(range(1, leads + 1), TOUCHED)
    load, edges = _segment(chance, chosen, number), _edges(cursor, chance, chosen[:50])
    begun = time.perf_counter()
    before = last_load_seq(cursor)
    _timed(watch, "load", lambda: load_segment(cursor, load))
    _timed(watch, "edges", lambda: append_edges(cursor, edges))
    _timed(watch, "cells", lambda: rebuild_cells(cursor, touched_after(cursor, before)))
    scored = _timed(watch, "score", lambda: score_leads(cursor, RULESET, AS_OF, chosen))
    staged = scored.append_column("stage", pa.array(["initial_engagement"] * scored.num_rows))
    _timed(watch, "record", lambda: record_scores(cursor, staged, NOON, before + 1, RULESET.number))
    watch.seconds["all"].append(time.perf_counter() - begun)


def _timed(watch: Stopwatch, name: str, work: Callable[[], Any]) -> Any:
    with watch.step(name):
        return work()


def _segment(chance: random.Random, identities: list[int], number: int) -> SegmentLoad:
    micros = to_micros(NOON) + number * 1_000_000
    rows = {
        "source": [1] * TOUCHED,
        "message_hash": [chance.getrandbits(63) for _ in identities],
        "message_key": [uuid.UUID(int=chance.getrandbits(128)).bytes for _ in identities],
        "kind": ["track"] * TOUCHED,
        "name": ["Tool Used"] * TOUCHED,
        "identity": identities,
        "occurred_at": [micros + place for place in range(TOUCHED)],
        "received_at": [micros + place for place in range(TOUCHED)],
        "properties": ['{"completed": true}'] * TOUCHED,
    }
    return SegmentLoad(f"tick-{number}-{time.time_ns()}", arrow_table(EVENTS, rows), arrow_table(TRAITS, {}))


def _edges(cursor: DuckDBPyConnection, chance: random.Random, leads: list[int]) -> pa.Table:
    first = max_edge_id(cursor) + 1
    identities = [10**12 + chance.getrandbits(40) for _ in leads]
    rows = {
        "edge_id": [first + place for place in range(len(leads))],
        "identity": identities,
        "lead": leads,
        "occurred_at": [to_micros(NOON)] * len(leads),
    }
    return arrow_table(EDGES, rows)


def _sizes(cursor: DuckDBPyConnection) -> dict[str, Any]:
    counted = {}
    for table in ("events", "cells", "current_scores"):
        row = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # names from this file
        counted[table] = row[0] if row else 0
    return counted


def _full(watch: Stopwatch) -> dict[str, Any]:
    bare, rescore = watch.median("bare"), watch.median("rescore")
    passes = ("first_decay", "decay", "weights", "metric", "weights_after_ticks")
    return {
        **{f"{name}_seconds": round(watch.median(name), 2) for name in passes},
        **{f"{name}_to_bare": round(watch.median(name) / bare, 2) for name in passes},
        "weights_to_rescore": round(watch.median("weights") / rescore, 2),
        "cells_seconds": round(watch.median("cells"), 2),
        "bare_seconds": round(bare, 2),
        "rescore_seconds": round(rescore, 2),
        "rescore_to_bare": round(rescore / bare, 2),
        "record_all_seconds": round(watch.median("record_all"), 2),
        "sql_characters": sum(len(text) for text in compiled(RULESET)),
    }


def _tick_report(ticks: Stopwatch) -> dict[str, float]:
    return {f"{name}_ms": round(ticks.median(name) * 1000, 1) for name in ticks.seconds}


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--keep", type=Path, default=None, help="use this folder, filled before, and keep it")
    given = parser.parse_args()
    print(json.dumps(measure(given.leads, given.events, given.keep), indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
