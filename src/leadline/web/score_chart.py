"""How a lead's total moved, as a line of steps over time, with the bands of the grades. Pure: now and the zone are
arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Protocol

from leadline.scoring.ruleset import Ruleset
from leadline.web.moments import date as date_words

MICRO = 1_000_000
WIDTH = 600
HEIGHT = 100
LEAST_TOP = 60
TICKS = 4
TABLE_LENGTH = 100


class Scored(Protocol):
    """One stored score: `as_of`, `total` in millionths, and its stamp."""

    @property
    def as_of(self) -> datetime: ...
    @property
    def total(self) -> int: ...
    @property
    def stage(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def ruleset(self) -> int: ...
    @property
    def load_seq(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Span:
    """What the chart covers."""

    key: str
    name: str
    days: int


SPANS = (Span("30d", "30 days", 30), Span("90d", "90 days", 90), Span("1y", "1 year", 365))


@dataclass(frozen=True, slots=True)
class Band:
    """Where a grade begins. `y` in the chart's units."""

    grade: str
    y: float


@dataclass(frozen=True, slots=True)
class Move:
    """A stage that was entered."""

    x: float
    at: datetime
    stage: str


@dataclass(frozen=True, slots=True)
class ScoreChart:
    """A line from the beginning of the span to now.

    Attributes:
        line: an SVG path; empty when there was no score in the span.
        moves: where the stage changed.
        points: the stored scores of the span, the newest first, at most TABLE_LENGTH; `left_out` are older.
    """

    span: Span
    top: int
    line: str
    bands: tuple[Band, ...]
    moves: tuple[Move, ...]
    points: tuple[Scored, ...]
    left_out: int
    ticks: tuple[str, ...]

    @property
    def width(self) -> int:
        """In the chart's own units."""
        return WIDTH

    @property
    def newest(self) -> Scored | None:
        """The score that stands at the end of the line."""
        return self.points[0] if self.points else None


def span_named(key: str) -> Span:
    """The span that an address asks for; 90 days for any other word."""
    return next((span for span in SPANS if span.key == key), SPANS[1])


def score_chart(stored: Sequence[Scored], ruleset: Ruleset, span: Span, now: datetime, zone: tzinfo) -> ScoreChart:
    """The chart of a lead's stored scores, oldest first; the score at the span's beginning is the last one before."""
    begin = now - timedelta(days=span.days)
    past = [point for point in stored if point.as_of <= now]
    before = [point for point in past if point.as_of <= begin][-1:]
    inside = [point for point in past if point.as_of > begin]
    shown = [*before, *inside]
    top = _top(shown)
    return ScoreChart(
        span=span,
        top=top,
        line=_line(shown, begin, now, top),
        bands=_bands(ruleset, top),
        moves=_moves(shown, begin, now),
        points=tuple(reversed(shown[-TABLE_LENGTH:])),
        left_out=max(len(shown) - TABLE_LENGTH, 0),
        ticks=tuple(date_words(begin + timedelta(days=span.days) * part / TICKS, now, zone) for part in range(TICKS)),
    )


def _top(shown: Sequence[Scored]) -> int:
    """The end of the scale: tens above the highest total, and never so low that a small score looks great."""
    highest = max((point.total for point in shown), default=0)
    return min(max(-(-highest // (10 * MICRO)) * 10, LEAST_TOP), 100)


def _bands(ruleset: Ruleset, top: int) -> tuple[Band, ...]:
    bands = ((band.grade, band.from_points / 1000) for band in ruleset.grades)
    return tuple(Band(grade, _y(round(points * MICRO), top)) for grade, points in bands if points <= top)


def _line(shown: Sequence[Scored], begin: datetime, now: datetime, top: int) -> str:
    """Steps: a total stands until the next one."""
    parts = []
    for index, point in enumerate(shown):
        x, y = _x(max(point.as_of, begin), begin, now), _y(point.total, top)
        parts.append(f"H{x:g}V{y:g}" if index else f"M{x:g} {y:g}")
    return "".join([*parts, f"H{WIDTH}"]) if parts else ""


def _moves(shown: Sequence[Scored], begin: datetime, now: datetime) -> tuple[Move, ...]:
    changed = (after for before, after in pairwise(shown) if before.stage != after.stage)
    return tuple(Move(_x(point.as_of, begin, now), point.as_of, point.stage) for point in changed)


def _x(moment: datetime, begin: datetime, now: datetime) -> float:
    return round((moment - begin) / (now - begin) * WIDTH, 2)


def _y(micro: int, top: int) -> float:
    return round(HEIGHT - micro / (top * MICRO) * HEIGHT, 2)
