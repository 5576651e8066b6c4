"""What would move a lead: each next step of a person, scored and judged as if it happened now.

A prediction is no estimate: the history with the step is scored by the same executor, and the stage machine is asked
with what the record store would know then. So when exactly that event comes in, the total and the stage are these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leadline.engagement.cells import MICROS_PER_DAY, Cell, day_of
from leadline.kernel.clock import to_micros, utc_day
from leadline.qualification.evaluation import evaluate
from leadline.qualification.facts import conversions_of, triggers_of
from leadline.qualification.stages import RUNG, LeadFacts, Stage, StageState
from leadline.scoring.arithmetic import points
from leadline.scoring.engine import score_raws
from leadline.scoring.measuring import cells_by_metric, measure_cells
from leadline.scoring.next_steps import Step, next_steps
from leadline.scoring.ruleset import Across, Measure, Ruleset
from leadline.scoring.score import LeadScore
from leadline.tracking.events import Event, TraitChange

MICRO = 1_000_000
CellsByMetric = Mapping[str, Sequence[Cell]]
CONTACT_TRAITS = frozenset({"email", "phone"})
"""Traits that make somebody reachable."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What one step would do.

    Attributes:
        name: of the factor or the conversion that the step is for.
        action: what somebody would do: "a strategy call".
        total_micro: the total with it, in millionths of a point.
        gain_micro: what it adds to the total.
        grade, stage: with it.
        moves_stage: whether the stage is another one than without it.
        sentence: "A strategy call would lift the total to 71 and the stage to qualified."
        step: what would come in.
    """

    name: str
    action: str
    total_micro: int
    gain_micro: int
    grade: str
    stage: Stage
    moves_stage: bool
    sentence: str
    step: Step

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "action": self.action,
            "total": points(self.total_micro),
            "gain": points(self.gain_micro),
            "grade": self.grade,
            "stage": self.stage.value,
            "moves_stage": self.moves_stage,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Now:
    """A lead at an instant.

    Attributes:
        events, traits: all that is known up to `at`, of all its identities.
        state: what the stage machine remembers.
        facts: as they are at `at`, with the score of this history.
        cells: of these events under the ruleset in force, by metric; computed when they are not given.
    """

    events: Sequence[Event]
    traits: Sequence[TraitChange]
    score: LeadScore
    state: StageState
    facts: LeadFacts
    at: datetime
    cells: CellsByMetric | None = None


def counterfactuals(ruleset: Ruleset, now: Now) -> list[Counterfactual]:
    """What each next step would do: those that move the stage first, then by gain. Steps that lift nothing are left
    out."""
    if now.cells is None:
        now = replace(now, cells=cells_by_metric(ruleset.measures, now.events))
    without = evaluate(ruleset, now.state, now.facts, now.at).state.stage
    steps = next_steps(ruleset, now.traits, _identity(now), to_micros(now.at))
    found = [each for step in steps if (each := _weighed(ruleset, now, step, without)) is not None]
    return sorted(found, key=lambda each: (-each.moves_stage, -each.gain_micro))


def _identity(now: Now) -> int:
    """The name under which something was heard last."""
    told = [(event.occurred_micros, event.identity) for event in now.events]
    told += [(change.occurred_micros, change.identity) for change in now.traits]
    return max(told, default=(0, 1))[1]


def _weighed(ruleset: Ruleset, now: Now, step: Step, without: Stage) -> Counterfactual | None:
    score = scored_with(ruleset, now, step)
    stage = evaluate(ruleset, now.state, facts_with(ruleset, now, step, score), now.at).state.stage
    gain = score.total_micro - now.score.total_micro
    lifts = stage is not without and _height(stage) > _height(without)
    if not lifts and (gain <= 0 or stage is not without):
        return None
    sentence = _sentence(now, step, score, stage if lifts else None)
    return Counterfactual(step.name, step.action, score.total_micro, gain, score.grade, stage, lifts, sentence, step)


def _height(stage: Stage) -> int:
    return RUNG.get(stage, -1)


def scored_with(ruleset: Ruleset, now: Now, step: Step) -> LeadScore:
    """The score of the history with the step: only what reads it is measured again, and of cells only its day's."""
    known = cells_by_metric(ruleset.measures, now.events) if now.cells is None else now.cells
    touched = cells_by_metric(ruleset.measures, [step.event]).keys() if step.event else frozenset()
    places = [
        index
        for index, measure in enumerate(ruleset.measures)
        if measure.metric.digest in touched or (step.traits and measure.across is Across.STATE)
    ]
    measures = [ruleset.measures[index] for index in places]
    cells = _with_event(measures, known, now.events, step.event) if step.event else known
    again = measure_cells(measures, cells, [*now.traits, *step.traits], utc_day(now.at))
    raws = list(now.score.raws)
    for index, raw in zip(places, again, strict=True):
        raws[index] = raw
    return score_raws(raws, ruleset)


def _with_event(
    measures: Sequence[Measure], known: CellsByMetric, events: Sequence[Event], event: Event
) -> CellsByMetric:
    """The cells with one more event: a day's cells depend on no other day, so that only its own are made again."""
    day, begins = day_of(event.occurred_micros), event.occurred_micros // MICROS_PER_DAY * MICROS_PER_DAY
    same_day = [each for each in events if begins <= each.occurred_micros < begins + MICROS_PER_DAY]
    again = cells_by_metric(measures, [*same_day, event])
    digests = {measure.metric.digest for measure in measures}
    return {
        digest: [*(cell for cell in known.get(digest, ()) if cell.day != day), *again.get(digest, ())]
        for digest in digests
    }


def facts_with(ruleset: Ruleset, now: Now, step: Step, score: LeadScore) -> LeadFacts:
    """What the record store would say once the step has come in."""
    made = triggers_of(ruleset, conversions_of(ruleset, [step.event])) if step.event else ()
    seen = now.facts.last_seen_at
    return replace(
        now.facts,
        factors={each.name: each.score_micro for d in score.dimensions.values() for each in d.factors.values()},
        total_micro=score.total_micro,
        disqualifications=score.disqualifications,
        triggers=(*now.facts.triggers, *made),
        last_seen_at=now.at if seen is None else max(seen, now.at),
        reachable=now.facts.reachable or any(change.key in CONTACT_TRAITS for change in step.traits),
    )


def _sentence(now: Now, step: Step, score: LeadScore, stage: Stage | None) -> str:
    gained = score.total_micro > now.score.total_micro
    lifted = [f"the total to {_points(score.total_micro, now.score.total_micro)}"] if gained else []
    if stage is not None:
        lifted.append(f"the stage to {stage.value.replace('_', ' ')}")
    elif score.grade != now.score.grade:
        lifted.append(f"the grade to {score.grade}")
    action = f"{step.action[:1].upper()}{step.action[1:]}"
    return f"{action} would lift {' and '.join(lifted)}."


def _points(micro: int, before: int) -> str:
    """Whole points, cut as pages cut them; with decimals when whole points would show no difference."""
    if micro // MICRO != before // MICRO:
        return str(micro // MICRO)
    tenths = micro // (MICRO // 10)
    if tenths != before // (MICRO // 10):
        return f"{tenths // 10}.{tenths % 10}"
    return f"{points(micro):.6f}"
