"""Funnels and retention against ClickHouse's own functions over its native table, in one run, on the same events.

    python -m tests.benchmarks.analytics [--events 10000000] [--people 500000] [--rounds 5]
    python -m tests.benchmarks.analytics --cold [--events 20000000] [--people 1000000]

The events: visits of five, whose people are drawn by a lognormal activity and come within a stretch of the 90 days of
their own; what happens is drawn by WEIGHTS, and seconds are whole, so that ties occur. Seed 20260101, UTC. Ours lie in
the encrypted event store with identities; the numbers of what people did (eventstore/doings.py) are made once, which
is told apart. ClickHouse (chdb) runs in a Python of its own, made by pip on demand; ours and its turn alternate. That
both give the same counts is asserted.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.analytics.funnel import Funnel, Order
from leadline.analytics.periods import Grain, parse_period
from leadline.analytics.retention import Retention, Tally
from leadline.analytics.steps import parse_step, parse_steps
from leadline.eventstore.database import Cursor, EventStore
from leadline.eventstore.doings import bring_doings_up_to_date
from leadline.eventstore.funnels import FunnelQuery, funnel_of
from leadline.eventstore.retention import RetentionQuery, retention_of
from leadline.kernel.clock import to_micros

SEED = 20260101
DAYS = 90
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WEIGHTS = {
    "Page Viewed": 0.26,
    "Page Engaged": 0.20,
    "Signed Up": 0.14,
    "Tool Used": 0.14,
    "Quote Requested": 0.07,
    "Strategy Call Booked": 0.05,
    "Content Completed": 0.06,
    "Role Saved": 0.04,
    "Quiz Completed": 0.02,
    "Course Completed": 0.02,
}
STEPS = ("Signed Up", "Tool Used", "Quote Requested", "Strategy Call Booked")
WINDOW = 7 * 86_400_000_000
WEEK = WINDOW
WEEKS = parse_period("2025-12-29..2026-04-05", NOW.date(), "UTC")
BENCH = Path(tempfile.gettempdir()) / "leadline-bench-venv"
CHDB = "chdb==4.4.0"
EVENT_ROWS = """
INSERT INTO events
SELECT 1, 1, (hash(file_row_number) >> 1)::BIGINT, uuid(), CASE WHEN name = 'Page Viewed' THEN 'page' ELSE 'track' END,
    CASE WHEN name = 'Page Viewed' THEN 'Page' ELSE name END, user_id, make_timestamp(ts)::DATE, make_timestamp(ts),
    make_timestamp(ts + 1000000), '{"tool":"quote-calculator","completed":true}',
    '/p' || hash(file_row_number + 1) % 50, NULL, NULL, NULL, NULL, false, false
FROM read_parquet($parquet, file_row_number = true)
"""
FUNNEL = f"""
SELECT level, count() FROM (
    SELECT windowFunnel({WINDOW})(ts, {", ".join(f"name = '{step}'" for step in STEPS)}) AS level
    FROM bench.events WHERE name IN {STEPS} GROUP BY user_id
) GROUP BY level ORDER BY level"""  # noqa: S608  # from this file
WEEK_OF = f"intDiv(ts - {to_micros(WEEKS.start)}, {WEEK})"
RETENTION = {
    "groupUniqArray": f"""
SELECT arrayMin(weeks) AS began, arrayJoin(weeks) AS week, count() FROM (
    SELECT groupUniqArray(toUInt16({WEEK_OF})) AS weeks FROM bench.events GROUP BY user_id
) GROUP BY began, week ORDER BY began, week""",  # noqa: S608  # from this file
    "window": f"""
SELECT began, week, uniqExact(user_id) FROM (
    SELECT user_id, {WEEK_OF} AS week, min(week) OVER (PARTITION BY user_id) AS began FROM bench.events
) GROUP BY began, week ORDER BY began, week""",  # noqa: S608  # from this file
}
T = TypeVar("T")


def measure(events: int = 10_000_000, people: int = 500_000, rounds: int = 5) -> dict[str, Any]:
    """Side by side. Seconds are medians."""
    python, reason = _clickhouse_python()
    if python is None:
        return {"skipped": reason}
    folder = Path(tempfile.mkdtemp(prefix="leadline-analytics-"))
    try:
        generate(folder / "events.parquet", events, people)
        store = _filled(folder)
        try:
            with ClickHouse(python, folder) as other:
                return {"events": events, "people": people, **_measured(store.cursor(), other, rounds)}
        finally:
            store.close()
    finally:
        shutil.rmtree(folder)


def measure_cold(events: int = 20_000_000, people: int = 1_000_000) -> dict[str, Any]:
    """How long the first reports take after a start, when nothing is in memory."""
    folder = Path(tempfile.mkdtemp(prefix="leadline-analytics-"))
    try:
        generate(folder / "events.parquet", events, people)
        _filled(folder).close()
        store = EventStore.open(folder, [b"b" * 32])
        cursor = store.cursor()
        _people(cursor)
        doings, _ = _timed(lambda: bring_doings_up_to_date(cursor))
        funnel, _ = _timed(lambda: _our_funnel(cursor))
        retention, _ = _timed(lambda: _our_retention(cursor))
        again, _ = _timed(lambda: _our_funnel(cursor))
        store.close()
        times = {"doings": doings, "funnel_cold": funnel, "retention_after": retention, "funnel_after": again}
        return {"events": events, "people": people, **_rounded(times), "peak_mb": _peak_mb()}
    finally:
        shutil.rmtree(folder)


def generate(path: Path, events: int, people: int) -> None:
    """Write the events in the order of time: user_id, ts in µs since 1970, name."""
    chance = np.random.default_rng(SEED)
    activity = chance.lognormal(0, 1, people)
    first = chance.random(people) * 0.6 * DAYS
    stretch = (DAYS - first) * chance.beta(1, 1.5, people) + 0.05
    visits = events // 5
    who = chance.choice(people, visits, p=activity / activity.sum())
    began = np.minimum(first[who] + chance.random(visits) * stretch[who], DAYS - 0.01)
    seconds = np.repeat(began * 86_400, 5) + np.tile(np.arange(5), visits) * chance.exponential(40, visits * 5)
    ts = np.minimum(np.floor(seconds), DAYS * 86_400 - 1).astype(np.int64) * 1_000_000 + to_micros(FIRST)
    name = chance.choice(len(WEIGHTS), visits * 5, p=list(WEIGHTS.values())).astype(np.int8)
    order = np.argsort(ts, kind="stable")
    names = pa.DictionaryArray.from_arrays(pa.array(name[order]), pa.array(list(WEIGHTS)))
    pq.write_table(pa.table({"user_id": np.repeat(who, 5)[order] + 1, "ts": ts[order], "name": names}), path)


class ClickHouse:
    """chdb in its own process with the events in a MergeTree table ordered by user and time."""

    def __init__(self, python: Path, folder: Path) -> None:
        script = Path(__file__).with_name("analytics_clickhouse.py")
        command = [str(python), str(script), str(folder / "clickhouse"), str(folder / "events.parquet")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.load_seconds = float(self._answer()["seconds"])

    def __enter__(self) -> "ClickHouse":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, query: str) -> tuple[float, list[list[int]]]:
        """(seconds inside the engine, rows)."""
        if self._process.stdin is None:
            raise RuntimeError("it has no input")
        self._process.stdin.write(json.dumps(query) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        return float(answer["seconds"]), [[int(value) for value in row] for row in answer["rows"]]

    def _answer(self) -> dict[str, Any]:
        if self._process.stdout is None:
            raise RuntimeError("it has no output")
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def _measured(cursor: Cursor, other: ClickHouse, rounds: int) -> dict[str, Any]:
    made, _ = _timed(lambda: bring_doings_up_to_date(cursor))
    funnels = [(_timed(lambda: _our_funnel(cursor)), other.ask(FUNNEL)) for _ in range(rounds)]
    for (_, reached), (_, levels) in funnels:
        _same(reached, _at_least(levels))
    retentions = {name: [(_timed(lambda: _our_retention(cursor)), other.ask(text)) for _ in range(rounds)]
                  for name, text in RETENTION.items()}  # fmt: skip
    for runs in retentions.values():
        for (_, found), (_, rows) in runs:
            _same(_cells(found), [tuple(row) for row in rows])
    return {
        "projection_seconds": round(made, 2),
        "clickhouse_load_seconds": round(other.load_seconds, 2),
        "funnel": {**_compared(funnels), "reached": funnels[0][0][1]},
        **{f"retention_{name}": {**_compared(runs), "cells": len(runs[0][1][1])} for name, runs in retentions.items()},
        "peak_mb": _peak_mb(),
    }


def _our_funnel(cursor: Cursor) -> list[int]:
    end = to_micros(FIRST + timedelta(days=DAYS))
    funnel = Funnel(len(STEPS), Order.ORDERED, WINDOW, end)
    query = FunnelQuery(funnel, parse_steps(STEPS), to_micros(FIRST), end + WINDOW)
    return [len(step.lead) for step in funnel_of(cursor, query, NOW).steps]


def _our_retention(cursor: Cursor) -> Tally:
    bounds = (*(to_micros(week.start) for week in WEEKS.buckets(Grain.WEEK)), to_micros(WEEKS.end))
    every = parse_step("any")
    return retention_of(cursor, RetentionQuery(Retention(bounds, WEEK), every, every), NOW)


def _cells(found: Tally) -> list[tuple[int, int, int]]:
    """(week of the cohort, week, people), as ClickHouse tells them: only what is there."""
    rows = [(cohort, cohort, int(people)) for cohort, people in enumerate(found.people)]
    for cohort, columns in enumerate(found.returned):
        rows += [(cohort, cohort + column + 1, int(people)) for column, people in enumerate(columns)]
    return sorted(row for row in rows if row[2])


def _at_least(levels: list[list[int]]) -> list[int]:
    """How many reached each step, from how many got exactly so far."""
    return [sum(people for level, people in levels if level >= step) for step in range(1, len(STEPS) + 1)]


def _same(ours: object, theirs: object) -> None:
    if ours != theirs:
        raise AssertionError(f"{ours} is not {theirs}")


def _compared(runs: list[tuple[tuple[float, Any], tuple[float, Any]]]) -> dict[str, float]:
    ours = statistics.median(mine for (mine, _), _ in runs)
    theirs = statistics.median(other for _, (other, _) in runs)
    return {"seconds": round(ours, 3), "clickhouse_seconds": round(theirs, 3), "ratio": round(ours / theirs, 2)}


def _filled(folder: Path) -> EventStore:
    store = EventStore.open(folder, [b"b" * 32])
    cursor = store.cursor()
    cursor.execute(EVENT_ROWS, {"parquet": str(folder / "events.parquet")})
    cursor.execute("INSERT INTO identity_lead SELECT DISTINCT identity, identity, true FROM events ORDER BY 1")
    cursor.execute("INSERT INTO segments SELECT 'filled', 1, count(*), 0, 0, NULL, NULL, now()::TIMESTAMP FROM events")
    store.checkpoint()
    _people(cursor)
    return store


def _people(cursor: Cursor) -> None:
    cursor.execute("CREATE OR REPLACE TABLE memory.main.people AS SELECT lead FROM identity_lead ORDER BY lead")


def _clickhouse_python() -> tuple[Path | None, str]:
    """A Python that has chdb; made on demand. None, and why, when there can't be one."""
    python = BENCH / "bin" / "python"
    try:
        if subprocess.run([str(python), "-c", "import chdb"], capture_output=True, check=False).returncode == 0:
            return python, ""
    except OSError:
        pass  # it is not there yet
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(BENCH)], check=True, capture_output=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", CHDB], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        return None, f"{CHDB} can't be installed: {str(error.stderr)[-200:]}"
    return python, ""


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _rounded(times: dict[str, float]) -> dict[str, float]:
    return {f"{name}_seconds": round(value, 2) for name, value in times.items()}


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", action="store_true", help="the first reports after a start, without ClickHouse")
    parser.add_argument("--events", type=int)
    parser.add_argument("--people", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    if asked.cold:
        found = measure_cold(asked.events or 20_000_000, asked.people or 1_000_000)
    else:
        found = measure(asked.events or 10_000_000, asked.people or 500_000, asked.rounds)
    print(json.dumps(found, indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
