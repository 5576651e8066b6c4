"""The cast of the stage tests: the default ruleset, facts of typical leads, and a history of evaluations."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from leadline.qualification.evaluation import evaluate
from leadline.qualification.stages import LeadFacts, Stage, StageState, Transition, Trigger
from leadline.scoring.document import bundled_ruleset, read_ruleset

RULESET = read_ruleset(bundled_ruleset("offshore-staffing"))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TRIGGERS_BOTH = ("conversion_signals", "qualified")

READER = {"tool_usage": 54, "content_completion": 51, "time_spent": 5}
"""Enters profile_development."""
BUILDER = {"profile_completion": 62, "quiz_results": 5, "role_builder_progress": 55}
"""With READER: enters conversion_signals."""


def day(number: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


def micro(points: dict[str, float]) -> dict[str, int]:
    """Points as facts hold them."""
    return {name: round(value * 1_000_000) for name, value in points.items()}


def lead(points: dict[str, float] | None = None, total: float = 0, **changed: object) -> LeadFacts:
    """A known, reachable person who permits profiling; `changed` overrides."""
    facts = LeadFacts(micro(points or {}), round(total * 1_000_000), known=True, reachable=True, permitted=True)
    return replace(facts, **{"last_seen_at": START, **changed})


def quote(at: datetime = START) -> Trigger:
    """Triggers conversion_signals and qualified."""
    return Trigger("quote_requested", at, TRIGGERS_BOTH, "Requested a quote for 4 bookkeepers")


def premium(at: datetime = START) -> Trigger:
    """Triggers conversion_signals only."""
    return Trigger("premium_upgrade", at, ("conversion_signals",), "Upgraded to Premium")


def standing(stage: Stage, since: datetime = START, **more: object) -> StageState:
    """A lead that is in a stage."""
    return StageState(stage, since, **more)


def moves(state: StageState, facts: LeadFacts, at: datetime) -> tuple[Stage, ...]:
    """Where one evaluation moves a lead to: nowhere, or one stage."""
    return tuple(transition.to_stage for transition in evaluate(RULESET, state, facts, at).transitions)


def sentences(state: StageState, facts: LeadFacts, at: datetime) -> list[str]:
    """The reasons of the one move."""
    (transition,) = evaluate(RULESET, state, facts, at).transitions
    return [reason.sentence for reason in transition.reasons]


def run(
    steps: Iterable[tuple[datetime, LeadFacts]], state: StageState | None = None
) -> tuple[StageState, list[Transition]]:
    """Evaluate at each of the instants, in order."""
    current, transitions = state or StageState.beginning(START), []
    for at, facts in steps:
        decision = evaluate(RULESET, current, facts, at)
        current = decision.state
        transitions += decision.transitions
    return current, transitions
