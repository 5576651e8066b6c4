"""Cells become one number per measure: the second half of the plain-Python executor."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from leadline.engagement.cells import Cell, daily_cells, day_of, lead_cells, number_in
from leadline.engagement.metrics import SCALE, MetricKind
from leadline.scoring.arithmetic import WEIGHT_ONE, decay_weight
from leadline.scoring.ruleset import Across, Measure
from leadline.tracking.events import Event, TraitChange

Traits = Mapping[str, TraitChange]


def measure_all(
    measures: Sequence[Measure], events: Iterable[Event], traits: Iterable[TraitChange], as_of: date
) -> tuple[int, ...]:
    """What each measure gives for one lead, in thousandths times billionths of the metric's unit; 0 without data.

    Args:
        measures: what to compute.
        events: of all the lead's identities, in any order; those after `as_of` are ignored.
        traits: changes of all the lead's identities, in any order; those after `as_of` are ignored.
        as_of: the UTC day that counts as age 0.
    """
    return measure_cells(measures, cells_by_metric(measures, events), traits, as_of)


def cells_by_metric(measures: Sequence[Measure], events: Iterable[Event]) -> dict[str, list[Cell]]:
    """The cells of one lead by the digests of the metrics that these measures read: good for every day."""
    metrics = tuple({measure.metric.digest: measure.metric for measure in measures}.values())
    by_metric: dict[str, list[Cell]] = defaultdict(list)
    for cell in lead_cells(daily_cells(events, metrics), metrics):
        by_metric[cell.metric].append(cell)
    return dict(by_metric)


def measure_cells(
    measures: Sequence[Measure],
    by_metric: Mapping[str, Sequence[Cell]],
    traits: Iterable[TraitChange],
    as_of: date,
) -> tuple[int, ...]:
    """`measure_all` from cells that are there already, so that many days cost the reading of events once.

    Args:
        by_metric: of `cells_by_metric` for these measures.
    """
    latest = latest_traits(traits, as_of)
    return tuple(_measured(measure, by_metric.get(measure.metric.digest, ()), latest, as_of) for measure in measures)


def latest_traits(changes: Iterable[TraitChange], as_of: date) -> dict[str, TraitChange]:
    """The traits as known at the end of a UTC day: of each, the latest change."""
    latest: dict[str, TraitChange] = {}
    for change in changes:
        if day_of(change.occurred_micros) > as_of:
            continue
        before = latest.get(change.key)
        if before is None or _order(change) > _order(before):
            latest[change.key] = change
    return latest


def _order(change: TraitChange) -> tuple[int, int, bool, str]:
    # beyond the two that decide, so that changes of one message can't depend on the order they are given in
    return change.occurred_micros, change.message_hash, change.present, change.value or ""


def _measured(measure: Measure, cells: Iterable[Cell], traits: Traits, as_of: date) -> int:
    if measure.across is Across.STATE:
        return _state(measure, traits)
    inside = in_window(cells, measure.window_days, as_of)
    if not inside:
        return 0
    return _COMBINED[measure.across](measure, inside, as_of)


def in_window(cells: Iterable[Cell], length: int, as_of: date) -> list[Cell]:
    """The cells of the last `length` days up to and including `as_of`."""
    begin = date.fromordinal(max(as_of.toordinal() - length + 1, 1))
    return [cell for cell in cells if begin <= cell.day <= as_of] if length > 0 else []


def _state(measure: Measure, traits: Traits) -> int:
    metric = measure.metric
    found = [traits[key] for key in metric.traits if key in traits and traits[key].present]
    if metric.kind is MetricKind.TRAIT_VALUE:
        return number_in(found[0].value) * WEIGHT_ONE if found else 0
    if metric.kind is MetricKind.TRAIT:
        found = [trait for trait in found if trait.value in metric.values]
    return len(found) * SCALE * WEIGHT_ONE


def _weight(measure: Measure, day: date, as_of: date) -> int:
    return decay_weight((as_of - day).days, measure.half_life_days)


def _sum(measure: Measure, cells: list[Cell], as_of: date) -> int:
    return sum(_capped(cell.value, measure) * _weight(measure, cell.day, as_of) for cell in cells)


def _capped(value: int, measure: Measure) -> int:
    return value if measure.daily_cap is None else min(value, measure.daily_cap)


def _max(measure: Measure, cells: list[Cell], as_of: date) -> int:
    return max(cell.value * _weight(measure, cell.day, as_of) for cell in cells)


def _min(measure: Measure, cells: list[Cell], as_of: date) -> int:  # noqa: ARG001  # one shape for all
    """No decay and no cap: either would make a small value smaller."""
    return min(cell.value for cell in cells) * WEIGHT_ONE


def _last(measure: Measure, cells: list[Cell], as_of: date) -> int:
    latest = max(cells, key=lambda cell: (cell.day, cell.order))
    return latest.value * _weight(measure, latest.day, as_of)


def _distinct(measure: Measure, cells: list[Cell], as_of: date) -> int:
    """Keys that nothing cancelled, each once; of those first seen on one day, the cap admits the latest seen."""
    cancelled = {cell.key for cell in cells if cell.value < 0}
    days: dict[str, list[date]] = defaultdict(list)
    for cell in cells:
        if cell.key not in cancelled:
            days[cell.key].append(cell.day)
    last_days: dict[date, list[date]] = defaultdict(list)
    for seen in days.values():
        last_days[min(seen)].append(max(seen))
    admitted = (day for seen in last_days.values() for day in sorted(seen, reverse=True)[: _admitted(measure)])
    return sum(SCALE * _weight(measure, day, as_of) for day in admitted)


def _admitted(measure: Measure) -> int | None:
    return None if measure.daily_cap is None else measure.daily_cap // SCALE


_COMBINED = {Across.SUM: _sum, Across.MAX: _max, Across.MIN: _min, Across.LAST: _last, Across.DISTINCT: _distinct}
