"""How well scores told who would convert: exact figures from counts at each score, with ties handled as ties.

All work on `Levels`: how many converted and how many did not at each distinct score, the highest score first. They give
what scikit-learn's `roc_auc_score` and `average_precision_score` give (tests hold them to it), but at a million rows in
the time of one sort, and for many resamples at once: the last axis is the score, others are resamples.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Z95 = 1.959963984540054
"""Of 95 % of a normal distribution, on both sides."""
TOP_SHARE = 0.1
BINS = 1001
"""Scores of 0 to 100 points in tenths of a point."""
MICRO_PER_BIN = 100_000


@dataclass(frozen=True)
class Levels:
    """Counts (or weights) at each score, the highest first.

    Attributes:
        hits: who converted, shape (..., scores).
        misses: who did not.
    """

    hits: Floats
    misses: Floats

    @property
    def positives(self) -> Floats:
        """How many converted."""
        return np.asarray(self.hits.sum(axis=-1))

    @property
    def leads(self) -> Floats:
        """How many there are."""
        return np.asarray(self.hits.sum(axis=-1) + self.misses.sum(axis=-1))


def levels_of(totals: npt.NDArray[Any], converted: npt.NDArray[np.bool_]) -> Levels:
    """The levels of plain rows.

    Args:
        totals: whole numbers, such as millionths of a point, each below 2^30.
    """
    if not len(totals):
        return Levels(np.zeros(0), np.zeros(0))
    keys = np.sort((totals.astype(np.int32) << 1) | converted)[::-1]
    scores, hit = keys >> 1, keys & 1
    starts = np.flatnonzero(np.concatenate(([True], scores[1:] != scores[:-1])))
    hits = np.add.reduceat(hit, starts, dtype=np.int64).astype(np.float64)
    sizes = np.diff(np.append(starts, len(keys))).astype(np.float64)
    return Levels(hits, sizes - hits)


def binned(weights: Floats) -> Levels:
    """The levels of a histogram of shape (..., 2 * BINS): of each bin misses and hits, the lowest bin first."""
    pairs = weights.reshape(*weights.shape[:-1], BINS, 2)[..., ::-1, :]
    return Levels(pairs[..., 1], pairs[..., 0])


def auc(levels: Levels) -> Floats:
    """The chance that who converted stood above who did not; a tie counts half. NaN without one of either."""
    misses_below = levels.misses.sum(axis=-1, keepdims=True) - np.cumsum(levels.misses, axis=-1)
    won = (levels.hits * (misses_below + levels.misses / 2)).sum(axis=-1)
    return _ratio(won, levels.positives * levels.misses.sum(axis=-1))


def average_precision(levels: Levels) -> Floats:
    """The mean of the precision at each score, weighted by the recall that it adds. NaN when nobody converted."""
    hits, leads = np.cumsum(levels.hits, axis=-1), np.cumsum(levels.hits + levels.misses, axis=-1)
    precision = np.divide(hits, leads, out=np.zeros_like(hits), where=leads > 0)
    return _ratio((levels.hits * precision).sum(axis=-1), levels.positives)


def hits_among(levels: Levels, top: Floats | float) -> Floats:
    """How many of the first `top` leads converted; of a score that is cut through, as many as its share of them."""
    size = levels.hits + levels.misses
    before = np.cumsum(size, axis=-1) - size
    room = np.clip(np.asarray(top)[..., np.newaxis] - before, 0, size)
    share = np.divide(room, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray((levels.hits * share).sum(axis=-1))


def lift(levels: Levels, share: float = TOP_SHARE) -> Floats:
    """How many times as many of the top tenth converted as of everybody. NaN when nobody did."""
    return _ratio(hits_among(levels, levels.leads * share), levels.positives * share)


def precision_at(levels: Levels, capacity: int) -> Floats:
    """The share of the first `capacity` leads that converted."""
    worked = np.minimum(levels.leads, float(capacity))
    return _ratio(hits_among(levels, worked), worked)


def wilson(hits: int, leads: int) -> tuple[float, float]:
    """The 95 % interval of a rate after Wilson (1927): useful for small numbers, never outside 0 to 1.

    Args:
        leads: 1 or more.
    """
    rate, z2 = hits / leads, Z95 * Z95
    centre = (rate + z2 / (2 * leads)) / (1 + z2 / leads)
    half = Z95 * sqrt(rate * (1 - rate) / leads + z2 / (4 * leads * leads)) / (1 + z2 / leads)
    return max(centre - half, 0.0), min(centre + half, 1.0)


FIGURES: dict[str, Callable[[Levels], Floats]] = {"auc": auc, "average_precision": average_precision, "lift": lift}
"""Those of all leads; precision at capacity is of each cutoff."""


def _ratio(part: Floats, whole: Floats) -> Floats:
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    nothing = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.asarray(np.divide(part, whole, out=nothing, where=whole > 0), np.float64)
