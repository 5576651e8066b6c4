"""What is usual: a range that a value falls out of on a given share of days only, told from its own past. Pure.

The level is the median of the comparable values before (the same weekday of the last eight weeks; of weeks and months
those right before). Where they rise or fall more surely than chance would (Mann 1945, Kendall 1975, at 5%), the
Theil-Sen line (Theil 1950, Sen 1968) is carried on instead. A single outlier moves neither.

The spread is told from what all days of these weeks differ from the level of their own weekday, by the median absolute
difference times 1.4826 (Hampel 1974), which equals the standard deviation when differences are normal:

* counts: differences are divided by the root of the level first. The square of their spread is the dispersion d, at
  least 1, and the range is that of d * Poisson(level / d). Levels under 10 are trimmed means with half a case
  added, since the median of few small numbers is often 0 and would call the next one an alarm.
* money: a few large deals make most of it, so that its logarithm is what varies evenly: all is done on log(1 + x / m),
  m a quarter of the median day with any money, and turned back. Nothing is told where fewer than three cases are
  usual: one deal more or less is then most of the sum.
* all else: Student's t with 37% of the degrees of freedom, the efficiency of that spread (Rousseeuw and Croux 1993);
  of shares, the spread is at least the binomial one.

The spread is told from few values around a level that they made themselves, which makes it too small: it is multiplied
by n / (n - 0.8) (Croux and Rousseeuw 1992), and where d is over 1, d by the squared ratio of Student's t to the
normal quantile at 1 in 200. Both ranges are widened by what the level itself is unsure about: the variance of a median
of n is pi / (2 n) of one value's. On generated weeks 1 to 3 of 100 days fall outside when 1 is asked for,
of money, too (tests/analytics/test_anomaly.py); other skewed values fire more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, expm1, log1p, pi, sqrt
from statistics import fmean, median

from leadline.analytics.report import ValueKind

FEWEST = 4
"""Comparable values; with fewer nothing is told."""
NORMAL_MAD = 1.4826
MAD_EFFICIENCY = 0.37
LOW_LEVEL = 10.0
HALF_A_CASE = 0.5
SURE = 1.96
SMALL_SAMPLE = 0.8
ONE_IN_200 = 0.005
SMALL_SUM = 0.25
"""Of the median of what is not nothing: so much and less counts as next to nothing on the scale of logarithms."""
FEWEST_CASES = 3
LARGEST_LOG = 500.0
"""What is above has no number any more."""
FLAT_SHARE = 0.01
"""Of the level: the least spread of what is no count. A value that never moved is no alarm when it does a bit."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The range that values lie in but for a share of days, both ends included."""

    level: float
    low: float
    high: float


def level_of(past: Sequence[float], *, counts: bool = False) -> float:
    """What the next value should be. `past`: comparable values, the oldest first; at least one. Never below 0."""
    slope = _slope(past)
    if slope is not None:
        middle = median(value - slope * place for place, value in enumerate(past))
        return max(middle + slope * len(past), HALF_A_CASE if counts else 0.0)
    middle = median(past)
    return _trimmed_mean(past) if counts and middle < LOW_LEVEL else middle


def _trimmed_mean(past: Sequence[float]) -> float:
    kept = sorted(past)[1:-1] if len(past) >= FEWEST else past
    return fmean(kept) + HALF_A_CASE / len(past)


def _slope(past: Sequence[float]) -> float | None:
    """By how much the next value is higher; None where chance explains it."""
    n = len(past)
    pairs = [(past[later] - past[first], later - first) for later in range(n) for first in range(later)]
    agreement = abs(sum((rise > 0) - (rise < 0) for rise, _ in pairs))
    if n < FEWEST or (agreement - 1) < SURE * sqrt(n * (n - 1) * (2 * n + 5) / 18):
        return None
    return median(rise / apart for rise, apart in pairs)


def usual(
    past: Sequence[float],
    seasons: Sequence[Sequence[float]],
    kind: ValueKind,
    share: float,
    side: str = "both",
    cases: int = 0,
    usual_cases: int = FEWEST_CASES,
) -> Usual | None:
    """The usual range of the next value.

    Args:
        past: comparable values, the oldest first.
        seasons: the values of each weekday over the same weeks, `past` among them; of weeks and months, `past` alone.
        share: of values that may lie outside, 0 to 1.
        side: "above" and "below" put the whole share on that side.
        cases: what the next value rests on, for shares.
        usual_cases: what comparable values rest on, for money.

    Returns:
        None where there are too few values to tell, or too few cases behind them.
    """
    if len(past) < FEWEST:
        return None
    tail = share / 2 if side == "both" else share
    if kind is ValueKind.MONEY:
        return _skewed(past, seasons, tail) if usual_cases >= FEWEST_CASES else None
    if kind is ValueKind.COUNT:
        return _counted(past, seasons, tail)
    return _measured(past, seasons, tail, cases if kind is ValueKind.SHARE else 0)


def _counted(past: Sequence[float], seasons: Sequence[Sequence[float]], tail: float) -> Usual:
    level = level_of(past, counts=True)
    rests = [
        abs(value - expected) / sqrt(expected)
        for season in seasons
        if season
        for expected in (max(level_of(season, counts=True), HALF_A_CASE),)
        for value in season
    ]
    dispersion = max((_spread(rests, len(past)) * _heavy_tail(rests, seasons)) ** 2, 1.0) * _unsure(len(past))
    mean = level / dispersion
    return Usual(level, dispersion * _poisson(tail, mean), dispersion * _poisson(1 - tail, mean))


def _spread(rests: Sequence[float], past: int) -> float:
    return NORMAL_MAD * median(rests) * past / (past - SMALL_SAMPLE)


def _student(rests: Sequence[float], seasons: Sequence[Sequence[float]], tail: float) -> float:
    """How many spreads away the tail begins."""
    from scipy.special import stdtrit  # SciPy takes a third of a second to load: only who judges days waits

    freedom = max(round(MAD_EFFICIENCY * (len(rests) - len(seasons))), 2)
    return float(stdtrit(freedom, 1 - tail))


def _heavy_tail(rests: Sequence[float], seasons: Sequence[Sequence[float]]) -> float:
    from scipy.special import ndtri

    return _student(rests, seasons, ONE_IN_200) / float(ndtri(1 - ONE_IN_200))


def _poisson(chance: float, mean: float) -> int:
    """The smallest count that is not exceeded with at least this chance."""
    from scipy.special import pdtrik

    return max(ceil(float(pdtrik(chance, mean)) - 1e-9), 0)


def _measured(past: Sequence[float], seasons: Sequence[Sequence[float]], tail: float, cases: int) -> Usual:
    level = level_of(past)
    rests = [abs(value - level_of(season)) for season in seasons if season for value in season]
    spread = max(_spread(rests, len(past)), FLAT_SHARE * abs(level))
    if cases:
        likely = min(max(level, HALF_A_CASE / cases), 1 - HALF_A_CASE / cases)
        spread = max(spread, sqrt(likely * (1 - likely) / cases))
    reach = _student(rests, seasons, tail) * spread * sqrt(_unsure(len(past)))
    return Usual(level, max(level - reach, 0.0), level + reach)


def _skewed(past: Sequence[float], seasons: Sequence[Sequence[float]], tail: float) -> Usual | None:
    """On the scale of logarithms. None where there never was anything."""
    something = [value for season in seasons for value in season if value > 0]
    if not something:
        return None
    unit = SMALL_SUM * median(something)
    even = [[log1p(value / unit) for value in season] for season in seasons]
    found = _measured([log1p(value / unit) for value in past], even, tail, 0)
    return Usual(*(unit * expm1(min(end, LARGEST_LOG)) for end in (found.level, found.low, found.high)))


def _unsure(count: int) -> float:
    return 1 + pi / (2 * count)
