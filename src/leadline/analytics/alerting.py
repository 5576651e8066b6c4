"""When an alert fires: a rule over the buckets of a metric, judged one after the other. Pure.

The same judging makes firings and the preview, so that a preview tells what would have happened. A bucket is judged
once it is complete: after its last local day and a grace for events that come late. Silence is counted in local days
of the buckets themselves, not in the time of checks, so that neither daylight saving nor a late check skips one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from leadline.analytics.anomaly import Usual, usual
from leadline.analytics.metrics import RIPENING
from leadline.analytics.periods import DAY, Grain, Period, begin_bucket, local_today, next_bucket
from leadline.analytics.report import ValueKind

GRACE = timedelta(hours=2)
"""Events may come that much after their day and still be in what is judged."""
WEEKDAY = 7
COMPARED = {Grain.DAY: 56, Grain.WEEK: 26, Grain.MONTH: 24}
"""How many buckets back a range is told from: of days eight weeks."""
PREVIEWED = {Grain.DAY: 180, Grain.WEEK: 52, Grain.MONTH: 24}
CAUGHT_UP = {Grain.DAY: 31, Grain.WEEK: 8, Grain.MONTH: 3}
"""Buckets at most that are judged after a time without checks."""
RIPENS = {"qualification-rate": RIPENING}
"""Metrics that are known only so long after their period."""


class Comparison(StrEnum):
    """What a value is compared with."""

    THRESHOLD = "threshold"
    CHANGE = "change"
    WEEKDAY = "weekday"
    ANOMALY = "anomaly"


class Why(StrEnum):
    """Why a bucket that looks unusual fires nothing, or why it could not be judged."""

    FIRES = "fires"
    USUAL = "usual"
    QUIET = "quiet"
    FEW = "few"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """What an alert looks for.

    Attributes:
        value: the threshold; of a change its share (0.3: 30%); of an anomaly the share of buckets that may fire.
        least: cases below which nothing fires: the bucket's own, or those it is compared with where these are more.
        quiet_hours: after a firing, so long nothing fires: in days of buckets, 24 hours each.
    """

    comparison: Comparison
    kind: ValueKind
    grain: Grain = Grain.DAY
    side: str = "both"
    value: float = 0.0
    least: int = 0
    quiet_hours: int = 24


@dataclass(frozen=True, slots=True)
class Point:
    """A bucket's value; None where there is nothing to tell it from."""

    bucket: Period
    value: float | None
    cases: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a bucket.

    Attributes:
        expected: the threshold, the value before, or the usual level; None where there is none.
        low, high: what would not have fired.
    """

    point: Point
    why: Why
    expected: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def fires(self) -> bool:
        """Whether somebody is told."""
        return self.why is Why.FIRES


def is_complete(bucket: Period, now: datetime, metric: str = "") -> bool:
    """Whether a bucket is over, with the grace for late events."""
    return ready_at(bucket, metric) <= now


def ready_at(bucket: Period, metric: str = "") -> datetime:
    """When a bucket may be judged, in UTC."""
    return bucket.end + GRACE + RIPENS.get(metric, timedelta())


def complete_buckets(grain: Grain, zone: str, now: datetime, count: int, metric: str = "") -> list[Period]:
    """The last so many complete buckets, the oldest first."""
    found: list[Period] = []
    first = begin_bucket(local_today(now, zone), grain)
    while len(found) < count:
        bucket = Period(first, next_bucket(first, grain) - DAY, zone)
        if is_complete(bucket, now, metric):
            found.append(bucket)
        first = begin_bucket(first - DAY, grain)
    return found[::-1]


def due_buckets(grain: Grain, zone: str, checked_at: datetime | None, now: datetime, metric: str = "") -> list[Period]:
    """What became complete since the last check, the oldest first; never checked: the last complete one."""
    if checked_at is None:
        return complete_buckets(grain, zone, now, 1, metric)
    latest = complete_buckets(grain, zone, now, CAUGHT_UP[grain], metric)
    return [bucket for bucket in latest if ready_at(bucket, metric) > checked_at]


def judge(rule: AlertRule, series: Sequence[Point], from_day: date, fired: Sequence[date] = ()) -> list[Judgement]:
    """The buckets from a day on, in order.

    Args:
        series: complete buckets without gaps, the oldest first; those before `from_day` are what is compared with.
        fired: first days of buckets that fired before. None of these fires again, and silence follows them.
    """
    return list(_judged(rule, _since_first_case(series), from_day, fired))


def _since_first_case(series: Sequence[Point]) -> Sequence[Point]:
    """Without the time in which nothing was measured yet: it would say that nothing is usual."""
    start = next((place for place, point in enumerate(series) if point.cases or point.value), len(series))
    return series[start:]


def _judged(rule: AlertRule, series: Sequence[Point], from_day: date, fired: Sequence[date]) -> Iterator[Judgement]:
    known = set(fired)
    for place, point in enumerate(series):
        if point.bucket.first < from_day:
            continue
        found = _compared(rule, series[:place], point)
        if found.fires and (point.bucket.first in known or _is_quiet(rule, point.bucket.first, known)):
            found = Judgement(point, Why.QUIET, found.expected, found.low, found.high)
        if found.fires:
            known.add(point.bucket.first)
        yield found


def _is_quiet(rule: AlertRule, day: date, fired: set[date]) -> bool:
    return any(0 < (day - each).days * 24 < rule.quiet_hours for each in fired)


def _compared(rule: AlertRule, past: Sequence[Point], point: Point) -> Judgement:
    """By the rule alone, whatever fired before."""
    if point.value is None:
        return Judgement(point, Why.UNKNOWN)
    expected, low, high, cases = _range(rule, past, point)
    if expected is None:
        return Judgement(point, Why.UNKNOWN)
    above = rule.side != "below" and high is not None and point.value > high
    below = rule.side != "above" and low is not None and point.value < low
    if not (above or below):
        return Judgement(point, Why.USUAL, expected, low, high)
    why = Why.FEW if max(point.cases, cases) < rule.least else Why.FIRES
    return Judgement(point, why, expected, low, high)


Range = tuple[float | None, float | None, float | None, int]


def _range(rule: AlertRule, past: Sequence[Point], point: Point) -> Range:
    """What is expected, the ends of what does not fire, and the cases of what it is compared with."""
    match rule.comparison:
        case Comparison.THRESHOLD:
            return rule.value, rule.value, rule.value, 0
        case Comparison.CHANGE:
            return _against(rule, past[-1] if past else None)
        case Comparison.WEEKDAY:
            return _against(rule, past[-WEEKDAY] if len(past) >= WEEKDAY else None)
        case Comparison.ANOMALY:
            return _usual(rule, past, point)


def _against(rule: AlertRule, before: Point | None) -> Range:
    if before is None or before.value is None:
        return None, None, None, 0
    low, high = before.value * (1 - rule.value), before.value * (1 + rule.value)
    return before.value, low, high, before.cases


def _usual(rule: AlertRule, past: Sequence[Point], point: Point) -> Range:
    season = WEEKDAY if rule.grain is Grain.DAY else 1
    back = list(past[-COMPARED[rule.grain] :])
    seasons = [_values(back[-offset::-season][::-1]) for offset in range(1, season + 1)]
    comparable = back[-season::-season][::-1] if len(back) >= season else []
    middle = sorted(each.cases for each in comparable)[len(comparable) // 2] if comparable else 0
    found: Usual | None = usual(_values(comparable), seasons, rule.kind, rule.value, rule.side, point.cases, middle)
    if found is None:
        return None, None, None, 0
    return found.level, found.low, found.high, middle


def _values(points: Sequence[Point]) -> list[float]:
    return [point.value for point in points if point.value is not None]
