"""The shape of a ruleset document: one struct for each kind of entry, and how faults in one are told.

Every fault is a `DocumentError` whose message begins with the path inside the document, such as
`dimensions.engagement.factors.tool_usage.metric`, and names the nearest valid name where one comes close.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from leadline.kernel.errors import DocumentError

Number = int | float


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry with named fields; any other field is a fault."""


class DocumentEntry(Entry, frozen=True, kw_only=True):
    """The whole document. Sections are read entry by entry, so that faults can name their path."""

    name: str
    metrics: dict[str, Any]
    dimensions: dict[str, Any]
    grades: dict[str, Any]
    penalties: dict[str, Any] = {}
    conversions: dict[str, Any] = {}
    stages: dict[str, Any] = {}
    recycling: Any = None
    disqualifications: dict[str, Any] = {}
    domains: dict[str, Any] = {}


class DomainsEntry(Entry, frozen=True, kw_only=True):
    """E-mail domains with a meaning."""

    own: list[str] = []
    test: list[str] = []
    competitors: list[str] = []


class MetricEntry(Entry, frozen=True, kw_only=True):
    """One metric."""

    kind: str
    events: list[str] = []
    property: str = ""
    where: dict[str, Any] = {}
    unless: list[str] = []
    traits: list[str] = []
    trait: str = ""
    values: list[str] = []


class AtLeastEntry(Entry, frozen=True, kw_only=True):
    """A numeric filter."""

    at_least: Number


ScalarEntry = bool | int | float | str
WhereEntry = bool | int | float | str | list[ScalarEntry] | AtLeastEntry


class DimensionEntry(Entry, frozen=True, kw_only=True):
    """One dimension."""

    weight: Number
    factors: dict[str, Any]


class MeasureEntry(Entry, frozen=True, kw_only=True):
    """What factors, penalties and disqualifications share."""

    metric: str
    across: str
    window_days: int | None = None
    half_life_days: Number | None = None
    daily_cap: Number | None = None


class FactorEntry(MeasureEntry, frozen=True, kw_only=True):
    """One factor of a dimension."""

    weight: Number
    full_at: Number
    curve: str = "linear"
    label: str
    reason: str
    unit: str = ""


class GateEntry(MeasureEntry, frozen=True, kw_only=True):
    """A disqualification."""

    at_least: Number = 1
    sentence: str


class PenaltyEntry(GateEntry, frozen=True, kw_only=True):
    """Points taken from a dimension."""

    dimension: str
    points: Number


class ConversionEntry(Entry, frozen=True, kw_only=True):
    """One conversion."""

    event: str
    where: dict[str, Any] = {}
    key: str = ""
    amount: str = ""
    currency: str = "currency"
    unless: list[str] = []
    triggers: list[str] = []
    trigger_where: dict[str, Any] = {}
    facts: list[str] = []
    sentence: str


class ThresholdEntry(Entry, frozen=True, kw_only=True):
    """So many of these factors."""

    at_least: int
    of: dict[str, Number]


class EnterTotalEntry(Entry, frozen=True, kw_only=True):
    """A total held for some hours."""

    points: Number
    for_hours: int = 0


class StageEntry(Entry, frozen=True, kw_only=True):
    """One stage."""

    needs: list[str] = []
    enter: ThresholdEntry | None = None
    stay: ThresholdEntry | None = None
    enter_total: EnterTotalEntry | None = None
    stay_total: Number | None = None
    trigger_days: int = 30
    dwell_days: int = 0


class RecyclingEntry(Entry, frozen=True, kw_only=True):
    """What silence does."""

    after_silent_days: int = 60
    stages: list[str] = []


T = TypeVar("T")


def fault(at: str, message: str, advice: str = "") -> DocumentError:
    """The error for one place of the document."""
    return DocumentError(f"{at}: {message}" if at else message, advice=advice)


def unknown(at: str, what: str, name: str, valid: Iterable[str]) -> DocumentError:
    """The error for a name that does not exist, with the nearest one that does."""
    names = sorted(str(each) for each in valid)
    close = get_close_matches(name, names, n=1)
    advice = f"Did you mean {close[0]!r}?" if close else f"Use one of: {', '.join(names)}."
    return fault(at, f"there is no {what} {name!r}.", advice)


def known(at: str, what: str, name: str, valid: Iterable[str]) -> str:
    """`name` when it is one of `valid`.

    Raises:
        DocumentError: it is not.
    """
    if name not in (names := tuple(valid)):
        raise unknown(at, what, name, names)
    return name


def read_entry(value: object, kind: type[T], at: str) -> T:
    """One entry as its struct.

    Raises:
        DocumentError: a field is missing, unknown or of the wrong type.
    """
    read: T = _converted(value, kind, kind, at)
    return read


def read_where(value: object, at: str) -> ScalarEntry | list[ScalarEntry] | AtLeastEntry:
    """What a filter says about one property."""
    read: ScalarEntry | list[ScalarEntry] | AtLeastEntry = _converted(value, WhereEntry, AtLeastEntry, at)
    return read


def read_entries(section: Mapping[str, Any], kind: type[T], at: str) -> dict[str, T]:
    """The entries of a section by name, in the document's order."""
    return {name: read_entry(value, kind, f"{at}.{name}") for name, value in section.items()}


def _converted(value: object, kind: Any, fields_of: Any, at: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _field_fault(str(error), fields_of, at) from None


def _field_fault(text: str, kind: Any, at: str) -> DocumentError:
    message, _, path = text.partition(" - at `$")
    inside = path.rstrip("`").removeprefix(".")
    where = ".".join(part for part in (at, inside) if part)
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", message):
        name = found[1]
        return unknown(f"{where}.{name}".lstrip("."), "field", name, _fields(kind, inside))
    if found := re.fullmatch(r"Object missing required field `(.*)`", message):
        return fault(f"{where}.{found[1]}".lstrip("."), "this field is missing.")
    return fault(where, f"{message[0].lower()}{message[1:]}.")


def _fields(kind: Any, inside: str) -> tuple[str, ...]:
    """The field names of a struct, or of the one that a path of fields inside it leads to."""
    for name in filter(None, inside.split(".")):
        hint = get_type_hints(kind)[name]
        kind = next(each for each in (hint, *get_args(hint)) if hasattr(each, "__struct_fields__"))
    fields: tuple[str, ...] = kind.__struct_fields__
    return fields
