"""The words of the stage machine: stages, what is remembered of a lead, what a decision needs, what it yields.

Frozen dataclasses only. Points of factors and totals are integers in millionths (micro); moments are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """Where a lead stands. The first four are a ladder; the others lie beside it."""

    INITIAL_ENGAGEMENT = "initial_engagement"
    PROFILE_DEVELOPMENT = "profile_development"
    CONVERSION_SIGNALS = "conversion_signals"
    QUALIFIED = "qualified"
    CUSTOMER = "customer"
    DISQUALIFIED = "disqualified"
    RECYCLED = "recycled"


LADDER = (Stage.INITIAL_ENGAGEMENT, Stage.PROFILE_DEVELOPMENT, Stage.CONVERSION_SIGNALS, Stage.QUALIFIED)
"""From low to high."""
RUNG: Mapping[Stage, int] = {stage: rung for rung, stage in enumerate(LADDER)}
"""How high a stage of the ladder is."""


@dataclass(frozen=True, slots=True)
class StageState:
    """What the machine remembers of one lead between two evaluations.

    Attributes:
        since: when the stage was entered.
        holding: condition name (such as "total_55") -> since when every evaluation saw it hold.
        recycled_at: when silence last recycled the lead; conversion triggers up to then are spent.
        left_customer_at: when it last stopped being a customer; deals won up to then are spent.
        overridden: somebody's override keeps it in this stage.
        rejected_at: when the rejection that keeps it disqualified or recycled was first seen.
    """

    stage: Stage
    since: datetime
    holding: Mapping[str, datetime] = field(default_factory=dict)
    recycled_at: datetime | None = None
    left_customer_at: datetime | None = None
    overridden: bool = False
    rejected_at: datetime | None = None

    @property
    def spent_until(self) -> datetime | None:
        """Triggers, acceptance and activity up to then count no more: silence or a rejection ended what they began."""
        moments = (self.recycled_at, self.rejected_at)
        return max((moment for moment in moments if moment is not None), default=None)

    @classmethod
    def beginning(cls, at: datetime) -> "StageState":
        """The state of a lead first seen at `at`."""
        return cls(Stage.INITIAL_ENGAGEMENT, at)

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it: moments are ISO 8601 texts, exact to the microsecond. What most leads lack is left out."""
        sales: dict[str, Any] = {"overridden": True} if self.overridden else {}
        if self.rejected_at is not None:
            sales["rejected_at"] = self.rejected_at.isoformat()
        return {
            "stage": self.stage.value,
            "since": self.since.isoformat(),
            "holding": {name: since.isoformat() for name, since in self.holding.items()},
            "recycled_at": _iso(self.recycled_at),
            "left_customer_at": _iso(self.left_customer_at),
            **sales,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "StageState":
        """The inverse of `as_dict`. All but stage and since may be missing."""
        return cls(
            Stage(stored["stage"]),
            datetime.fromisoformat(stored["since"]),
            {name: datetime.fromisoformat(since) for name, since in stored.get("holding", {}).items()},
            _moment(stored.get("recycled_at")),
            _moment(stored.get("left_customer_at")),
            bool(stored.get("overridden", False)),
            _moment(stored.get("rejected_at")),
        )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A conversion that fast-tracks to stages. The caller leaves cancelled ones out.

    Attributes:
        conversion: the conversion's name in the ruleset.
        stages: the names of the stages that it triggers.
        sentence: for pages ("Requested a quote for 4 bookkeepers").
    """

    conversion: str
    occurred_at: datetime
    stages: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """All that a decision needs to know about a lead at one instant.

    Attributes:
        factors: micro points by factor name; a missing factor is 0.
        total_micro: micro points.
        known: has an e-mail address or a user id; else a visitor.
        reachable: has an e-mail address or telephone number that works.
        permitted: profiling is permitted.
        disqualifications: names of the open disqualification gates.
        triggers: conversions that trigger stages, of any age and in any order.
        won_at: the latest won deal.
        last_seen_at: the latest event of any kind.
        accepted: a sales representative has accepted the lead.
        open_opportunity: an opportunity is open, neither won nor lost.
        accepted_at: when that was; an acceptance from before a recycling is spent. Without it `accepted` counts always.
        rejection: the name of the reason for which sales rejected it; nothing when it is not rejected.
        rejected_at: when that was; a rejection without it does not count.
        override_stage: the stage that somebody put it into by hand; nothing when nobody did.
        override_until: from then on the override counts no more; one without an end counts until it is released.
    """

    factors: Mapping[str, int] = field(default_factory=dict)
    total_micro: int = 0
    known: bool = False
    reachable: bool = False
    permitted: bool = False
    disqualifications: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    won_at: datetime | None = None
    last_seen_at: datetime | None = None
    accepted: bool = False
    open_opportunity: bool = False
    accepted_at: datetime | None = None
    rejection: str = ""
    rejected_at: datetime | None = None
    override_stage: str = ""
    override_until: datetime | None = None


class ReasonCode(StrEnum):
    """Why a lead moved."""

    TRIGGER = "trigger"  # a conversion fast-tracked it
    TOTAL_HELD = "total_held"  # the total was high for long enough
    FACTOR_REACHED = "factor_reached"  # a factor reached its threshold
    FACTOR_LOW = "factor_low"  # a factor is below what the stage asks for
    TOTAL_LOW = "total_low"  # the total is below what the stage asks for
    NO_TRIGGER = "no_trigger"  # no conversion trigger was seen for long
    NEED_MISSING = "need_missing"  # not known, not reachable or not permitted any more
    RULE_CHANGED = "rule_changed"  # the ruleset has no such stage, or nothing that keeps a lead in it
    WON_DEAL = "won_deal"
    DISQUALIFICATION = "disqualification"
    DISQUALIFICATION_OVER = "disqualification_over"
    SILENCE = "silence"
    ACTIVE_AGAIN = "active_again"
    OVERRIDE = "override"  # somebody put it there by hand
    OVERRIDE_OVER = "override_over"  # nobody holds it by hand any more
    REJECTED = "rejected"  # sales said no
    REQUALIFIED = "requalified"  # sales took its no back


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a transition.

    Attributes:
        sentence: what a salesperson reads.
        detail: the same as values that JSON takes.
    """

    code: ReasonCode
    sentence: str
    detail: Mapping[str, str | int | None] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {"code": self.code.value, "sentence": self.sentence, "detail": dict(self.detail)}


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from one stage straight to another. Never changed once made; it has one reason or more."""

    from_stage: Stage
    to_stage: Stage
    at: datetime
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What an evaluation yields: the state to remember, and at most one transition."""

    state: StageState
    transitions: tuple[Transition, ...] = ()
