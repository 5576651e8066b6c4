"""The people of the worked examples (ruleset.md), and builders for small histories and rulesets. Day 0 is AS_OF."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count

from leadline.engagement.metrics import Metric, MetricKind
from leadline.scoring.arithmetic import WEIGHT_ONE
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.scoring.measuring import measure_all
from leadline.scoring.ruleset import Across, Measure, Ruleset
from leadline.tracking.events import Event, TraitChange

AS_OF = date(2026, 3, 1)
ONE = 1000 * WEIGHT_ONE
"""A raw of one unit."""
PROFILE = {
    "title": "Owner",
    "phone": "+49 30 1234",
    "company_name": "Acme",
    "employees": 12,
    "industry": "retail",
    "country": "DE",
    "roles_wanted": ["bookkeeper"],
    "hiring_timeline": "soon",
}
"""All eight profile traits."""

DEFAULT: Ruleset = read_ruleset(bundled_ruleset("offshore-staffing"))


def moment(days_ago: int, hour: int = 12) -> datetime:
    """So many days before the as-of day."""
    return datetime(AS_OF.year, AS_OF.month, AS_OF.day, hour, tzinfo=UTC) - timedelta(days=days_ago)


def happened(days_ago: int, name: str, hour: int = 12, **properties: object) -> dict[str, object]:
    """A Segment track message."""
    when = moment(days_ago, hour).isoformat()
    return {"type": "track", "event": name, "timestamp": when, "properties": properties}


_hashes = count(1)


def event(
    days_ago: int, name: str, *, kind: str = "track", identity: int = 1, hour: int = 12, **given: object
) -> Event:
    """An event as the event store keeps it, each with a hash of its own."""
    micros = int(moment(days_ago, hour).timestamp()) * 1_000_000
    return Event(next(_hashes), kind, name, identity, micros, given)


def change(
    days_ago: int, key: str, value: str | None, *, present: bool = True, identity: int = 1, hour: int = 12
) -> TraitChange:
    """A trait as the event store knows it."""
    micros = int(moment(days_ago, hour).timestamp()) * 1_000_000
    return TraitChange(identity, key, value, present, micros, next(_hashes))


def profile(filled: int) -> dict[str, object]:
    """The first so many of the eight profile traits."""
    return dict(list(PROFILE.items())[:filled])


def active(days_ago: int) -> dict[str, object]:
    """A day on the platform, with nothing else that any rule reads."""
    return {"type": "page", "name": "Home", "timestamp": moment(days_ago, 1).isoformat()}


def quote_history(silent_days: int = 0) -> dict[str, object]:
    """One completed tool, 600 s, active, one quote for 4 seats; 3 of 8 traits."""
    events = [
        active(silent_days),
        happened(silent_days, "Tool Used", tool="calculator", completed=True),
        happened(silent_days, "Page Engaged", engaged_ms=600_000),
        happened(silent_days, "Quote Requested", quote_id="q1", seats=4),
    ]
    return {"events": events, "traits": profile(3), "as_of": AS_OF}


def learner_history() -> dict[str, object]:
    """Four days of content, a tool, a quiz and a course; 2 of 8 traits."""
    seconds = {1: 1200, 3: 2400, 9: 900, 12: 1500}
    events: list[Mapping[str, object]] = [
        happened(9, "Tool Used", completed=True),
        happened(3, "Quiz Completed", quiz_id="readiness", score=75),
        happened(1, "Course Completed", course_id="c1"),
    ]
    for day, spent in seconds.items():
        events.append(happened(day, "Content Completed", content_id=f"article-{day}"))
        events.append(happened(day, "Page Engaged", engaged_ms=spent * 1000))
    return {"events": events, "traits": profile(2), "as_of": AS_OF}


def metric(kind: MetricKind, *events: str, name: str = "measured", **fields: object) -> Metric:
    """A metric."""
    return Metric(name, kind, tuple(events), **fields)


def raw(measure: Measure, *events: Event, traits: tuple[TraitChange, ...] = ()) -> int:
    """What one measure gives for a lead."""
    return measure_all([measure], events, traits, AS_OF)[0]


def counted(window_days: int = 30, half_life_days: float | None = None, daily_cap: int | None = None) -> Measure:
    """How many "Done" events."""
    return Measure(metric(MetricKind.COUNT, "Done"), Across.SUM, window_days, half_life_days, daily_cap)
