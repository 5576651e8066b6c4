"""Explanations of one lead, straight from its events, by the plain-Python executor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from leadline.eventstore import queries
from leadline.eventstore.replaying import history_known, identities_known
from leadline.kernel.clock import to_micros, utc_day, utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.pipeline.replay import replayed
from leadline.pipeline.timelines import TimelineEntry as TimelineEntry
from leadline.pipeline.timelines import identities_of
from leadline.pipeline.timelines import timeline as timeline
from leadline.scoring.contributions import (
    Contribution,
    closes_on,
    contributions,
    lead_history,
    measured_in,
    without_decay,
)
from leadline.scoring.engine import plain_measures, score_raws
from leadline.scoring.event_sentences import event_sentence
from leadline.scoring.ledger import LedgerLine, fit_ledger, ledger, with_ends
from leadline.scoring.ruleset import Factor, Ruleset
from leadline.scoring.score import LeadScore
from leadline.scoring.sentences import sentence_for
from leadline.scoring.service import ruleset_of
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.models import Lead


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a lead has its score. The points of the ledger sum to the total.

    Attributes:
        ruleset: its number; 0 for a draft.
        sentences: for each factor and penalty name the words for what is behind it.
        behind: for each the days, values or traits that it was measured from; their points sum to its line's.
        fit: the lines of fit, which sum to the fit points, outside the total.
        known_at: what was known then; None for what is known now.
        told: message hash -> the sentence of an event of `behind`.
        permitted: False when the person refused profiling, or was known to at `known_at`: nothing counts.
    """

    lead: int
    as_of: datetime
    ruleset: int
    score: LeadScore
    ledger: list[LedgerLine]
    sentences: Mapping[str, str]
    behind: Mapping[str, Sequence[Contribution]] = field(default_factory=dict)
    fit: Sequence[LedgerLine] = ()
    known_at: datetime | None = None
    told: Mapping[int, str] = field(default_factory=dict)
    permitted: bool = True


def explain(
    engine: Engine, lead: int, as_of: datetime | None = None, *, known_at: datetime | None = None, ruleset: str = ""
) -> Explanation:
    """The score of a lead at `as_of` (default: now) with every point of it.

    Args:
        known_at: only with what was known then, of whole UTC days: the score that `replay.score_as_known` gives.
        ruleset: a reference (`scoring.service.ruleset_of`); the one in force without it, or that was in force then.

    Raises:
        NotFoundError: there is no such lead or ruleset.
    """
    moment = as_of or known_at or utc_now()
    if known_at is not None:
        return _explain_known(engine, lead, moment, known_at, ruleset)
    events, traits = history_of(engine, lead, moment)
    told = explained(lead, ruleset_of(ruleset) if ruleset else engine.ruleset, events, traits, moment)
    return replace(told, permitted=Lead.objects.get(pk=lead).profiling_allowed)


def _explain_known(engine: Engine, lead: int, moment: datetime, known_at: datetime, ruleset: str) -> Explanation:
    stamp = replayed(engine, lead, utc_day(moment), known_at, ruleset).stamp
    rules = ruleset_of(ruleset or str(stamp.ruleset or ""))
    with engine.store.cursor() as cursor:
        identities = identities_known(cursor, lead, stamp.knowledge.edge_id) if stamp.permitted else []
        events, traits = history_known(cursor, identities, stamp.knowledge.load_seq)
    return replace(explained(lead, rules, events, traits, moment, known_at), permitted=stamp.permitted)


def explained(
    lead: int,
    ruleset: Ruleset,
    events: Sequence[Event],
    traits: Sequence[TraitChange],
    moment: datetime,
    known_at: datetime | None = None,
) -> Explanation:
    """The explanation of a history."""
    history = lead_history(ruleset, events, traits, utc_day(moment))
    score = score_raws(measured_in(history, ruleset.measures), ruleset)
    plain = measured_in(history, plain_measures(ruleset))
    ends = {p.gate.name: closes_on(p.gate, history) for p in ruleset.penalties if p.gate.name in score.penalties}
    lines = with_ends(ledger(score, ruleset, without_decay(ruleset, history)), ends)
    fit = fit_ledger(score)
    behind = contributions(ruleset, [*lines, *fit], history)
    sentences = _sentences(ruleset, score, plain)
    told = _told(ruleset, behind)
    return Explanation(lead, moment, ruleset.number, score, lines, sentences, behind, fit, known_at, told)


def _told(ruleset: Ruleset, behind: Mapping[str, Sequence[Contribution]]) -> dict[int, str]:
    events = {event.message_hash: event for parts in behind.values() for part in parts for event in part.events}
    return {key: event_sentence(ruleset, each.name, each.properties, each.kind) for key, each in events.items()}


def history_of(engine: Engine, lead: int, moment: datetime) -> tuple[Sequence[Event], Sequence[TraitChange]]:
    """Events and trait changes of a lead up to a moment. Of our own people nothing counts, nor of who refused
    profiling.

    Raises:
        NotFoundError: there is no such lead.
    """
    row = Lead.objects.filter(pk=lead).only("internal", "profiling_allowed").first()
    if row is None:
        raise NotFoundError(f"There is no lead {lead}.")
    if row.internal or not row.profiling_allowed:
        return [], []
    identities, until = identities_of(lead), to_micros(moment)
    with engine.store.cursor() as cursor:
        events = queries.events_of(cursor, identities)
        traits = queries.traits_of(cursor, identities)
    return (
        [event for event in events if event.occurred_micros <= until],
        [change for change in traits if change.occurred_micros <= until],
    )


def _sentences(ruleset: Ruleset, score: LeadScore, plain: Sequence[int]) -> dict[str, str]:
    sentences = {
        factor.name: sentence_for(factor, score, plain[index]) if plain[index] else "nothing yet"
        for index, factor in _places(ruleset)
    }
    sentences.update({penalty.gate.name: penalty.gate.sentence for penalty in ruleset.penalties})
    return sentences


def _places(ruleset: Ruleset) -> list[tuple[int, Factor]]:
    """Where each factor stands among the measures; those of fit come last."""
    first_fit = len(ruleset.measures) - len(ruleset.fit_factors)
    return [*enumerate(ruleset.factors), *enumerate(ruleset.fit_factors, start=first_fit)]
