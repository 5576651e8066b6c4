"""How often events broke the tracking plan, by source, UTC day of arrival, event, kind and property.

Names of events and properties come from clients: of one source and day a limited number is kept apart, the rest is
counted together. What is older than a quarter is deleted, its example with it.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count

from leadline.kernel.clock import from_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.models import ViolationTally
from leadline.tracking.plan import Violation
from leadline.tracking.quarantine import kept_body
from leadline.tracking.standalone import standalone
from leadline.tracking.wire import Envelope

TEXT_LENGTH = 300
APART = 200
"""So many different violations of one source and day are kept apart."""
DAY_MICROS = 86_400_000_000
OTHERS = "(others)"
KEPT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which events of a source broke the plan on one day. The names hold nothing personal."""

    source: int
    day: date
    event: str
    kind: str
    property: str


@dataclass(slots=True)
class Tally:
    """How often, how often of those the event went to quarantine, and the last such message."""

    text: str
    example: Envelope
    last_micros: int
    count: int = 0
    blocked: int = 0

    def add(self, other: "Tally") -> None:
        """Count another one's as well; the later example stays."""
        self.count += other.count
        self.blocked += other.blocked
        if other.last_micros >= self.last_micros:
            self.text, self.example, self.last_micros = other.text, other.example, other.last_micros


class TallyBook:
    """Counts the violations of one segment."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[int, int, str, str, str], Tally] = {}

    def note(self, envelope: Envelope, event: str, violations: Iterable[Violation], blocked: bool) -> None:
        """Count what is wrong with one event.

        Args:
            event: its name as it may be stored.
            blocked: it went to quarantine.
        """
        source, micros = envelope.record.source, envelope.record.received_micros
        for violation in violations:
            key = (source, micros // DAY_MICROS, event, violation.kind, violation.property)
            tally = self._tallies.get(key)
            if tally is None:
                tally = self._tallies[key] = Tally(violation.text, envelope, micros)
            tally.count += 1
            tally.blocked += blocked
            if micros >= tally.last_micros:
                tally.text, tally.example, tally.last_micros = violation.text, envelope, micros

    def save(self, known: Container[int]) -> None:
        """Add to what is kept, for sources that still exist. Call it once for a segment."""
        tallies = {_way(*key): tally for key, tally in self._tallies.items() if key[0] in known}
        if not tallies:
            return
        rows = _rows_of(tallies)
        apart = _limited(tallies, rows)
        rows |= _rows_of(way for way in apart if way not in rows)
        changed = [_added(rows[way], tally) for way, tally in apart.items() if way in rows]
        created = [_created(way, tally) for way, tally in apart.items() if way not in rows]
        ViolationTally.objects.bulk_update(changed, ["count", "blocked", "text", "example", "last_seen_at"], CHUNK)
        ViolationTally.objects.bulk_create(created, CHUNK)
        if created:
            oldest = min(way.day for way in apart) - timedelta(days=KEPT_DAYS)
            ViolationTally.objects.filter(day__lt=oldest).delete()


def _way(source: int, day: int, event: str, kind: str, name: str) -> Way:
    return Way(source, from_micros(day * DAY_MICROS).date(), event, kind, name)


def _rows_of(ways: Iterable[Way]) -> dict[Way, ViolationTally]:
    wanted = set(ways)
    rows = ViolationTally.objects.filter(source__in={w.source for w in wanted}, day__in={w.day for w in wanted})
    found: dict[Way, ViolationTally] = {}
    for some in chunks({way.event for way in wanted}):
        for row in rows.filter(event__in=some).defer("example"):
            found[Way(row.source_id, row.day, row.event, row.kind, row.property)] = row
    return {way: row for way, row in found.items() if way in wanted}


def _limited(tallies: Mapping[Way, Tally], rows: Mapping[Way, ViolationTally]) -> dict[Way, Tally]:
    """The tallies, those beyond `APART` of a source and day counted together."""
    kept = _kept_apart(tallies)
    limited: dict[Way, Tally] = {}
    for way, tally in tallies.items():
        place = way
        if way not in rows:
            kept[way.source, way.day] = kept.get((way.source, way.day), 0) + 1
            place = way if kept[way.source, way.day] <= APART else replace(way, event=OTHERS, property="")
        if place in limited:
            limited[place].add(tally)
        else:
            limited[place] = tally
    return limited


def _kept_apart(tallies: Iterable[Way]) -> dict[tuple[int, date], int]:
    ways = list(tallies)
    rows = ViolationTally.objects.filter(source__in={w.source for w in ways}, day__in={w.day for w in ways})
    counts = rows.values_list("source", "day").annotate(count=Count("pk")).order_by()
    return {(source, day): count for source, day, count in counts}


def _added(row: ViolationTally, tally: Tally) -> ViolationTally:
    row.count += tally.count
    row.blocked += tally.blocked
    seen = from_micros(tally.last_micros)
    row.text, row.example = tally.text[:TEXT_LENGTH], _body(tally.example)
    row.last_seen_at = max(row.last_seen_at, seen)
    return row


def _created(way: Way, tally: Tally) -> ViolationTally:
    return ViolationTally(
        source_id=way.source,
        day=way.day,
        event=way.event,
        kind=way.kind,
        property=way.property,
        count=tally.count,
        blocked=tally.blocked,
        text=tally.text[:TEXT_LENGTH],
        example=_body(tally.example),
        last_seen_at=from_micros(tally.last_micros),
    )


def _body(envelope: Envelope) -> object:
    return kept_body(standalone(envelope))
