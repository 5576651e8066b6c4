"""Events become daily cells: the first half of the plain-Python executor.

The event store computes the same cells with expressions; a property test holds the two equal. Cells of one identity,
day, metric and key stand for themselves: they can be thrown away and computed again from the events.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from leadline.engagement.attention import DAY_MS, Activity, engaged_ms, in_order, runs
from leadline.engagement.metrics import (
    CELL_LIMIT,
    DAY_KINDS,
    ENGAGED_PROPERTY,
    SCALE,
    TRAIT_KINDS,
    Metric,
    MetricKind,
    as_number,
)
from leadline.tracking.events import Event

MICROS_PER_DAY = 86_400_000_000
FIRST_DAY = date(1970, 1, 1).toordinal()
ACTIVE_TYPES = frozenset({"track", "page", "screen"})
"""The message types that are something a person did; the others only say who they are."""

NUMBER_TEXT = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
"""A trait's text that counts as a number, whole: "25", "-0.5", "1e3"; not "25 people" or "10-50"."""

Order = tuple[int, int]
"""(occurred_micros, message_hash): which of two values is the later one."""
UNORDERED: Order = (0, 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one metric says about one identity's day.

    Attributes:
        metric: the metric's digest.
        key: the value of a distinct metric as text; empty for others.
        value: thousandths, within plus or minus CELL_LIMIT; -1000 cancels a distinct key.
        order: when the value was seen, for metrics of the latest value; else (0, 0).
    """

    identity: int
    day: date
    metric: str
    key: str
    value: int
    order: Order = UNORDERED


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one event adds to a cell."""

    key: str
    value: int
    order: Order


def daily_cells(events: Iterable[Event], metrics: Sequence[Metric]) -> list[Cell]:
    """The cells of some events, one for each identity, day, metric and key. The order of events does not matter.

    Metrics over traits have no cells, and noise adds to none.
    """
    heard = [event for event in events if not event.noise]
    entries: dict[tuple[int, date, str, str], list[_Entry]] = defaultdict(list)
    for event, metric, entry in _entries(heard, metrics):
        entries[event.identity, day_of(event.occurred_micros), metric.digest, entry.key].append(entry)
    kinds = {metric.digest: metric.kind for metric in metrics}
    cells = [_cell(place, kinds[place[2]], found) for place, found in entries.items()]
    timed = [metric for metric in metrics if metric.kind is MetricKind.ACTIVE_SECONDS]
    return [*cells, *_attention_cells(heard, timed)] if timed else cells


def filled_by(events: Iterable[Event], metrics: Sequence[Metric]) -> Iterator[tuple[Event, str, str]]:
    """Which cells each event alone would fill: the event, the metric's digest and the key, in the order of events."""
    heard = [event for event in events if not event.noise]
    for event, metric, entry in _entries(heard, metrics):
        yield event, metric.digest, entry.key
    timed = [metric for metric in metrics if metric.kind is MetricKind.ACTIVE_SECONDS]
    for event in heard if timed else ():
        if event.kind in ACTIVE_TYPES:
            yield from ((event, metric.digest, "") for metric in timed)


def _entries(heard: Iterable[Event], metrics: Sequence[Metric]) -> Iterator[tuple[Event, Metric, _Entry]]:
    """What events add to the cells of the metrics that read them, but for attention: that takes a whole day."""
    readers: dict[str, list[Metric]] = {}
    for event in heard:
        if event.name not in readers:
            readers[event.name] = [metric for metric in metrics if _reads(metric, event.name)]
        for metric in readers[event.name]:
            if (entry := _entry(event, metric)) is not None:
                yield event, metric, entry


def _reads(metric: Metric, name: str) -> bool:
    """Whether an event of this name may be the metric's business."""
    if metric.kind in TRAIT_KINDS | {MetricKind.ACTIVE_SECONDS}:
        return False
    return metric.kind is MetricKind.ACTIVE_DAYS or name in metric.events or name in metric.unless


def _attention_cells(events: Iterable[Event], metrics: Sequence[Metric]) -> Iterator[Cell]:
    """Attention by identity and UTC day; a visit across midnight is two, so that a day depends on no other."""
    days: dict[tuple[int, date], list[Activity]] = defaultdict(list)
    for event in events:
        if event.kind in ACTIVE_TYPES:
            beat = as_number(event.properties.get(ENGAGED_PROPERTY))
            one = Activity(event.occurred_micros, event.message_hash, event.kind, engaged_ms=beat)
            days[event.identity, day_of(event.occurred_micros)].append(one)
    for (identity, day), found in days.items():
        value = limited(sum(engaged_ms(visit) for visit in runs(in_order(found))))
        for metric in metrics:
            yield Cell(identity, day, metric.digest, "", value)


def _cell(place: tuple[int, date, str, str], kind: MetricKind, entries: list[_Entry]) -> Cell:
    identity, day, digest, key = place
    value, order = combine(kind, ((entry.value, entry.order) for entry in entries))
    return Cell(identity, day, digest, key, limited(value), order)


def combine(kind: MetricKind, values: Iterable[tuple[int, Order]]) -> tuple[int, Order]:
    """Several values of one day and key as one: of events, or of the identities of one lead."""
    found = list(values)
    if kind is MetricKind.LAST:
        order, value = max((order, value) for value, order in found)
        return value, order
    numbers = [value for value, _ in found]
    if kind is MetricKind.MAX:
        return max(numbers), UNORDERED
    if kind in (MetricKind.MIN, MetricKind.DISTINCT):
        return min(numbers), UNORDERED  # a cancelled key stays cancelled
    if kind in DAY_KINDS:
        return SCALE, UNORDERED
    return sum(numbers), UNORDERED


def _entry(event: Event, metric: Metric) -> _Entry | None:
    """What the event adds to the metric's cell of its day; None when it is not the metric's business."""
    if metric.kind is MetricKind.ACTIVE_DAYS:
        return _Entry("", SCALE, UNORDERED) if event.kind in ACTIVE_TYPES else None
    if metric.kind is MetricKind.DISTINCT:
        return _distinct_entry(event, metric)
    if event.name not in metric.events or not _matches(event, metric):
        return None
    counts = metric.kind in (MetricKind.COUNT, MetricKind.DISTINCT_DAYS)
    value = SCALE if counts else _property_value(event, metric)
    return None if value is None else _Entry("", value, _order(event, metric))


def _matches(event: Event, metric: Metric) -> bool:
    return all(condition.holds(event.properties) for condition in metric.where)


def _order(event: Event, metric: Metric) -> Order:
    return (event.occurred_micros, event.message_hash) if metric.kind is MetricKind.LAST else UNORDERED


def _distinct_entry(event: Event, metric: Metric) -> _Entry | None:
    cancels = event.name in metric.unless
    if not cancels and (event.name not in metric.events or not _matches(event, metric)):
        return None
    key = key_text(event.properties.get(metric.property))
    return _Entry(key, -SCALE if cancels else SCALE, UNORDERED) if key else None


def _property_value(event: Event, metric: Metric) -> int | None:
    number = as_number(event.properties.get(metric.property))
    if number is None:
        return None
    if metric.kind is MetricKind.ENGAGED_SECONDS:
        return math.floor(number + 0.5) if 0 <= number <= DAY_MS else None
    return in_thousandths(number)


def in_thousandths(number: float) -> int:
    """floor(number * 1000 + 0.5) in double arithmetic, within the limits of a cell."""
    if abs(number) > CELL_LIMIT:
        return CELL_LIMIT if number > 0 else -CELL_LIMIT
    return limited(math.floor(number * SCALE + 0.5))


def number_in(text: str | None) -> int:
    """A trait's text as thousandths, within the limits of a cell; 0 when it is no number (NUMBER_TEXT)."""
    if text is None or not re.fullmatch(NUMBER_TEXT, text):
        return 0
    number = float(text)
    return in_thousandths(number) if math.isfinite(number) else 0


def key_text(value: object) -> str:
    """A property's value as a key: JSON text of numbers and booleans, a string as it is; else empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or as_number(value) is not None:
        return json.dumps(value)
    return ""


def limited(value: int) -> int:
    """Into the limits of a cell."""
    return min(max(value, -CELL_LIMIT), CELL_LIMIT)


def day_of(occurred_micros: int) -> date:
    """The UTC day of a moment."""
    return date.fromordinal(FIRST_DAY + occurred_micros // MICROS_PER_DAY)


def lead_cells(cells: Iterable[Cell], metrics: Sequence[Metric]) -> Iterator[Cell]:
    """The cells of one lead with several identities, one for each day, metric and key; their identity is 0."""
    kinds = {metric.digest: metric.kind for metric in metrics}
    grouped: dict[tuple[date, str, str], list[tuple[int, Order]]] = defaultdict(list)
    for cell in cells:
        grouped[cell.day, cell.metric, cell.key].append((cell.value, cell.order))
    for (day, digest, key), values in grouped.items():
        value, order = combine(kinds[digest], values)
        yield Cell(0, day, digest, key, value, order)
