"""A ruleset from its YAML document, checked so that a published ruleset can not fail later."""

import hashlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from leadline.engagement.metrics import (
    ACTIVITY_KINDS,
    ENGAGED_PROPERTY,
    PROPERTY_KINDS,
    TRAIT_KINDS,
    Condition,
    Metric,
    MetricKind,
    Scalar,
)
from leadline.kernel.errors import DocumentError
from leadline.scoring.arithmetic import Curve
from leadline.scoring.entries import (
    AtLeastEntry,
    DimensionEntry,
    DocumentEntry,
    DomainsEntry,
    FactorEntry,
    GateEntry,
    MeasureEntry,
    MetricEntry,
    PenaltyEntry,
    fault,
    known,
    read_entries,
    read_entry,
    read_where,
)
from leadline.scoring.quantities import half_life, points_within, positive, whole_days
from leadline.scoring.ruleset import DIMENSIONS, Across, Domains, Factor, Gate, GradeBand, Measure, Penalty, Ruleset
from leadline.scoring.stage_entries import read_conversions, read_recycling, read_stages
from leadline.scoring.yaml_text import parse_yaml

Metrics = Mapping[str, Metric]

LOWEST = "otherwise"


def load_ruleset(text: str, number: int = 0) -> Ruleset:
    """The ruleset of a YAML text.

    Args:
        text: the document.
        number: the number it was published under; 0 for one that was not.

    Raises:
        DocumentError: anything is wrong with it; the message begins with the path inside the document.
    """
    document = read_entry(parse_yaml(text), DocumentEntry, "")
    metrics = {name: _metric(name, e) for name, e in read_entries(document.metrics, MetricEntry, "metrics").items()}
    dimensions = _dimensions(document)
    factors = _factors(dimensions, metrics)
    names = [factor.name for factor in factors]
    grades, lowest = _grades(document.grades)
    return Ruleset(
        name=document.name,
        number=number,
        metrics=metrics,
        dimension_weights={name: positive(e.weight, f"dimensions.{name}.weight") for name, e in dimensions.items()},
        factors=factors,
        penalties=_penalties(document, metrics),
        grades=grades,
        lowest_grade=lowest,
        conversions=read_conversions(document.conversions, conditions),
        stages=read_stages(document.stages, names),
        disqualifications=_disqualifications(document, metrics),
        recycling=read_recycling(document.recycling),
        domains=_domains(document),
    )


def read_ruleset(path: Path, number: int = 0) -> Ruleset:
    """The ruleset of a YAML file.

    Raises:
        DocumentError: the file is not there, is not UTF-8, or is not a valid ruleset.
    """
    try:
        return load_ruleset(path.read_text(encoding="utf-8"), number)
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: this ruleset can not be read: {error}.") from None


def bundled_ruleset(name: str) -> Path:
    """Where a ruleset that comes with Leadline lies: in an installed package, or in a checkout.

    Raises:
        DocumentError: there is none of that name.
    """
    package = Path(__file__).parents[1]
    folders = [folder for folder in (package / "rulesets", package.parents[1] / "rulesets") if folder.is_dir()]
    found = {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.yaml"))}
    return found[known("", "bundled ruleset", name, found)]


def content_hash(text: str) -> str:
    """The SHA-256 of a document's text, in hexadecimal: the same text is never published twice."""
    return hashlib.sha256(text.encode()).hexdigest()


def conditions(where: Mapping[str, object], at: str) -> tuple[Condition, ...]:
    """The filters of a `where:` mapping: a property to a scalar, a list of scalars, or {at_least: n}."""
    return tuple(_condition(name, value, f"{at}.{name}") for name, value in where.items())


def _condition(name: str, value: object, at: str) -> Condition:
    read = read_where(value, at)
    if isinstance(read, AtLeastEntry):
        return Condition(name, at_least=float(read.at_least))
    values: tuple[Scalar, ...] = tuple(read) if isinstance(read, list) else (read,)
    if not values:
        raise fault(at, "an empty list matches nothing.")
    return Condition(name, values)


def _domains(document: DocumentEntry) -> Domains:
    entry = read_entry(document.domains, DomainsEntry, "domains")
    return Domains(*(tuple(name.lower() for name in names) for names in (entry.own, entry.test, entry.competitors)))


def _metric(name: str, entry: MetricEntry) -> Metric:
    at = f"metrics.{name}"
    kind = MetricKind(known(f"{at}.kind", "metric kind", entry.kind, MetricKind))
    _check_metric(entry, kind, at)
    return Metric(
        name=name,
        kind=kind,
        events=tuple(entry.events),
        property=entry.property or (ENGAGED_PROPERTY if kind is MetricKind.ENGAGED_SECONDS else ""),
        where=conditions(entry.where, f"{at}.where"),
        unless=tuple(entry.unless),
        traits=tuple(entry.traits) or ((entry.trait,) if entry.trait else ()),
        values=tuple(entry.values),
    )


def _check_metric(entry: MetricEntry, kind: MetricKind, at: str) -> None:
    """Each kind has the fields it needs, and none that it would ignore."""
    needs_events = kind not in TRAIT_KINDS | ACTIVITY_KINDS
    may_have_property = kind in PROPERTY_KINDS or kind is MetricKind.ENGAGED_SECONDS
    _needs(at, "events", entry.events, needs_events, kind)
    _allows(at, "where", entry.where, needs_events, kind)
    _allows(at, "unless", entry.unless, kind is MetricKind.DISTINCT, kind)
    _allows(at, "property", entry.property, may_have_property, kind)
    if kind in PROPERTY_KINDS:
        _needs(at, "property", entry.property, True, kind)
    if kind is MetricKind.ENGAGED_SECONDS and entry.property not in ("", ENGAGED_PROPERTY):
        raise fault(f"{at}.property", f"engaged time is read from {ENGAGED_PROPERTY}.")
    _needs(at, "traits", entry.traits, kind is MetricKind.COMPLETENESS, kind)
    _needs(at, "trait", entry.trait, kind is MetricKind.TRAIT, kind)
    _needs(at, "values", entry.values, kind is MetricKind.TRAIT, kind)


def _needs(at: str, field: str, value: object, needed: bool, kind: MetricKind) -> None:
    if needed and not value:
        raise fault(f"{at}.{field}", f"a metric of kind {kind} needs this field.")
    _allows(at, field, value, needed, kind)


def _allows(at: str, field: str, value: object, allowed: bool, kind: MetricKind) -> None:
    if value and not allowed:
        raise fault(f"{at}.{field}", f"a metric of kind {kind} does not have this field.")


def _dimensions(document: DocumentEntry) -> dict[str, DimensionEntry]:
    for name in document.dimensions:
        known(f"dimensions.{name}", "dimension", name, DIMENSIONS)
    read = read_entries(document.dimensions, DimensionEntry, "dimensions")
    for name in DIMENSIONS:
        if name not in read or not read[name].factors:
            raise fault(f"dimensions.{name}", "each of the three dimensions needs at least one factor.")
    return {name: read[name] for name in DIMENSIONS}


def _factors(dimensions: Mapping[str, DimensionEntry], metrics: Metrics) -> tuple[Factor, ...]:
    factors: dict[str, Factor] = {}
    for dimension, entry in dimensions.items():
        at = f"dimensions.{dimension}.factors"
        for name, factor in read_entries(entry.factors, FactorEntry, at).items():
            if name in factors:
                raise fault(f"{at}.{name}", f"dimension {factors[name].dimension} has a factor of this name.")
            factors[name] = _factor(name, dimension, factor, metrics)
    return tuple(factors.values())


def _factor(name: str, dimension: str, entry: FactorEntry, metrics: Metrics) -> Factor:
    at = f"dimensions.{dimension}.factors.{name}"
    if not name.isidentifier():
        raise fault(at, "a factor's name is made of letters, digits and underscores.")
    return Factor(
        name=name,
        dimension=dimension,
        measure=_measure(entry, metrics, at),
        weight=positive(entry.weight, f"{at}.weight"),
        full_at=positive(entry.full_at, f"{at}.full_at"),
        curve=Curve(known(f"{at}.curve", "curve", entry.curve, Curve)),
        label=entry.label,
        reason=entry.reason,
        unit=entry.unit,
    )


def _measure(entry: MeasureEntry, metrics: Metrics, at: str) -> Measure:
    metric = metrics[known(f"{at}.metric", "metric", entry.metric, metrics)]
    across = Across(known(f"{at}.across", "way to combine days", entry.across, Across))
    _check_across(metric.kind, across, at)
    _check_window(entry, across, at)
    cap = None if entry.daily_cap is None else positive(entry.daily_cap, f"{at}.daily_cap")
    if across is Across.DISTINCT and cap is not None and cap % 1000:
        raise fault(f"{at}.daily_cap", "new keys a day are counted in whole numbers.")
    return Measure(
        metric=metric,
        across=across,
        window_days=whole_days(entry.window_days, f"{at}.window_days") if entry.window_days is not None else 0,
        half_life_days=half_life(entry.half_life_days, f"{at}.half_life_days"),
        daily_cap=cap,
    )


def _check_across(kind: MetricKind, across: Across, at: str) -> None:
    if (kind is MetricKind.DISTINCT) != (across is Across.DISTINCT):
        raise fault(
            f"{at}.across", f"a metric of kind {kind} does not go with across: {across}; distinct needs distinct."
        )
    if (kind in TRAIT_KINDS) != (across is Across.STATE):
        raise fault(f"{at}.across", f"a metric of kind {kind} does not go with across: {across}; state is for traits.")


def _check_window(entry: MeasureEntry, across: Across, at: str) -> None:
    """A window where days count, and no field that would be ignored."""
    state = across is Across.STATE
    if not state and entry.window_days is None:
        raise fault(f"{at}.window_days", "this field is missing.")
    if state and entry.window_days is not None:
        raise fault(f"{at}.window_days", "traits have no window.")
    if state and entry.half_life_days is not None:
        raise fault(f"{at}.half_life_days", "traits do not decay.")
    if across not in (Across.SUM, Across.DISTINCT) and entry.daily_cap is not None:
        raise fault(f"{at}.daily_cap", f"a cap has no effect with across: {across}.")


def _gate(name: str, entry: GateEntry, metrics: Metrics, at: str) -> Gate:
    at_least = positive(entry.at_least, f"{at}.at_least")
    return Gate(name, _measure(entry, metrics, at), at_least, entry.sentence)


def _penalties(document: DocumentEntry, metrics: Metrics) -> tuple[Penalty, ...]:
    entries = read_entries(document.penalties, PenaltyEntry, "penalties")
    return tuple(_penalty(name, entry, metrics) for name, entry in entries.items())


def _penalty(name: str, entry: PenaltyEntry, metrics: Metrics) -> Penalty:
    at = f"penalties.{name}"
    dimension = known(f"{at}.dimension", "dimension", entry.dimension, DIMENSIONS)
    positive(entry.points, f"{at}.points")
    return Penalty(_gate(name, entry, metrics, at), dimension, points_within(entry.points, f"{at}.points"))


def _disqualifications(document: DocumentEntry, metrics: Metrics) -> tuple[Gate, ...]:
    entries = read_entries(document.disqualifications, GateEntry, "disqualifications")
    return tuple(_gate(name, entry, metrics, f"disqualifications.{name}") for name, entry in entries.items())


def _grades(section: Mapping[str, object]) -> tuple[tuple[GradeBand, ...], str]:
    lowest = section.get(LOWEST)
    if not isinstance(lowest, str) or not lowest:
        raise fault(f"grades.{LOWEST}", "the grade below all bands is missing.")
    bands = tuple(_band(grade, value) for grade, value in section.items() if grade != LOWEST)
    for above, below in pairwise(bands):
        if below.from_points >= above.from_points:
            raise fault(f"grades.{below.grade}", f"bands go downward; this one is not below {above.grade}.")
    return bands, lowest


def _band(grade: str, value: object) -> GradeBand:
    at = f"grades.{grade}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault(at, "a band is the number of points it starts from.")
    return GradeBand(grade, points_within(value, at))
