"""How long a backtest of two rulesets takes, against one full rescore of the same leads.

    python -m tests.benchmarks.backtest [--leads 1000000] [--events 20000000] [--cutoffs 12] [--keep FOLDER]

The event store's part and the figures with their intervals; what comes from the record store (which identities can be
named) is made up. The outcome is a requested quote, since the filled store knows no opportunities.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from tests.benchmarks.rescore import AS_OF, OTHER_WEIGHTS, RULESET, fill, peak_mb

from leadline.eventstore import backtest as past
from leadline.eventstore.backtest_conversions import conversion_table
from leadline.eventstore.backtest_rows import at_cutoffs
from leadline.eventstore.cells import ensure_metrics
from leadline.eventstore.database import EventStore
from leadline.eventstore.kept_raws import forget, score_everyone
from leadline.scoring.backtest_report import Findings, reported
from leadline.scoring.backtesting import Cutoff, cutoff
from leadline.scoring.leakage import conversion_named

RULESETS = (RULESET, OTHER_WEIGHTS)
HORIZON_DAYS = 30
STEP_DAYS = 7
CAPACITY = 1_000


def measure(leads: int, events: int, cutoffs: int, folder: Path | None = None) -> dict[str, Any]:
    """Run it in a folder of its own. Seconds and their ratio."""
    data = folder or Path(tempfile.mkdtemp(prefix="leadline-backtest-"))
    store = EventStore.open(data, [b"b" * 32])
    try:
        cursor = store.cursor()
        fill(cursor, leads, events)
        ensure_metrics(cursor, RULESET.metrics_read)
        return _measured(cursor, leads, [_cutoff(number) for number in range(cutoffs, 0, -1)])
    finally:
        store.close()
        if folder is None:
            shutil.rmtree(data)


def _cutoff(number: int) -> Cutoff:
    """The last one whose horizon is over, and others a week apart before it."""
    return cutoff(AS_OF - timedelta(days=HORIZON_DAYS + 1 + STEP_DAYS * (number - 1)), HORIZON_DAYS)


def _measured(cursor: DuckDBPyConnection, leads: int, cutoffs: Sequence[Cutoff]) -> dict[str, Any]:
    rescores = [_seconds(lambda: score_everyone(cursor, RULESET, AS_OF, 1, fresh=True))]
    forget(cursor)
    backtest = _seconds(lambda: _backtest(cursor, leads, cutoffs))
    rescores.append(_seconds(lambda: score_everyone(cursor, RULESET, AS_OF, 1, fresh=True)))
    rescore = sum(rescores) / len(rescores)
    return {
        "cutoffs": len(cutoffs),
        "rulesets": len(RULESETS),
        "rescore_seconds": round(rescore, 2),
        "backtest_seconds": round(backtest, 2),
        "backtest_to_rescore": round(backtest / rescore, 2),
        "peak_mb": peak_mb(),
    }


def _backtest(cursor: DuckDBPyConnection, leads: int, cutoffs: Sequence[Cutoff]) -> None:
    outcome = conversion_named(RULESET, "quote_requested")
    if outcome is None:
        raise RuntimeError("the default ruleset has no quote_requested any more")
    named = range(1, leads + 1, 3)  # a third has left a name
    past.open_past(cursor, conversion_table(cursor, RULESETS, outcome), named, [])
    found = list(at_cutoffs(cursor, RULESETS, cutoffs))
    reported(Findings(RULESETS, ("in force", "other weights"), found, CAPACITY), lambda: None)


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--cutoffs", type=int, default=12)
    parser.add_argument("--keep", type=Path, default=None, help="use this folder, filled before, and keep it")
    given = parser.parse_args()
    print(json.dumps(measure(given.leads, given.events, given.cutoffs, given.keep), indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
