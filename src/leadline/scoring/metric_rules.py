"""The metrics of a document, and the filters that they share with conversions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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
from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.entries import FilterEntry, MetricEntry, WhereEntry
from leadline.scoring.faults import fault, known
from leadline.scoring.quantities import finite
from leadline.scoring.reading import Reading

Metrics = Mapping[str, Metric]
VALUE_KINDS = frozenset({MetricKind.TRAIT, MetricKind.TRAIT_VALUE})
"""Of one trait's value."""
INSTEAD: Mapping[tuple[MetricKind, str], str] = {
    (MetricKind.TRAIT, "traits"): "It reads one trait: use trait.",
    (MetricKind.TRAIT_VALUE, "traits"): "It reads one trait: use trait.",
    (MetricKind.TRAIT_VALUE, "values"): "It takes the number as it is; kind trait has values.",
    (MetricKind.COMPLETENESS, "trait"): "Use traits: [...].",
}
"""What was meant by a field that belongs to a neighbouring kind."""


def read_metrics(document: DocumentEntry, reading: Reading) -> Metrics:
    """The metrics by name, in the document's order."""
    read: dict[str, Metric] = {}
    conversions = reading.names("conversions")
    for name, entry in document.metrics.items():
        with reading.entry():
            read[name] = _metric(name, entry, conversions)
    return read


def read_conditions(where: Mapping[str, WhereEntry], at: str) -> tuple[Condition, ...]:
    """The filters of a `where:` mapping: a property to a scalar, a list of scalars, or what `FilterEntry` states."""
    return tuple(_condition(name, value, f"{at}.{name}") for name, value in where.items())


def _condition(name: str, value: WhereEntry, at: str) -> Condition:
    if isinstance(value, FilterEntry):
        return _filter(name, value, at)
    return Condition(name, _values(value, at))


def _filter(name: str, entry: FilterEntry, at: str) -> Condition:
    bounds = {"at_least": entry.at_least, "at_most": entry.at_most, "above": entry.above, "below": entry.below}
    numbers: dict[str, Any] = {
        field: finite(bound, f"{at}.{field}") for field, bound in bounds.items() if bound is not None
    }
    if not numbers and entry.not_ is None and entry.exists is None:
        raise fault(at, "an empty filter says nothing.", "Use at_least, at_most, above, below, not or exists.")
    if entry.exists is False and (numbers or entry.not_ is not None):
        raise fault(f"{at}.exists", "what is not there meets no other filter.")
    _check_bounds(numbers, at)
    excluded = () if entry.not_ is None else _values(entry.not_, f"{at}.not")
    bare = Condition(name, excluded=excluded, exists=entry.exists)
    return replace(bare, **numbers)


def _check_bounds(numbers: Mapping[str, float], at: str) -> None:
    """Some number must lie within."""
    lows = [numbers[name] for name in ("at_least", "above") if name in numbers]
    highs = [numbers[name] for name in ("at_most", "below") if name in numbers]
    open_ended = "above" in numbers or "below" in numbers
    if lows and highs and (max(lows) > min(highs) or (open_ended and max(lows) == min(highs))):
        raise fault(at, "no number lies within these bounds.")


def _values(value: Scalar | list[Scalar], at: str) -> tuple[Scalar, ...]:
    values: tuple[Scalar, ...] = tuple(value) if isinstance(value, list) else (value,)
    if not values:
        raise fault(at, "an empty list matches nothing.")
    return values


def _metric(name: str, entry: MetricEntry, conversions: tuple[str, ...]) -> Metric:
    at = f"metrics.{name}"
    _check_metric(entry, at)
    for number, conversion in enumerate(entry.because_of):
        known(f"{at}.because_of[{number}]", "conversion", conversion, conversions)
    return Metric(
        name=name,
        kind=entry.kind,
        events=tuple(entry.events),
        property=entry.property or (ENGAGED_PROPERTY if entry.kind is MetricKind.ENGAGED_SECONDS else ""),
        where=read_conditions(entry.where, f"{at}.where"),
        unless=tuple(entry.unless),
        traits=tuple(entry.traits) or ((entry.trait,) if entry.trait else ()),
        values=tuple(entry.values),
        because_of=tuple(entry.because_of),
        available_at=entry.available_at,
    )


def _check_metric(entry: MetricEntry, at: str) -> None:
    """Each kind has the fields it needs, and none that it would ignore."""
    kind = entry.kind
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
    _needs(at, "trait", entry.trait, kind in VALUE_KINDS, kind)
    _needs(at, "values", entry.values, kind is MetricKind.TRAIT, kind)


def _needs(at: str, field: str, value: object, needed: bool, kind: MetricKind) -> None:
    if needed and not value:
        raise fault(f"{at}.{field}", f"a metric of kind {kind} needs this field.")
    _allows(at, field, value, needed, kind)


def _allows(at: str, field: str, value: object, allowed: bool, kind: MetricKind) -> None:
    if value and not allowed:
        advice = INSTEAD.get((kind, field), "")
        raise fault(f"{at}.{field}", f"a metric of kind {kind} does not have this field.", advice)
