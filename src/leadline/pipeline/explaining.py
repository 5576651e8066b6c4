"""Explanations and timelines of one lead, straight from its events, by the plain-Python executor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadline.engagement.cells import ACTIVE_TYPES
from leadline.eventstore import queries
from leadline.eventstore.sessions import StoredSession, sessions_of
from leadline.kernel.clock import to_micros, utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ledger import LedgerLine, ledger
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score import LeadScore
from leadline.scoring.sentences import conversion_sentence, sentence_for
from leadline.tracking.events import Event, TraitChange
from leadline.tracking.models import Identity, Lead


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a lead has its score. The points of the ledger sum to the total.

    `sentences` gives for each factor and penalty name the words for what is behind it.
    """

    lead: int
    as_of: datetime
    ruleset: int
    score: LeadScore
    ledger: list[LedgerLine]
    sentences: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a person, told in words. `dimension` is the one whose factor reads it, or empty; `noise` is "bot" or
    "internal" when it counts in no score; `visit` is the session that ends with it."""

    occurred_at: datetime
    kind: str
    name: str
    sentence: str
    dimension: str
    noise: str = ""
    visit: StoredSession | None = None


def explain(engine: Engine, lead: int, as_of: datetime | None = None) -> Explanation:
    """The score of a lead at `as_of` (default: now) with every point of it.

    Raises:
        NotFoundError: there is no such lead.
    """
    moment = as_of or utc_now()
    events, traits = history_of(engine, lead, moment)
    scorer = LeadScoringEngine(engine.ruleset)
    score = scorer.score_history(events, traits, moment.date())
    plain = scorer.undecayed(events, traits, moment.date())
    lines = ledger(score, engine.ruleset)
    return Explanation(lead, moment, engine.ruleset.number, score, lines, _sentences(engine.ruleset, score, plain))


def timeline(engine: Engine, lead: int, limit: int = 100) -> list[TimelineEntry]:
    """The latest events of a lead, newest first."""
    with engine.store.cursor() as cursor:
        events = queries.timeline(cursor, _identities(lead), limit)
        ends = {session.ended_at: session for session in sessions_of(cursor, lead, limit)}
    dimensions = dimensions_by_event(engine.ruleset)
    return [
        TimelineEntry(
            event.occurred_at,
            event.kind,
            event.name,
            event_sentence(engine.ruleset, event.name, event.properties),
            dimensions.get(event.name, ""),
            event.noise,
            ends.pop(event.occurred_at, None) if event.kind in ACTIVE_TYPES and not event.noise else None,
        )
        for event in events
    ]


def dimensions_by_event(ruleset: Ruleset) -> dict[str, str]:
    """Event name -> the dimension of the first factor that reads it."""
    found: dict[str, str] = {}
    for factor in reversed(ruleset.factors):
        for event in factor.measure.metric.events:
            found[event] = factor.dimension
    return found


def event_sentence(ruleset: Ruleset, name: str, properties: Mapping[str, object]) -> str:
    """One event in words: a conversion's own sentence, else its name with what it was about."""
    for rule in ruleset.conversions:
        if rule.event == name and rule.sentence:
            return conversion_sentence(rule, properties)
    about = _about(properties)
    return f"{name}: {about}" if about else name


ABOUT = ("title", "tool", "content_id", "course_id", "quiz_id", "plan", "intent", "reason", "owner", "path")


def _about(properties: Mapping[str, object]) -> str:
    for name in ABOUT:
        value = properties.get(name)
        if isinstance(value, str) and value:
            return value.replace("-", " ").replace("_", " ") if name != "path" else value
    return ""


def history_of(engine: Engine, lead: int, moment: datetime) -> tuple[Sequence[Event], Sequence[TraitChange]]:
    """Events and trait changes of a lead up to a moment. Of our own people nothing counts.

    Raises:
        NotFoundError: there is no such lead.
    """
    row = Lead.objects.filter(pk=lead).only("internal").first()
    if row is None:
        raise NotFoundError(f"There is no lead {lead}.")
    if row.internal:
        return [], []
    identities, until = _identities(lead), to_micros(moment)
    with engine.store.cursor() as cursor:
        events = queries.events_of(cursor, identities)
        traits = queries.traits_of(cursor, identities)
    return (
        [event for event in events if event.occurred_micros <= until],
        [change for change in traits if change.occurred_micros <= until],
    )


def _identities(lead: int) -> list[int]:
    return list(Identity.objects.filter(lead=lead).values_list("pk", flat=True))


def _sentences(ruleset: Ruleset, score: LeadScore, plain: Sequence[int]) -> dict[str, str]:
    sentences = {
        factor.name: sentence_for(factor, score, plain[index]) if plain[index] else "nothing yet"
        for index, factor in enumerate(ruleset.factors)
    }
    sentences.update({penalty.gate.name: penalty.gate.sentence for penalty in ruleset.penalties})
    return sentences
