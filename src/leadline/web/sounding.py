"""The sounding line: a score as one bar whose three parts add up to the total. Pure.

A dimension's part is its score times its share of the weights: what it added to the total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from leadline.scoring.ruleset import DIMENSIONS

MICRO = 1_000_000
TENTH = MICRO // 10


class Scored(Protocol):
    """What a bar needs of a standing: millionths of a point."""

    total: int
    engagement: int
    readiness: int
    conversion: int


@dataclass(frozen=True, slots=True)
class Part:
    """One dimension's stretch of the bar.

    Attributes:
        micro: what it added to the total, in millionths of a point.
        score_micro: the dimension's own 0 to 100.
        start_micro: where the stretch begins.
        tenths: what it added, in tenths of a point; these add up to the total's tenths.
    """

    dimension: str
    micro: int
    score_micro: int
    start_micro: int
    tenths: int

    @property
    def x(self) -> str:
        """Where it begins on a scale of 100, for SVG."""
        return svg_number(self.start_micro)

    @property
    def end(self) -> str:
        """Where it ends on a scale of 100, for SVG."""
        return svg_number(self.start_micro + self.micro)

    @property
    def width(self) -> str:
        """How long it is on a scale of 100, for SVG."""
        return svg_number(self.micro)

    @property
    def added(self) -> str:
        """What it added, in points with one decimal."""
        return tenths_text(self.tenths)


@dataclass(frozen=True, slots=True)
class Sounding:
    """The bar."""

    total_micro: int
    parts: tuple[Part, ...]

    @property
    def whole(self) -> int:
        """The total in whole points, cut."""
        return self.total_micro // MICRO

    @property
    def label(self) -> str:
        """The bar in words, for those who do not see it."""
        return ", ".join(f"{part.dimension} {part.added}" for part in self.parts)


def sounding(scored: Scored, weights: Mapping[str, int]) -> Sounding:
    """The bar of a score.

    Args:
        scored: dimensions and total in millionths of a point.
        weights: dimension -> weight, relative to each other; the ones the score was made with.
    """
    scores = [int(getattr(scored, name)) for name in DIMENSIONS]
    shares = _shares(scores, weights, scored.total)
    tenths = running_tenths(shares)
    starts = [sum(shares[:index]) for index in range(len(shares))]
    rows = zip(DIMENSIONS, shares, scores, starts, tenths, strict=True)
    return Sounding(scored.total, tuple(Part(*row) for row in rows))


def running_tenths(micros: Sequence[int]) -> list[int]:
    """Millionths as tenths of a point whose sum is the cut sum: each is what the cut running sum moved by.

    So the numbers that a page prints add up to the total it prints; none is a tenth or more from what it stands for.
    The total is cut as the whole points of lists are: a list that says 52 leads to a page that says 52.9, not 53.0.
    """
    parts, exact, reached = [], 0, 0
    for micro in micros:
        exact += micro
        now = exact // TENTH
        parts.append(now - reached)
        reached = now
    return parts


def tenths_text(tenths: int) -> str:
    """Tenths of a point as text: 147 -> "14.7"."""
    return f"{tenths / 10:.1f}"


def svg_number(micro: int) -> str:
    """Millionths as a number that SVG takes, at most four decimals, never in a reader's own notation."""
    return f"{micro / MICRO:.4f}".rstrip("0").rstrip(".")


def _shares(scores: Sequence[int], weights: Mapping[str, int], total: int) -> list[int]:
    """Whole millionths that add up to the total; what rounding leaves goes to the greatest part."""
    whole = sum(weights[name] for name in DIMENSIONS)
    shares = [weights[name] * score // whole for name, score in zip(DIMENSIONS, scores, strict=True)]
    greatest = max(range(len(shares)), key=shares.__getitem__)
    shares[greatest] += total - sum(shares)
    return shares
