"""What makes the total: dimensions and their factors, penalties, disqualifications, grades."""

from collections.abc import Mapping
from itertools import pairwise
from math import isfinite

from leadline.engagement.metrics import SCALE, TRAIT_KINDS, MetricKind
from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.entries import DimensionEntry, FactorEntry, GateEntry, MeasureEntry
from leadline.scoring.faults import fault
from leadline.scoring.metric_rules import Metrics
from leadline.scoring.quantities import half_life, thousandths
from leadline.scoring.reading import Reading
from leadline.scoring.ruleset import DIMENSIONS, Across, Factor, Gate, GradeBand, Measure, Penalty

LOWEST = "otherwise"
UNFADING = (Across.STATE, Across.MIN)
MOST_POINTS = 100


def read_dimensions(document: DocumentEntry, reading: Reading) -> Mapping[str, int]:
    """The weight of each dimension, in thousandths."""
    weights: dict[str, int] = {}
    for name in DIMENSIONS:
        entry: DimensionEntry = getattr(document.dimensions, name)
        with reading.entry():
            weights[name] = _above_zero(entry.weight, f"dimensions.{name}.weight")
            if not reading.names(f"dimensions.{name}.factors"):
                raise fault(f"dimensions.{name}", "each of the three dimensions needs at least one factor.")
    return weights


def read_factors(document: DocumentEntry, metrics: Metrics, reading: Reading) -> tuple[Factor, ...]:
    """The factors of all dimensions, in order."""
    factors: dict[str, Factor] = {}
    for dimension in DIMENSIONS:
        entry: DimensionEntry = getattr(document.dimensions, dimension)
        at = f"dimensions.{dimension}.factors"
        for name, factor in entry.factors.items():
            with reading.entry():
                if name in factors:
                    raise fault(f"{at}.{name}", f"dimension {factors[name].dimension} has a factor of this name.")
                factors[name] = _factor(name, dimension, factor, metrics, reading)
    return tuple(factors.values())


def read_penalties(document: DocumentEntry, metrics: Metrics, reading: Reading) -> tuple[Penalty, ...]:
    """The penalties, in the document's order."""
    read = []
    for name, entry in document.penalties.items():
        with reading.entry():
            at = f"penalties.{name}"
            gate = _gate(name, entry, metrics, at, reading)
            read.append(Penalty(gate, entry.dimension, thousandths(entry.points, f"{at}.points")))
    return tuple(read)


def read_disqualifications(document: DocumentEntry, metrics: Metrics, reading: Reading) -> tuple[Gate, ...]:
    """The disqualifications, in the document's order."""
    read = []
    for name, entry in document.disqualifications.items():
        with reading.entry():
            read.append(_gate(name, entry, metrics, f"disqualifications.{name}", reading))
    return tuple(read)


def read_grades(document: DocumentEntry, reading: Reading) -> tuple[tuple[GradeBand, ...], str]:
    """The bands of the total, going downward, and the grade below all."""
    bands: list[GradeBand] = []
    for grade, value in document.grades.items():
        with reading.entry():
            if grade != LOWEST:
                bands.append(_band(grade, value, f"grades.{grade}"))
    with reading.entry():
        for above, below in pairwise(bands):
            if below.from_points >= above.from_points:
                raise fault(f"grades.{below.grade}", f"bands go downward; this one is not below {above.grade}.")
    lowest = document.grades.get(LOWEST)
    with reading.entry():
        if not isinstance(lowest, str) or not lowest:
            raise fault(f"grades.{LOWEST}", "the grade below all bands is missing.")
        if lowest in {band.grade for band in bands}:
            raise fault(f"grades.{LOWEST}", f"{lowest} has a band; the grade below all bands is another one.")
    return tuple(bands), str(lowest)


def check_name(name: str, at: str) -> None:
    """A factor's name becomes a column and an attribute."""
    if not name.isidentifier():
        raise fault(at, "a factor's name is made of letters, digits and underscores.")


def _above_zero(value: float, at: str) -> int:
    if not (read := thousandths(value, at)):
        raise fault(at, f"{value} must be more than 0.")
    return read


def _factor(name: str, dimension: str, entry: FactorEntry, metrics: Metrics, reading: Reading) -> Factor:
    at = f"dimensions.{dimension}.factors.{name}"
    check_name(name, at)
    return Factor(
        name=name,
        dimension=dimension,
        measure=_measure(entry, metrics, at, reading),
        weight=thousandths(entry.weight, f"{at}.weight"),
        full_at=thousandths(entry.full_at, f"{at}.full_at"),
        curve=entry.curve,
        label=entry.label,
        reason=entry.reason,
        unit=entry.unit,
        action=entry.action,
    )


def _measure(entry: MeasureEntry, metrics: Metrics, at: str, reading: Reading) -> Measure:
    metric = reading.resolve(f"{at}.metric", "metric", entry.metric, metrics, "metrics")
    _check_across(metric.kind, entry.across, at)
    _check_window(entry, at)
    cap = None if entry.daily_cap is None else thousandths(entry.daily_cap, f"{at}.daily_cap")
    if entry.across is Across.DISTINCT and cap is not None and cap % SCALE:
        raise fault(f"{at}.daily_cap", "new keys a day are counted in whole numbers.")
    return Measure(
        metric=metric,
        across=entry.across,
        window_days=entry.window_days or 0,
        half_life_days=half_life(entry.half_life_days, f"{at}.half_life_days"),
        daily_cap=cap,
    )


def _check_across(kind: MetricKind, across: Across, at: str) -> None:
    fitting = [each for each in Across if _of_same_kind(kind, each)]
    if across not in fitting:
        raise fault(
            f"{at}.across",
            f"a metric of kind {kind} does not go with across: {across}.",
            f"Use {', '.join(fitting)}." if len(fitting) == 1 else f"Use one of: {', '.join(fitting)}.",
        )


def _of_same_kind(kind: MetricKind, across: Across) -> bool:
    """Traits are a state, keys are distinct, all else is what days add up to."""
    return (kind is MetricKind.DISTINCT, kind in TRAIT_KINDS) == (across is Across.DISTINCT, across is Across.STATE)


def _check_window(entry: MeasureEntry, at: str) -> None:
    """A window where days count, and no field that would be ignored."""
    state = entry.across is Across.STATE
    if not state and entry.window_days is None:
        raise fault(f"{at}.window_days", "this field is missing.")
    if state and entry.window_days is not None:
        raise fault(f"{at}.window_days", "traits have no window.")
    if entry.across in UNFADING and entry.half_life_days is not None:
        told = "traits do not decay." if state else "a half-life has no effect with across: min."
        raise fault(f"{at}.half_life_days", told)
    if entry.across not in (Across.SUM, Across.DISTINCT) and entry.daily_cap is not None:
        raise fault(f"{at}.daily_cap", f"a cap has no effect with across: {entry.across}.")


def _gate(name: str, entry: GateEntry, metrics: Metrics, at: str, reading: Reading) -> Gate:
    at_least = thousandths(entry.at_least, f"{at}.at_least")
    return Gate(name, _measure(entry, metrics, at, reading), at_least, entry.sentence)


def _band(grade: str, value: float | str, at: str) -> GradeBand:
    if isinstance(value, str) or not isfinite(value):
        raise fault(at, "a band is the number of points it starts from.")
    if not 0 <= value <= MOST_POINTS:
        raise fault(at, f"{value:g} is not within 0 to 100.")
    return GradeBand(grade, thousandths(value, at))
