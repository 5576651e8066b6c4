"""What a ruleset agrees with sales: how companies are scored, how soon somebody calls, why a lead may be rejected."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AccountRule:
    """A company's score: its best person's total, and a share of each further one's, up to 100.

    Attributes:
        people: how many count, the best first.
        further_share: thousandths of each further person's total.
    """

    people: int = 3
    further_share: int = 250


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When sales works. `days`: 0 is Monday. `opens` and `closes`: minutes after midnight in `zone`."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: int = 9 * 60
    closes: int = 17 * 60
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ContactPromise:
    """How soon a qualified lead is contacted, in minutes of working time: after a trigger, and otherwise."""

    trigger_minutes: int = 60
    other_minutes: int = 8 * 60
    hours: WorkingHours = field(default_factory=WorkingHours)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reason for which sales rejects a lead. `to_stage`: disqualified, or recycled (comes back when active again)."""

    name: str
    label: str
    to_stage: str


REJECTIONS = (
    Rejection("not_hiring", "Not hiring now", "recycled"),
    Rejection("too_small", "Too small", "recycled"),
    Rejection("unreachable", "Could not be reached", "recycled"),
    Rejection("job_seeker", "Looks for work", "disqualified"),
    Rejection("vendor", "Sells to us", "disqualified"),
)
"""Unless a ruleset names its own."""
