"""What a person did, event by event, in words."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from leadline.engagement.cells import ACTIVE_TYPES
from leadline.eventstore.lead_timeline import Wanted, timeline_events, visits_between
from leadline.eventstore.sessions import StoredSession
from leadline.pipeline.engine import Engine
from leadline.scoring.event_sentences import event_sentence
from leadline.scoring.ruleset import Ruleset
from leadline.tracking.models import EventSource, Identity


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


def timeline(engine: Engine, lead: int, limit: int = 100) -> list[TimelineEntry]:
    """The latest events of a lead, newest first."""
    return timeline_page(engine, lead, Wanted(limit))


def timeline_page(engine: Engine, lead: int, wanted: Wanted) -> list[TimelineEntry]:
    """Some of a lead's events, newest first; each visit beside the event that ended it."""
    with engine.store.cursor() as cursor:
        events = timeline_events(cursor, identities_of(lead), wanted)
        ours = own_sites(engine.ruleset)
        visits = visits_between(cursor, lead, events[-1].occurred_at, events[0].occurred_at) if events else []
        ends = {session.ended_at: from_elsewhere(session, ours) for session in visits}
    dimensions = dimensions_by_event(engine.ruleset)
    return [
        TimelineEntry(
            event.occurred_at,
            event.kind,
            event.name,
            event_sentence(engine.ruleset, event.name, event.properties, event.kind),
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


def own_sites(ruleset: Ruleset) -> frozenset[str]:
    """The platform's own domains: those of its mail, and the web origins of its event sources."""
    origins = (origin for row in EventSource.objects.values_list("origins", flat=True) for origin in row)
    hosts = {str(origin).partition("://")[2].partition(":")[0].removeprefix("*.") for origin in origins}
    return frozenset({*hosts, *ruleset.domains.own} - {""})


def from_elsewhere(session: StoredSession, ours: Collection[str]) -> StoredSession:
    """A visit that our own site referred to came from nowhere else."""
    referrer = session.referrer_domain
    inside = referrer is not None and any(referrer == site or referrer.endswith(f".{site}") for site in ours)
    return replace(session, referrer_domain=None) if inside else session


def identities_of(lead: int) -> list[int]:
    """The surrogate numbers of a lead's names."""
    return list(Identity.objects.filter(lead=lead).values_list("pk", flat=True))
