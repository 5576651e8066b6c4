"""The three reasons that a CRM is told why a lead is worth a call, the first as Call next words it. Pure.

Then come the conversions of the last 30 days before the lead was judged, and then what gives most to the score: all of
rows that were written when the lead was judged, so that the same rows give the same words on any day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leadline.crm.local_fields import REASONS
from leadline.scoring.arithmetic import WEIGHT_ONE, Curve
from leadline.scoring.ruleset import Factor, Ruleset
from leadline.scoring.sentences import conversion_sentence, measured_sentence, says_less

HUNDRED_MICRO = 100_000_000
RECENT = timedelta(days=30)
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Made:
    """A conversion that stands."""

    name: str
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)


def reasons(
    ruleset: Ruleset, why_now: str, conversions: Iterable[Made], factors: Sequence[int], judged_at: datetime
) -> tuple[str, ...]:
    """Up to three sentences, each once.

    Args:
        why_now: the reason that the lead's row shows.
        factors: what each factor of this ruleset gave, in millionths of a point; empty when that is not known.
    """
    recent = sorted((each for each in conversions if judged_at - each.at <= RECENT), key=lambda each: each.at)
    told = list(dict.fromkeys(filter(None, (why_now, *_conversion_sentences(ruleset, reversed(recent))))))
    for sentence in _factor_sentences(ruleset, factors, {each.name for each in recent}):
        if sentence not in told:
            told.append(sentence)
    return tuple(told[:REASONS])


def measure_of(factor: Factor, micro: int) -> float:
    """What was measured for a factor to give so much, in thousandths times billionths: the inverse of its curve. Of
    one that gives 100 points it is the least that does."""
    x = micro / HUNDRED_MICRO
    if factor.curve is Curve.SQRT:
        x = x * x
    elif factor.curve is Curve.LOG:
        x = (10.0**x - 1.0) / 9.0
    return round(x * factor.full_at, DIGITS) * WEIGHT_ONE


def _conversion_sentences(ruleset: Ruleset, made: Iterable[Made]) -> Iterator[str]:
    rules = {rule.name: rule for rule in ruleset.conversions if rule.sentence}
    for each in made:
        if each.name in rules:
            yield conversion_sentence(rules[each.name], each.facts)


def _factor_sentences(ruleset: Ruleset, micro: Sequence[int], converted: set[str]) -> Iterator[str]:
    """The strongest first; not those that count what a conversion has said already."""
    if len(micro) != len(ruleset.factors):
        return
    said = {rule.event for rule in ruleset.conversions if rule.name in converted}
    given = {
        factor.name: points * ruleset.worth[factor.name] for factor, points in zip(ruleset.factors, micro, strict=True)
    }
    points_of = {factor.name: points for factor, points in zip(ruleset.factors, micro, strict=True)}
    for factor in sorted(ruleset.factors, key=lambda factor: -given[factor.name]):
        if given[factor.name] > 0 and said.isdisjoint(factor.measure.metric.events):
            full = points_of[factor.name] >= HUNDRED_MICRO
            yield measured_sentence(factor, measure_of(factor, points_of[factor.name]), least=full or says_less(factor))
