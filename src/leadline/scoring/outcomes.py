"""Outcomes that a backtest judges by: who converted when, from events, as the ruleset declares conversions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leadline.scoring.stage_terms import ConversionRule
from leadline.tracking.events import Event
from leadline.tracking.recognition import ConversionRecipe, fact_rank, key_of, makes, stands, worth_of

CLOSED_NOT_UNMADE = frozenset({"opportunity"})
"""Conversions whose `unless` event ends them and does not unmake them: a lost opportunity was one all the same."""


@dataclass
class Occurrence:
    """One conversion, once per key: its earliest event counts.

    Attributes:
        identity: of whoever converted.
        cancelled_micros: when it was cancelled last; None when it never was, or was made again since.
        facts: what the ruleset keeps with it.
    """

    identity: int = 0
    occurred_micros: int | None = None
    cancelled_micros: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    said_micros: int | None = None


def occurrences(rule: ConversionRule, events: Iterable[Event]) -> list[Occurrence]:
    """The conversions of one rule among these events, in no order. Noise makes and cancels none.

    A cancellation counts from when it came: before that, the conversion stood.
    """
    recipe = recipe_of(rule)
    found: dict[str, Occurrence] = {}
    for event in events:
        if event.kind != "track" or event.noise:
            continue
        cancels = event.name in rule.unless
        if not cancels and not makes(recipe, event.name, event.properties):
            continue
        key = key_of(recipe, event.source, f"{event.source}:{event.message_hash}", event.properties)
        _note(found.setdefault(key, Occurrence()), recipe, event, cancels)
    made = [each for each in found.values() if each.occurred_micros is not None]
    for each in made:
        if rule.name in CLOSED_NOT_UNMADE or stands(each.said_micros, each.cancelled_micros):
            each.cancelled_micros = None
    return made


def recipe_of(rule: ConversionRule) -> ConversionRecipe:
    """How a conversion is recognised."""
    return ConversionRecipe(
        rule.name, rule.event, rule.where, rule.key, rule.amount, rule.currency, rule.unless, rule.facts
    )


def _note(known: Occurrence, recipe: ConversionRecipe, event: Event, cancels: bool) -> None:
    at = event.occurred_micros
    if cancels:
        known.cancelled_micros = at if known.cancelled_micros is None else max(at, known.cancelled_micros)
        return
    known.said_micros = at if known.said_micros is None else max(at, known.said_micros)
    facts = worth_of(recipe, event.properties).facts
    rank = (at, *fact_rank(facts, event.identity))
    if known.occurred_micros is None or rank < (known.occurred_micros, *fact_rank(known.facts, known.identity)):
        known.identity, known.occurred_micros, known.facts = event.identity, at, facts
