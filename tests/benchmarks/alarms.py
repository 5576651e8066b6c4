"""How often an anomaly alert on money fires though nothing happened, on sums of Poisson many log-normal deals.

    python -m tests.benchmarks.alarms [--runs 2000]

A run makes eight weeks and one more day like them, and asks whether that day is unusual at 1 in 100. `before` judges
the sums as they are, which is what was done to money until logarithms were taken.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from statistics import median

import numpy as np

from leadline.analytics.anomaly import usual
from leadline.analytics.report import ValueKind

WEEKS = 8
WEEKDAYS = (1.0, 1.0, 1.1, 1.2, 1.0, 0.4, 0.4)
SHARE = 0.01
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of days: that fire as it was, that fire as it is, and that are judged at all."""

    before: float
    after: float
    judged: float


def rates(deals: float, spread: float, runs: int, *, factor: float = 1.0) -> Rates:
    """Of so many days.

    Args:
        deals: a weekday's mean.
        spread: the standard deviation of a deal's logarithm.
        factor: what the judged day's sum is multiplied by: 1 is a day like others.
    """
    chance = np.random.default_rng(SEED)
    before = after = judged = 0
    for _ in range(runs):
        counts = chance.poisson(np.outer(WEEKDAYS, np.full(WEEKS + 1, deals)))
        sums = [[float(chance.lognormal(8.0, spread, count).sum()) for count in day] for day in counts]
        seasons, value = [day[:WEEKS] for day in sums], sums[0][WEEKS] * factor
        plain = usual(seasons[0], seasons, ValueKind.SECONDS, SHARE)
        found = usual(seasons[0], seasons, ValueKind.MONEY, SHARE, usual_cases=int(median(counts[0, :WEEKS])))
        before += plain is not None and not plain.low <= value <= plain.high
        after += found is not None and not found.low <= value <= found.high
        judged += found is not None
    return Rates(before / runs, after / runs, judged / runs)


def main() -> None:
    """Print a row for each number of deals a day and each spread."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--runs", type=int, default=2000)
    runs = reader.parse_args().runs
    for deals in (0.3, 1.0, 3.0, 10.0, 30.0):
        for spread in (0.7, 1.0, 1.5):
            found = rates(deals, spread, runs)
            told = {
                "deals": deals,
                "spread": spread,
                "before": found.before,
                "after": found.after,
                "judged": found.judged,
            }
            sys.stdout.write(json.dumps({name: round(number, 4) for name, number in told.items()}) + "\n")


if __name__ == "__main__":
    main()
