"""How much came from each source in each hour. Counted once for a segment, however often it is taken."""

from collections.abc import Container
from dataclasses import dataclass

from django.db.models import Case, F, Sum, Value, When

from leadline.kernel.clock import from_micros
from leadline.tracking.models import EventSource, SourceHour, TakenSegment

HOUR_MICROS = 3_600_000_000


@dataclass(slots=True)
class Arrivals:
    """What came from one source in one hour."""

    received: int = 0
    quarantined: int = 0
    violations: int = 0
    noise: int = 0
    last_micros: int = 0


class ArrivalBook:
    """Counts the messages of one segment by source and hour of arrival (UTC)."""

    def __init__(self) -> None:
        self._hours: dict[tuple[int, int], Arrivals] = {}

    def of(self, source: int, received_micros: int) -> Arrivals:
        """The hour's counts, to be added to."""
        key = (source, received_micros // HOUR_MICROS)
        hour = self._hours.get(key)
        if hour is None:
            hour = self._hours[key] = Arrivals()
        hour.last_micros = max(hour.last_micros, received_micros)
        return hour

    def save(self, known: Container[int]) -> None:
        """Add to what is kept, for sources that still exist. Call it once for a segment."""
        for (source, hour), counts in self._hours.items():
            if source in known:
                _add(source, hour, counts)


def is_taken_first(segment: str) -> bool:
    """Whether a segment's messages are not counted yet; from now on they are, when the transaction holds."""
    _, is_first = TakenSegment.objects.get_or_create(name=segment)
    return is_first


def suppressed() -> int:
    """How many messages were left out since the people they name were erased."""
    return EventSource.objects.aggregate(total=Sum("suppressed"))["total"] or 0


def forget_taking(segment: str) -> None:
    """The segment's file is gone: it can't be taken again."""
    TakenSegment.objects.filter(name=segment).delete()


def _add(source: int, hour: int, counts: Arrivals) -> None:
    hour_at, last = from_micros(hour * HOUR_MICROS), from_micros(counts.last_micros)
    changed = SourceHour.objects.filter(source=source, hour=hour_at).update(
        received=F("received") + counts.received,
        quarantined=F("quarantined") + counts.quarantined,
        violations=F("violations") + counts.violations,
        noise=F("noise") + counts.noise,
        last_received_at=Case(When(last_received_at__lt=last, then=Value(last)), default=F("last_received_at")),
    )
    if not changed:
        SourceHour.objects.create(
            source_id=source,
            hour=hour_at,
            received=counts.received,
            quarantined=counts.quarantined,
            violations=counts.violations,
            noise=counts.noise,
            last_received_at=last,
        )
