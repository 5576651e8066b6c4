"""The tracking plan at work: how it is broken, and a first one made from what has arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from leadline.eventstore.planning import track_events
from leadline.kernel.clock import utc_day, utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.tracking.models import EventSource, ViolationTally
from leadline.tracking.plan_inference import as_yaml, infer

WEEK, MONTH = 7, 30
MOST_NAMES = 500
MOST_EVENTS = 10_000
"""Of each event, so many of the latest are looked at."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which events of a source break the plan.

    Attributes:
        week, month: events of the last 7 and 30 UTC days, today included.
        blocked: how many of the month's went to quarantine.
        tally: the number of the row that has the latest example.
    """

    source: str
    event: str
    kind: str
    property: str
    text: str
    week: int
    month: int
    blocked: int
    last_seen_at: datetime
    tally: int


def breaches(source: str, now: datetime) -> list[Breach]:
    """What broke the plan in the last 30 days, the most frequent of the week first. `source` empty: of all."""
    today = utc_day(now)
    rows = ViolationTally.objects.filter(day__gt=today - timedelta(days=MONTH)).select_related("source")
    rows = (rows.filter(source__name=source) if source else rows).defer("example").order_by("day", "last_seen_at")
    found: dict[tuple[str, str, str, str], Breach] = {}
    for row in rows:
        recent = row.count if row.day > today - timedelta(days=WEEK) else 0
        breach = _breach(row, recent)
        key = (breach.source, breach.event, breach.kind, breach.property)
        found[key] = _together(found[key], breach) if key in found else breach
    return sorted(found.values(), key=lambda each: (-each.week, -each.month, each.source, each.event, each.property))


def _breach(row: ViolationTally, recent: int) -> Breach:
    names = (row.source.name, row.event, row.kind, row.property, row.text)
    return Breach(*names, recent, row.count, row.blocked, row.last_seen_at, row.pk)


def _together(earlier: Breach, later: Breach) -> Breach:
    return replace(
        later,
        week=earlier.week + later.week,
        month=earlier.month + later.month,
        blocked=earlier.blocked + later.blocked,
    )


def plan_violations(engine: Engine, source: str = "") -> list[dict[str, Any]]:  # noqa: ARG001  # a command
    """What broke the plan in the last 30 days, without examples."""
    _source_number(source)
    found = [asdict(breach) for breach in breaches(source, utc_now())]
    return [{**each, "last_seen_at": each["last_seen_at"].isoformat()} for each in _without_tallies(found)]


def plan_infer(engine: Engine, source: str = "", days: int = MONTH) -> dict[str, Any]:
    """A first plan from the track events of so many days, as YAML, and of how many events it was made."""
    number, since = _source_number(source), utc_now() - timedelta(days=days)
    with engine.store.cursor() as cursor:
        events = list(track_events(cursor, number, since, MOST_NAMES, MOST_EVENTS))
    if not events:
        raise NotFoundError(
            f"No track event came in {days} days{f' from {source}' if source else ''}.",
            advice="Send events first, or look further back with --days.",
        )
    document = infer(events, source or engine.ruleset.name)
    comment = f"Inferred from {len(events):,} events of {days} days. Read it before you use it."
    return {"document": as_yaml(document, comment), "events": len(events), "names": len(document["events"])}


def _source_number(source: str) -> int:
    if not source:
        return 0
    row = EventSource.objects.filter(name=source).first()
    if row is None:
        raise NotFoundError(f"There is no source {source!r}.", advice="See `leadline sources list`.")
    return row.pk


def _without_tallies(rows: Iterable[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "tally"} for row in rows]
