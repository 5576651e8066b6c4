"""A company's score from its people's totals: the best one, and a share of each further one. Pure.

Exact: `best + further_share * further` in whole thousandths of millionths. The running sum is rounded half up after
each person, and a person's part is what it moved by, so that the parts add up to the company's total. The total ends
at 100; what goes beyond it nobody is credited for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leadline.engagement.metrics import SCALE
from leadline.qualification.stages import Stage
from leadline.scoring.sales_terms import AccountRule

MOST = 100_000_000
"""100 points in millionths."""
NOT_COUNTED = frozenset({Stage.DISQUALIFIED})
"""Stages whose people say nothing about their company: a job seeker's visits are no interest in buying."""


@dataclass(frozen=True, slots=True)
class AccountPart:
    """What one person adds. Millionths of a point.

    Attributes:
        total: the person's own.
        part: of the company's total; 0 for those beyond the first so many.
    """

    lead: int
    total: int
    part: int


@dataclass(frozen=True, slots=True)
class AccountScore:
    """One company. The parts, the best person first, add up to `total` (millionths of a point)."""

    total: int
    parts: tuple[AccountPart, ...]

    @property
    def best(self) -> int | None:
        """The person with the highest total; None without anybody."""
        return self.parts[0].lead if self.parts else None


def account_score(rule: AccountRule, totals: Mapping[int, int]) -> AccountScore:
    """The score of a company.

    Args:
        totals: lead -> total in millionths of a point, of everybody who counts.
    """
    parts, exact, reached = [], 0, 0
    for place, (lead, total) in enumerate(best_first(totals.items())):
        exact += total * (SCALE if place == 0 else rule.further_share if place < rule.people else 0)
        now = min((exact + SCALE // 2) // SCALE, MOST)
        parts.append(AccountPart(lead, total, now - reached))
        reached = now
    return AccountScore(reached, tuple(parts))


def best_first(totals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """(lead, total), the highest total first; of equal ones the lead that came first."""
    return sorted(totals, key=lambda pair: (-pair[1], pair[0]))


def counts(stage: str) -> bool:
    """Whether somebody in this stage counts for their company; nobody does while their standing rests."""
    return bool(stage) and stage not in NOT_COUNTED
