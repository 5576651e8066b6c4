"""Exact arithmetic, shared to the bit by both executors: integers in, integers out.

Cells are thousandths. A weight is an integer in billionths. Their products add up exactly in any order. Curves are
the one place with floating point; IEEE 754 division and square root are correctly rounded, and the result is rounded
to whole nano-points at once, so every engine gets the same integer.
"""

import math
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

WEIGHT_ONE = 10**9
POSITION_ONE = 10**15
NANO = 10**9
"""Nano-points in a point."""
NANO_PER_MICRO = 1000
HUNDRED = 100 * NANO


class Curve(StrEnum):
    """How a position of 0 to 1 becomes 0 to 100 points."""

    LINEAR = "linear"
    SQRT = "sqrt"
    LOG = "log"  # ln(1 + 9x) / ln 10


@lru_cache(maxsize=65536)
def decay_weight(age_days: int, half_life_days: float | None) -> int:
    """round(10^9 * 0.5^(age / half-life)); 10^9 without a half-life. An event of the future weighs as one of today."""
    if half_life_days is None:
        return WEIGHT_ONE
    left: float = 0.5 ** (max(age_days, 0) / half_life_days)
    return round(WEIGHT_ONE * left)


def window_days(as_of: date, length: int) -> list[date]:
    """The days of a window that ends with `as_of`, newest first: ages 0 to length - 1."""
    return [as_of - timedelta(days=age) for age in range(length)]


def position(raw: int, full_at: int) -> int:
    """Where `raw` stands between 0 and `full_at`, in 10^-15.

    Args:
        raw: weighted sum, thousandths times billionths.
        full_at: thousandths; positive.
    """
    full = full_at * WEIGHT_ONE
    return min(max(raw, 0), full) * POSITION_ONE // full


def factor_nano(at: int, curve: Curve) -> int:
    """The factor's score in nano-points, 0 to 100 * 10^9, for a position in 10^-15."""
    x = at / POSITION_ONE
    if curve is Curve.SQRT:
        x = math.sqrt(x)
    elif curve is Curve.LOG:
        x = math.log(1.0 + 9.0 * x) / math.log(10.0)
    return math.floor(x * HUNDRED + 0.5)


def weighted_mean(parts: list[tuple[int, int]]) -> int:
    """The mean of (weight, nano) pairs, rounded half up to whole nano-points. Weights are positive integers."""
    total = sum(weight for weight, _ in parts)
    return (sum(weight * nano for weight, nano in parts) + total // 2) // total


def clamp(nano: int) -> int:
    """Into 0 to 100 points."""
    return min(max(nano, 0), HUNDRED)


def to_micro(nano: int) -> int:
    """Millionths of a point, rounded half up: the six decimals that are stored, compared and shown."""
    return (nano + NANO_PER_MICRO // 2) // NANO_PER_MICRO


def points(micro: int) -> float:
    """Millionths of a point as a number of points with six decimals."""
    return micro / 1_000_000
