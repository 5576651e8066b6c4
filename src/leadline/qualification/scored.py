"""What scoring hands to qualification: one lead's numbers at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoredLead:
    """One lead under one ruleset. Numbers are millionths of a point.

    Attributes:
        amounts: by factor name, what was measured, in thousandths times billionths of its unit: for words only.
        factors: by factor name.
        disqualifications: names of the open gates.
        week_ago: the total seven days ago, 0 when there was none.
        fit: 1 fits best; 0 without fit rules. fit_points: its 0 to 100 points.
    """

    lead: int
    total: int
    engagement: int
    readiness: int
    conversion: int
    grade: str
    factors: Mapping[str, int]
    disqualifications: tuple[str, ...]
    amounts: Mapping[str, float]
    week_ago: int = 0
    fit: int = 0
    fit_points: int = 0
