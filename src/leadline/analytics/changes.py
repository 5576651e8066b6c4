"""What changed: which metrics moved more than chance would, told in sentences. Pure.

Counts are held against chance as Poisson counts, shares as proportions: a move of two standard errors is told, from a
tenth up or down. What has no such rule (money, times) is told from a fifth. Nothing is told that rests on few cases.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from leadline.analytics.metrics import Measure, Measured, told
from leadline.analytics.report import ValueKind
from leadline.analytics.written import write

FEWEST = 10
"""So many cases both spans must have (for counts: at least one of them)."""
CLEAR = 2.0
"""Standard errors."""
MUCH, SOME = 0.2, 0.1
"""Relative moves: what money and times, and what everything must have moved by at least."""


@dataclass(frozen=True, slots=True)
class Change:
    """One metric, now and before.

    Attributes:
        share: by how much it moved, relative to before; None from nothing.
        size: how clear the move is: 1 is just clear enough to be told.
    """

    measure: Measure
    now: Measured
    before: Measured
    share: float | None
    size: float

    def sentence(self, currency: str = "") -> str:
        """Such as "Qualified leads rose by 40%, from 20 to 28"."""
        now, before = (write(told(self.measure, one), self.measure.kind, currency) for one in (self.now, self.before))
        how = f" by {abs(self.share):.0%}" if self.share is not None else ""
        moved = "rose" if (self.now.value or 0) > (self.before.value or 0) else "fell"
        return f"{self.measure.label} {moved}{how}, from {before} to {now}"


def change(measure: Measure, now: Measured, before: Measured) -> Change | None:
    """The move of one metric, if it is clear enough to be told."""
    if now.value is None or before.value is None or now.value == before.value:
        return None
    size = _size(measure, now.value, now.cases, before.value, before.cases)
    share = (now.value - before.value) / before.value if before.value else None
    if size < 1 or (share is not None and abs(share) < SOME):
        return None
    return Change(measure, now, before, share, size)


def clearest(changes: Iterable[Change | None]) -> list[Change]:
    """Those that there are, the clearest first."""
    return sorted(filter(None, changes), key=lambda one: (-one.size, one.measure.name))


def _size(measure: Measure, now: float, cases: int, before: float, cases_before: int) -> float:
    if measure.kind is ValueKind.COUNT:
        return 0.0 if max(now, before) < FEWEST else abs(now - before) / math.sqrt(now + before) / CLEAR
    if min(cases, cases_before) < FEWEST:
        return 0.0
    if measure.kind is ValueKind.SHARE:
        return _proportions(now, cases, before, cases_before) / CLEAR
    return abs(now - before) / max(abs(before), 1e-9) / MUCH if before else 0.0


def _proportions(now: float, cases: int, before: float, cases_before: int) -> float:
    """The difference of two shares in standard errors."""
    whole = (now * cases + before * cases_before) / (cases + cases_before)
    spread = whole * (1 - whole) * (1 / cases + 1 / cases_before)
    return abs(now - before) / math.sqrt(spread) if spread > 0 else 0.0
