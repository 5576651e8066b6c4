"""What is behind a line of the ledger: the days, values or traits that it was measured from, and their points.

A measure falls into parts that make it up exactly, as its `across` says: for `sum` a part for each day of the window;
for `distinct` one for each value, those that the daily cap turned away included; for `state` one for each trait; for
`max`, `min` and `last` one, the day that decided. Parts share the line's points in proportion to what they measured
(a curve is bent, so that no other share would be fairer), rounded as the ledger rounds, so that they add up to the
line's points exactly. What decay took of a line is shared in proportion to what each part lost by its age; a day that
decided carries all of it, though without decay another day might have decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from leadline.engagement.cells import Cell, day_of, filled_by
from leadline.engagement.metrics import SCALE
from leadline.scoring.arithmetic import WEIGHT_ONE, points, window_days
from leadline.scoring.ledger import LedgerLine
from leadline.scoring.measuring import cells_by_metric, latest_traits, measure_cells
from leadline.scoring.ruleset import Across, Gate, Measure, Ruleset
from leadline.scoring.score import in_units
from leadline.tracking.events import Event, TraitChange

MOST_EVENTS = 5
Traits = Sequence[TraitChange]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a line.

    Attributes:
        day: the UTC day; of a value the latest; None for a trait.
        key: the value of a distinct metric, or the name of a trait; else empty.
        count: how many events are behind it.
        events: the latest of them, newest first.
        raw: what it measured, with its cap and its decay, in the metric's unit.
        capped: what the daily cap turned away, in thousandths of the unit.
        weight: what decay left of it, 0 to 1.
        points_micro: its part of the line's points, in millionths of a point of the total.
        decay_micro: its part of what decay took of the line, in the same unit.
    """

    day: date | None
    key: str
    count: int
    events: tuple[Event, ...]
    raw: float
    capped: int
    weight: float
    points_micro: int
    decay_micro: int

    @property
    def points(self) -> float:
        """Its part of the total, six decimals."""
        return points(self.points_micro)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a measure. Units are thousandths times billionths of the metric's.

    Attributes:
        plain_units: what it would be without decay.
        capped: thousandths.
    """

    day: date | None
    key: str
    raw_units: int
    plain_units: int
    capped: int = 0


@dataclass(frozen=True)
class LeadHistory:
    """What a lead's measures are read from; cells and what fills them are computed once.

    Attributes:
        behind: (metric, day) -> the events that fill its cells, each with the cell's key.
    """

    traits: Traits
    as_of: date
    cells: Mapping[str, Sequence[Cell]]
    behind: Mapping[tuple[str, date], Sequence[tuple[str, Event]]]


def lead_history(ruleset: Ruleset, events: Iterable[Event], traits: Traits, as_of: date) -> LeadHistory:
    """A lead's history as `contributions` reads it."""
    known = list(events)
    metrics = tuple({measure.metric.digest: measure.metric for measure in ruleset.measures}.values())
    behind: dict[tuple[str, date], list[tuple[str, Event]]] = defaultdict(list)
    for event, metric, key in filled_by(known, metrics):
        behind[metric, day_of(event.occurred_micros)].append((key, event))
    return LeadHistory(traits, as_of, cells_by_metric(ruleset.measures, known), behind)


def contributions(
    ruleset: Ruleset, lines: Sequence[LedgerLine], history: LeadHistory, most: int = MOST_EVENTS
) -> dict[str, list[Contribution]]:
    """Factor or penalty name -> its parts, the newest day first. Their points add up to the line's exactly.

    Args:
        lines: the ledger of the score of this history under this ruleset; lines of fit as well.
        most: so many events of a part at most.
    """
    measures = measures_by_name(ruleset)
    return {
        line.factor: _shared(line, measures[line.factor], history, most) for line in lines if line.factor in measures
    }


def without_decay(ruleset: Ruleset, history: LeadHistory) -> tuple[int, ...]:
    """What the measures would give without half-lives, in the order of `ruleset.measures`: for `ledger`."""
    return measured_in(history, [replace(measure, half_life_days=None) for measure in ruleset.measures])


def measured_in(history: LeadHistory, measures: Sequence[Measure]) -> tuple[int, ...]:
    """What measures of the history's ruleset give, whatever their half-lives and caps."""
    return measure_cells(measures, history.cells, history.traits, history.as_of)


def measures_by_name(ruleset: Ruleset) -> dict[str, Measure]:
    """Factor, fit factor or penalty name -> what it measures."""
    measured = {factor.name: factor.measure for factor in (*ruleset.factors, *ruleset.fit_factors)}
    return measured | {penalty.gate.name: penalty.gate.measure for penalty in ruleset.penalties}


def closes_on(gate: Gate, history: LeadHistory) -> date | None:
    """The first day after the as-of day on which an open gate is shut if nothing happens; None when time alone never
    shuts it."""
    if gate.measure.across is Across.STATE:
        return None
    for ahead in range(1, gate.measure.window_days + 1):
        day = history.as_of + timedelta(days=ahead)
        (raw,) = measure_cells([gate.measure], history.cells, history.traits, day)
        if raw < gate.at_least * WEIGHT_ONE:
            return day
    return None


def parts_of(measure: Measure, history: LeadHistory) -> list[Part]:
    """What a measure is made of, the newest day first. The `raw_units` add up to what the measure gives."""
    if measure.across is Across.STATE:
        return _trait_parts(measure, history)
    found = history.cells.get(measure.metric.digest, ())
    inside = [cell for cell in found if 0 <= (history.as_of - cell.day).days < measure.window_days]
    if measure.across is Across.DISTINCT:
        return _value_parts(measure, inside, history)
    days = _day_parts(measure, inside, history)
    return days if measure.across is Across.SUM else _decider(measure, days, inside, history)


def _day_parts(measure: Measure, inside: Sequence[Cell], history: LeadHistory) -> list[Part]:
    by_day: dict[date, list[Cell]] = defaultdict(list)
    for cell in inside:
        by_day[cell.day].append(cell)
    made = (_part(measure, day, "", by_day[day], history) for day in sorted(by_day, reverse=True))
    return [part for part in made if part.raw_units or part.plain_units or part.capped]


def _decider(measure: Measure, days: list[Part], inside: Sequence[Cell], history: LeadHistory) -> list[Part]:
    """The latest day that alone gives what all days give."""
    whole = _measured(measure, inside, history)
    return [part for part in days if part.raw_units == whole][:1]


def _value_parts(measure: Measure, inside: Sequence[Cell], history: LeadHistory) -> list[Part]:
    by_key: dict[str, list[Cell]] = defaultdict(list)
    for cell in inside:
        by_key[cell.key].append(cell)
    free = replace(measure, daily_cap=None)
    found = [_part(free, max(c.day for c in cells), key, cells, history) for key, cells in by_key.items()]
    standing = [part for part in found if part.raw_units or part.plain_units]  # nothing cancelled them
    first = {part.key: min(cell.day for cell in by_key[part.key]) for part in standing}
    admitted = _admitted(measure, standing, first)
    kept = (
        part if part.key in admitted else replace(part, raw_units=0, plain_units=0, capped=SCALE) for part in standing
    )
    return sorted(kept, key=lambda part: (part.day or history.as_of, part.key), reverse=True)


def _admitted(measure: Measure, parts: Sequence[Part], first: Mapping[str, date]) -> set[str]:
    """The values that the daily cap admits: of those first seen on one day, the latest seen."""
    if measure.daily_cap is None:
        return {part.key for part in parts}
    by_first: dict[date, list[Part]] = defaultdict(list)
    for part in parts:
        by_first[first[part.key]].append(part)
    most = measure.daily_cap // SCALE
    latest = (sorted(some, key=lambda part: (str(part.day), part.key), reverse=True) for some in by_first.values())
    return {part.key for some in latest for part in some[:most]}


def _trait_parts(measure: Measure, history: LeadHistory) -> list[Part]:
    known = latest_traits(history.traits, history.as_of)
    found = [known[key] for key in dict.fromkeys(measure.metric.traits) if key in known]
    units = [(each.key, measure_cells([measure], {}, [each], history.as_of)[0]) for each in found]
    return [Part(None, key, raw, raw) for key, raw in units if raw]


def _part(measure: Measure, day: date, key: str, cells: Sequence[Cell], history: LeadHistory) -> Part:
    plain = replace(measure, half_life_days=None)
    units = _measured(plain, cells, history)
    turned_away = _measured(replace(plain, daily_cap=None), cells, history) - units
    return Part(day, key, _measured(measure, cells, history), units, turned_away // WEIGHT_ONE)


def _measured(measure: Measure, cells: Sequence[Cell], history: LeadHistory) -> int:
    return measure_cells([measure], {measure.metric.digest: cells}, (), history.as_of)[0]


def _shared(line: LedgerLine, measure: Measure, history: LeadHistory, most: int) -> list[Contribution]:
    parts = parts_of(measure, history)
    given = split(line.points_micro, [part.raw_units for part in parts])
    taken = split(line.decay_micro, [part.plain_units - part.raw_units for part in parts])
    shares = zip(parts, given, taken, strict=True)
    behind = _by_value(measure, history) if measure.across is Across.DISTINCT else _by_day(parts, measure, history)
    return [
        _contribution(part, mine, lost, _latest_first(behind.get(part.key or part.day, ())), most)
        for part, mine, lost in shares
    ]


def split(whole: int, shares: Sequence[int]) -> list[int]:
    """A whole number in proportion to the shares: the running sum is rounded half up, so that the parts add up to it.
    Shares that add up to nothing leave all of it to the last."""
    total, reached, exact, found = sum(shares), 0, 0, []
    for index, share in enumerate(shares):
        exact += share
        last = index == len(shares) - 1
        now = whole if last else _at(whole, exact, total)
        found.append(now - reached)
        reached = now
    return found


def _at(whole: int, exact: int, total: int) -> int:
    return (2 * whole * exact + total) // (2 * total) if total > 0 else 0


def _contribution(part: Part, given: int, taken: int, behind: Sequence[Event], most: int) -> Contribution:
    return Contribution(
        day=part.day,
        key=part.key,
        count=len(behind),
        events=tuple(behind[:most]),
        raw=in_units(part.raw_units),
        capped=part.capped,
        weight=part.raw_units / part.plain_units if part.plain_units else 1.0,
        points_micro=given,
        decay_micro=taken,
    )


def _by_value(measure: Measure, history: LeadHistory) -> dict[date | str | None, list[Event]]:
    """The events behind each value of a distinct metric, on all days of the window."""
    found: dict[date | str | None, list[Event]] = defaultdict(list)
    for day in window_days(history.as_of, measure.window_days):
        for key, event in history.behind.get((measure.metric.digest, day), ()):
            found[key].append(event)
    return found


def _by_day(parts: Sequence[Part], measure: Measure, history: LeadHistory) -> dict[date | str | None, list[Event]]:
    """The events behind each day; traits, which have none, have nothing."""
    days = (part.day for part in parts if part.day is not None)
    return {day: [event for _, event in history.behind.get((measure.metric.digest, day), ())] for day in days}


def _latest_first(events: Sequence[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.occurred_micros, event.message_hash), reverse=True)
