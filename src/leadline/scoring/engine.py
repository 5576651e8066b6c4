"""The plain-Python executor, for simulation, explanation and the SDK; equal to the bit to the event store's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from leadline.scoring.arithmetic import WEIGHT_ONE, clamp, factor_nano, position, to_micro, weighted_mean
from leadline.scoring.history import UserData, read_history
from leadline.scoring.measuring import measure_all
from leadline.scoring.ruleset import DIMENSIONS, Factor, Gate, Measure, Penalty, Ruleset
from leadline.scoring.score import DimensionScore, FactorScore, LeadScore
from leadline.tracking.events import Event, TraitChange

NANO_PER_THOUSANDTH = 1_000_000


class LeadScoringEngine:
    """Scores histories under one ruleset. It keeps nothing between calls."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset

    def calculate_score(self, user_data: UserData | Mapping[str, object]) -> LeadScore:
        """The score of one lead.

        Args:
            user_data: `events` (Segment messages or `Event`s), `traits` (a mapping as known at `as_of`, or
                `TraitChange`s) and `as_of` (a moment or a day; now when it is missing).

        Raises:
            DocumentError: an event has no time stamp or is of no known form; the message names it.
        """
        history = read_history(user_data, self.ruleset.domains)
        return self.score_history(history.events, history.traits, history.as_of)

    def score_history(self, events: Sequence[Event], traits: Sequence[TraitChange], as_of: date) -> LeadScore:
        """The score of one lead at the end of a UTC day, from the events and traits of all its identities."""
        return score_raws(measure_all(self.ruleset.measures, events, traits, as_of), self.ruleset)

    def undecayed(self, events: Iterable[Event], traits: Iterable[TraitChange], as_of: date) -> tuple[int, ...]:
        """What each measure would give without decay and daily caps: the plain numbers that sentences tell."""
        return measure_all(plain_measures(self.ruleset), events, traits, as_of)


def plain_measures(ruleset: Ruleset) -> list[Measure]:
    """The measures without decay and daily caps."""
    return [replace(measure, half_life_days=None, daily_cap=None) for measure in ruleset.measures]


def score_raws(raws: Sequence[int], ruleset: Ruleset) -> LeadScore:
    """The score of one lead from what was measured.

    Args:
        raws: thousandths times billionths of each metric's unit, in the order of `ruleset.measures`.
    """
    factors, penalties, disqualifications, fits = _sections(raws, ruleset)
    scores = [_factor_score(factor, raw) for factor, raw in factors]
    fitting = [_factor_score(factor, raw) for factor, raw in fits]
    fit_micro = to_micro(weighted_mean([(each.factor.weight, each.nano) for each in fitting])) if fitting else 0
    taken = [penalty for penalty, raw in penalties if is_open(penalty.gate, raw)]
    dimensions = {name: _dimension(name, scores, taken, ruleset) for name in DIMENSIONS}
    total = to_micro(weighted_mean([(d.weight_thousandths, d.nano) for d in dimensions.values()]))
    return LeadScore(
        ruleset=ruleset.name,
        number=ruleset.number,
        total_micro=total,
        grade=ruleset.grade_of(total),
        dimensions=dimensions,
        penalties=tuple(penalty.gate.name for penalty in taken),
        disqualifications=tuple(gate.name for gate, raw in disqualifications if is_open(gate, raw)),
        raws=tuple(raws),
        fit=ruleset.fit_of(fit_micro),
        fit_micro=fit_micro,
        fit_factors={each.name: each for each in fitting},
    )


def is_open(gate: Gate, raw: int) -> bool:
    """Whether a gate's measure reaches what it asks for."""
    return raw >= gate.at_least * WEIGHT_ONE


def _sections(
    raws: Sequence[int], ruleset: Ruleset
) -> tuple[list[tuple[Factor, int]], list[tuple[Penalty, int]], list[tuple[Gate, int]], list[tuple[Factor, int]]]:
    after_factors = len(ruleset.factors)
    after_penalties = after_factors + len(ruleset.penalties)
    after_gates = after_penalties + len(ruleset.disqualifications)
    return (
        list(zip(ruleset.factors, raws[:after_factors], strict=True)),
        list(zip(ruleset.penalties, raws[after_factors:after_penalties], strict=True)),
        list(zip(ruleset.disqualifications, raws[after_penalties:after_gates], strict=True)),
        list(zip(ruleset.fit_factors, raws[after_gates:], strict=True)),
    )


def _factor_score(factor: Factor, raw: int) -> FactorScore:
    return FactorScore(factor, raw, factor_nano(position(raw, factor.full_at), factor.curve))


def _dimension(name: str, scores: Sequence[FactorScore], taken: Sequence[Penalty], ruleset: Ruleset) -> DimensionScore:
    own = {each.name: each for each in scores if each.factor.dimension == name}
    mean = weighted_mean([(each.factor.weight, each.nano) for each in own.values()])
    lost = sum(penalty.points for penalty in taken if penalty.dimension == name) * NANO_PER_THOUSANDTH
    return DimensionScore(name, ruleset.dimension_weights[name], mean, clamp(mean - lost), own)
