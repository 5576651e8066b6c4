"""Event sources: what is set, which keys they have, what came from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.http import Http404

from leadline.kernel.errors import NotFoundError
from leadline.tracking.models import EventSource, SourceHour, WriteKey
from leadline.tracking.sources import last_events, source_named, valid_keys
from leadline.web.volume import DAY, HOUR, Chart, HourVolume, Span, Volume, chart, spark

WEEK_HOURS = 7 * 24
SPARK_HOURS = 6
"""Hours in one bar of a sparkline."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source in the list; `spark` are the bars of its last seven days."""

    source: EventSource
    keys: int
    last_event_at: datetime | None
    day: Volume
    week: Volume
    spark: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's page."""

    source: EventSource
    keys: list[WriteKey]
    last_event_at: datetime | None
    day: Volume
    chart: Chart

    @property
    def valid_keys(self) -> int:
        """How many keys let events in."""
        return sum(key.revoked_at is None for key in self.keys)


def list_sources(now: datetime) -> list[SourceRow]:
    """All sources by name; three queries and one for the volumes, however many there are."""
    keys, seen, hours = valid_keys(), last_events(), _hours_since(now - WEEK_HOURS * HOUR)
    return [
        _row(source, keys.get(source.pk, 0), seen.get(source.pk), hours.get(source.pk, []), now)
        for source in EventSource.objects.order_by("name")
    ]


def source_report(name: str, span: Span, now: datetime, zone: tzinfo) -> SourceReport:
    """One source.

    Raises:
        Http404: there is none of this name.
    """
    source = find_source(name)
    since = now - (span.bars + 1) * span.bar  # one more: the viewer's first day may begin before it does in UTC
    hours = _hours_since(min(since, now - DAY), source).get(source.pk, [])
    return SourceReport(
        source=source,
        keys=list(source.keys.order_by("revoked_at", "-created_at")),
        last_event_at=last_events().get(source.pk),
        day=_sum(hours, _first_hour(now, 24)),
        chart=chart(hours, span, now, zone),
    )


def find_source(name: str) -> EventSource:
    """The source of this name.

    Raises:
        Http404: there is none.
    """
    try:
        return source_named(name)
    except NotFoundError as error:
        raise Http404(error.message) from error


def _row(
    source: EventSource, keys: int, last_event_at: datetime | None, hours: list[HourVolume], now: datetime
) -> SourceRow:
    return SourceRow(
        source=source,
        keys=keys,
        last_event_at=last_event_at,
        day=_sum(hours, _first_hour(now, 24)),
        week=_sum(hours, _first_hour(now, WEEK_HOURS)),
        spark=spark(_counts(hours, _first_hour(now, WEEK_HOURS))),
    )


def _hours_since(since: datetime, source: EventSource | None = None) -> Mapping[int, list[HourVolume]]:
    found = SourceHour.objects.filter(hour__gt=since, **({"source": source} if source else {}))
    hours: dict[int, list[HourVolume]] = {}
    for row in found.order_by("hour"):
        volume = Volume(row.received, row.quarantined, row.violations, row.noise)
        hours.setdefault(row.source_id, []).append(HourVolume(row.hour, volume))
    return hours


def _first_hour(now: datetime, count: int) -> datetime:
    """The first of so many hours, of which the present one is the last."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=count - 1)


def _sum(hours: Iterable[HourVolume], first: datetime) -> Volume:
    return sum((each.volume for each in hours if each.hour >= first), Volume())


def _counts(hours: Iterable[HourVolume], first: datetime) -> list[int]:
    counts = [0] * (WEEK_HOURS // SPARK_HOURS)
    for each in hours:
        place = (each.hour - first) // (SPARK_HOURS * HOUR)
        if 0 <= place < len(counts):
            counts[place] += each.volume.received
    return counts
