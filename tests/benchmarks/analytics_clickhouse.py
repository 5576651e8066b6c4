"""The ClickHouse engine (chdb) as a process of its own, in a Python of its own: chdb is never in Leadline's lock.

    python analytics_clickhouse.py FOLDER EVENTS.parquet

Loads the events into a native MergeTree table, then answers each query on standard input, a line of JSON each, with
{"seconds", "rows"}.
"""

import json
import sys
import time
from typing import Any


def main() -> None:
    """Load, say how long that took, and answer until the input ends."""
    from chdb import session

    folder, parquet = sys.argv[1:]
    engine = session.Session(folder)
    begun = time.perf_counter()
    for text in (
        "CREATE DATABASE bench",
        """CREATE TABLE bench.events (user_id UInt64, ts UInt64, name LowCardinality(String))
            ENGINE = MergeTree ORDER BY (user_id, ts)""",
        f"INSERT INTO bench.events SELECT user_id, ts, name FROM file('{parquet}')",  # noqa: S608  # its own file
        "OPTIMIZE TABLE bench.events FINAL",
    ):
        engine.query(text)
    _say({"seconds": time.perf_counter() - begun})
    for line in sys.stdin:
        begun = time.perf_counter()
        answer = engine.query(json.loads(line), "JSONCompact")
        seconds = time.perf_counter() - begun
        _say({"seconds": seconds, "rows": json.loads(str(answer))["data"]})


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
