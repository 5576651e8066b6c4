"""How much came from a source, as bars: by the hour for two days, by the day for a month. Pure: now and the viewer's
zone are arguments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BAR_STEP = 10
HEIGHT = 100
SPARK_HEIGHT = 20
LEAST_HEIGHT = 1.5
"""Of what is there at all, so that one event beside a thousand is seen."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What came in during some time. `received` is everything; the rest are parts of it."""

    received: int = 0
    quarantined: int = 0
    violations: int = 0
    noise: int = 0

    @property
    def accepted(self) -> int:
        """What was neither quarantined nor noise; repeats of a message count."""
        return max(self.received - self.quarantined - self.noise, 0)

    def __add__(self, other: "Volume") -> "Volume":
        return Volume(
            self.received + other.received,
            self.quarantined + other.quarantined,
            self.violations + other.violations,
            self.noise + other.noise,
        )


@dataclass(frozen=True, slots=True)
class HourVolume:
    """What came in during one hour (UTC)."""

    hour: datetime
    volume: Volume


@dataclass(frozen=True, slots=True)
class Span:
    """What a chart covers.

    Attributes:
        label_every: bars from one label of the axis to the next.
    """

    key: str
    name: str
    bar: timedelta
    bars: int
    label_every: int
    each: str


HOURS = Span("48h", "48 hours", HOUR, 48, 12, "hour")
DAYS = Span("30d", "30 days", DAY, 30, 6, "day")
SPANS = (HOURS, DAYS)


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar, from `y` downwards."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour or day."""

    label: str
    volume: Volume
    x: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero to `top` events; `ticks` are the axis' labels at equal distances."""

    span: Span
    bars: tuple[Bar, ...]
    top: int
    total: Volume
    ticks: tuple[str, ...]

    @property
    def width(self) -> int:
        """In the chart's own units."""
        return len(self.bars) * BAR_STEP

    @property
    def told(self) -> list[Bar]:
        """Bars that are not empty, the newest first, for the table."""
        return [bar for bar in reversed(self.bars) if bar.volume.received]


def chart(hours: Iterable[HourVolume], span: Span, now: datetime, zone: tzinfo) -> Chart:
    """The bars of a span that ends now; what lies outside is left out."""
    starts = list(_starts(span, now, zone))
    volumes = _gathered(hours, starts, zone, span)
    top = max((volume.received for volume in volumes), default=0)
    bars = tuple(
        Bar(_label(start, span), volume, index * BAR_STEP + 1, _parts(volume, top))
        for index, (start, volume) in enumerate(zip(starts, volumes, strict=True))
    )
    ticks = tuple(_tick(start, span) for start in starts[:: span.label_every])
    return Chart(span, bars, top, sum(volumes, Volume()), ticks)


def spark(counts: Sequence[int]) -> tuple[tuple[int, float, float], ...]:
    """Small bars without words: x, y and height of each that is not zero."""
    top = max(counts, default=0)
    heights = [_height(count, top, SPARK_HEIGHT) for count in counts]
    return tuple((index * BAR_STEP + 1, round(SPARK_HEIGHT - h, 2), h) for index, h in enumerate(heights) if h)


def _starts(span: Span, now: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Where the bars begin, the oldest first, in the viewer's zone. Days are calendar days, however long."""
    if span.bar == HOUR:
        hour = now.replace(minute=0, second=0, microsecond=0)
        yield from ((hour - back * HOUR).astimezone(zone) for back in reversed(range(span.bars)))
        return
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    yield from (today - back * DAY for back in reversed(range(span.bars)))


def _gathered(hours: Iterable[HourVolume], starts: Sequence[datetime], zone: tzinfo, span: Span) -> list[Volume]:
    keys = {_key(start, span): index for index, start in enumerate(starts)}
    volumes = [Volume()] * len(starts)
    for each in hours:
        index = keys.get(_key(each.hour.astimezone(zone), span))
        if index is not None:
            volumes[index] += each.volume
    return volumes


def _key(local: datetime, span: Span) -> object:
    return local.timestamp() if span.bar == HOUR else local.date()


def _parts(volume: Volume, top: int) -> tuple[Part, ...]:
    """Stacked from the ground: accepted, noise, quarantined."""
    parts, ground = [], float(HEIGHT)
    for kind in ("accepted", "noise", "quarantined"):
        height = _height(getattr(volume, kind), top, HEIGHT)
        if height:
            ground = max(round(ground - height, 2), 0.0)
            parts.append(Part(kind, ground, height))
    return tuple(parts)


def _height(count: int, top: int, whole: int) -> float:
    return max(round(count / top * whole, 2), LEAST_HEIGHT) if count and top else 0.0


def _label(start: datetime, span: Span) -> str:
    return f"{start:%a} {start.day} {start:%b, %H:%M}" if span.bar == HOUR else f"{start:%a} {start.day} {start:%b}"


def _tick(start: datetime, span: Span) -> str:
    return f"{start:%a %H:%M}" if span.bar == HOUR else f"{start.day} {start:%b}"
