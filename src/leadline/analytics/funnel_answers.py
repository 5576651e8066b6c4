"""Numbers of a funnel from who reached its steps: shares, times and groups. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]
SECOND = 1_000_000
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quantiles in seconds, interpolated between the two nearest; None of nobody."""

    median: float | None
    p75: float | None
    p90: float | None


def spread(micros: Ints) -> Spread:
    """Of durations in µs."""
    if not len(micros):
        return Spread(None, None, None)
    median, p75, p90 = (float(value) / SECOND for value in np.quantile(micros, (0.5, 0.75, 0.9)))
    return Spread(median, p75, p90)


def share(part: int, whole: int) -> float | None:
    """None of nobody."""
    return part / whole if whole else None


def grouped(steps: Sequence[Ints], group_of: Callable[[int], str], most: int) -> list[tuple[str, list[int]]]:
    """By group, how many people reached each step; the largest groups, then the rest as one.

    Args:
        steps: the leads of each step.
    """
    counts: dict[str, list[int]] = {}
    for place, leads in enumerate(steps):
        for lead in leads.tolist():
            counts.setdefault(group_of(lead), [0] * len(steps))[place] += 1
    ranked = sorted(counts.items(), key=lambda each: (-each[1][0], each[0]))
    rest = [sum(column) for column in zip(*(found for _, found in ranked[most:]), strict=True)]
    return ranked[:most] + ([(OTHER, rest)] if rest else [])
