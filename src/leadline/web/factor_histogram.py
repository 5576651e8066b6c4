"""What leads measure for one factor, as a small drawing: a histogram, its p50 and p90, and where the factor is full.
Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT, BARS = 240, 48, 30
HEADROOM = 1.15


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; the SVG's units."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line, and the value it stands at, in words."""

    name: str
    x: str
    value: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The drawing.

    Attributes:
        leads: how many measure anything at all; only they are in the bars, p50 and p90.
        of: how many were looked at.
        full: how many of them reach full_at.
    """

    leads: int
    of: int
    full: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT


def histogram(amounts: npt.NDArray[np.float64], full_at: float) -> Histogram:
    """The drawing of what leads measure, in whole units.

    Args:
        full_at: positive, in the same unit.
    """
    some = amounts[amounts > 0]
    if not some.size:
        return Histogram(0, int(amounts.size), 0, (), (_mark("full at", full_at, full_at * HEADROOM),))
    p50, p90, p99 = (float(each) for each in np.percentile(some, (50, 90, 99)))
    end = max(p99, full_at) * HEADROOM
    counts, _ = np.histogram(np.minimum(some, end), bins=BARS, range=(0.0, end))
    marks = (_mark("p50", p50, end), _mark("p90", p90, end), _mark("full at", full_at, end))
    return Histogram(int(some.size), int(amounts.size), int((some >= full_at).sum()), _bars(counts.tolist()), marks)


def _bars(counts: Sequence[int]) -> tuple[Bar, ...]:
    """The root of the count is drawn: else the many who did little hide everybody else."""
    highest, step = max(counts), WIDTH / len(counts)
    heights = [0.0 if not count else max((count / highest) ** 0.5 * HEIGHT, 1.0) for count in counts]
    return tuple(
        Bar(_svg(index * step + 0.5), _svg(HEIGHT - height), _svg(step - 1), _svg(height))
        for index, height in enumerate(heights)
        if height
    )


def _mark(name: str, value: float, end: float) -> Mark:
    return Mark(name, _svg(min(value / end, 1.0) * WIDTH), amount_words(value))


def amount_words(value: float) -> str:
    """A measure with as many digits as tell: "5,400", "12.5", "0.83"."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _svg(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
