"""The stage machine walked over a history, from nothing: for examples, forecasts, counterfactuals and replay."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadline.kernel.clock import to_micros, utc_day
from leadline.qualification.conditions import meets, reaches
from leadline.qualification.evaluation import evaluate
from leadline.qualification.facts import facts_of
from leadline.qualification.sales_words import SalesWord, own_word
from leadline.qualification.stages import LeadFacts, Stage, StageState, Transition
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score import LeadScore
from leadline.tracking.events import Event, TraitChange


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of a walk. `scores` are one for each instant, in order; `facts` are those of the last one."""

    state: StageState
    transitions: tuple[Transition, ...]
    scores: tuple[LeadScore, ...]
    facts: LeadFacts


def simulate(
    ruleset: Ruleset,
    events: Sequence[Event],
    traits: Sequence[TraitChange],
    kinds: Collection[str],
    instants: Iterable[datetime],
    actions: Sequence[SalesWord] = (),
    state: StageState | None = None,
) -> Simulation:
    """Evaluate one lead at each instant in order; each sees what occurred up to it and nothing later.

    Args:
        kinds: of the lead's identities, known throughout.
        instants: aware UTC, ascending: loads and midnights.
        state: where it stands before the first instant; from nothing without one.
    """
    engine = LeadScoringEngine(ruleset)
    transitions: list[Transition] = []
    scores: list[LeadScore] = []
    words, facts = list(actions), LeadFacts()
    now = state
    for at in instants:
        until = to_micros(at)
        seen = [event for event in events if event.occurred_micros <= until]
        said = [change for change in traits if change.occurred_micros <= until]
        scores.append(engine.score_history(seen, said, utc_day(at)))
        now = now or StageState.beginning(at)
        facts = facts_of(ruleset, scores[-1], seen, said, kinds, at, words)
        decision = evaluate(ruleset, now, facts, at)
        transitions.extend(decision.transitions)
        words.extend(own_words(decision.transitions))
        now = decision.state
    if now is None:
        raise ValueError("A simulation needs one instant or more.")
    return Simulation(now, tuple(transitions), tuple(scores), facts)


def own_words(transitions: Iterable[Transition]) -> list[SalesWord]:
    """What moves mean for what sales said: recycling releases a lead, coming back ends the rejection that recycled."""
    words = (own_word(m.from_stage, m.to_stage, m.at, {reason.code for reason in m.reasons}) for m in transitions)
    return [word for word in words if word is not None]


def might_move(
    ruleset: Ruleset,
    state: StageState,
    factors: Mapping[str, int],
    total_micro: int,
    before_micro: int,
    disqualifications: Collection[str],
) -> bool:
    """Whether an evaluation of everybody looks at a lead that was scored before: the same that `current.movers` asks.

    Everybody beyond the first stage, and whoever meets an entry condition, or did so with the total of before.
    """
    if state.stage is not Stage.INITIAL_ENGAGEMENT or disqualifications:
        return True
    highest = max(total_micro, before_micro)
    return any(
        meets(factors, rule.enter) or (rule.enter_total is not None and reaches(highest, rule.enter_total))
        for rule in ruleset.stages
    )
