"""The numbers of a ruleset document as rows of fields, and typed fields back into the document. Pure.

The document is the truth: a field has the path of the entry that it stands for, and a change of it is a change of that
entry alone, so that comments and layout stay. Rows are made of any document that is YAML, valid or not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leadline.kernel.errors import DocumentError
from leadline.scoring.arithmetic import Curve
from leadline.scoring.edits import Value, with_entries
from leadline.scoring.faults import Fault
from leadline.scoring.ruleset import DIMENSIONS

NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
LONGEST_NUMBER = 30
"""Characters; Python refuses to read more than 4,300 digits, and nobody means them."""
OPTIONAL = ("half_life_days", "daily_cap", "window_days")
FACTOR_FIELDS = ("weight", "full_at", "half_life_days", "daily_cap", "window_days", "curve")
LABELS = {
    "weight": "Weight",
    "full_at": "Full at",
    "half_life_days": "Half-life, days",
    "daily_cap": "Cap a day",
    "window_days": "Window, days",
    "curve": "Curve",
}
EDITABLE = ("dimensions.", "grades.", "stages.")
"""Paths that fields may change begin with one of these."""
CURVES = tuple(curve.value for curve in Curve)


@dataclass(frozen=True, slots=True)
class NumberField:
    """One field: the path of its entry, what it is called, and the value as the document has it, as a text."""

    path: str
    label: str
    value: str
    faults: tuple[Fault, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen; nothing where a number is typed."""
        return CURVES if self.path.endswith(".curve") else ()

    @property
    def is_optional(self) -> bool:
        """Whether it may be empty."""
        return self.path.rpartition(".")[2] in OPTIONAL


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One factor. `unit` is that of its metric; `others` are faults of it that no field has."""

    name: str
    dimension: str
    label: str
    metric: str
    unit: str
    fields: tuple[NumberField, ...]
    others: tuple[Fault, ...] = ()

    @property
    def faults(self) -> list[Fault]:
        """All that is wrong with it."""
        return [*(fault for field in self.fields for fault in field.faults), *self.others]


@dataclass(frozen=True, slots=True)
class DimensionRows:
    """A dimension: its weight, and its factors."""

    name: str
    weight: NumberField
    factors: tuple[FactorRow, ...]


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Other numbers that belong together: grades, or one stage."""

    name: str
    title: str
    fields: tuple[NumberField, ...]


@dataclass(frozen=True, slots=True)
class RuleRows:
    """All fields of a document."""

    dimensions: tuple[DimensionRows, ...]
    groups: tuple[FieldGroup, ...]

    @property
    def fields(self) -> Iterator[NumberField]:
        """Every one of them."""
        for dimension in self.dimensions:
            yield dimension.weight
            for factor in dimension.factors:
                yield from factor.fields
        for group in self.groups:
            yield from group.fields

    @property
    def shown(self) -> dict[str, str]:
        """Path -> value, as a form shows them."""
        return {field.path: field.value for field in self.fields}


def rule_rows(values: object, faults: Sequence[Fault] = ()) -> RuleRows:
    """The fields of a document's plain values; parts that are not as they should be are left out."""
    wrong = _Wrong(faults)
    dimensions = _mapping(_mapping(values).get("dimensions"))
    rows = (_dimension(name, _mapping(dimensions.get(name)), wrong) for name in DIMENSIONS if name in dimensions)
    groups = [FieldGroup("grades", "Grades, from", tuple(_numbers("grades", _mapping(values).get("grades"), wrong)))]
    for stage, rules in _mapping(_mapping(values).get("stages")).items():
        fields = tuple(_numbers(f"stages.{stage}", rules, wrong))
        groups.append(FieldGroup(f"stages.{stage}", stage.replace("_", " ").capitalize(), fields))
    return RuleRows(tuple(rows), tuple(group for group in groups if group.fields))


def with_fields(text: str, typed: Mapping[str, str], shown: Mapping[str, str]) -> str:
    """A document with what was typed into fields since they were shown.

    Args:
        typed: path -> text, as a form sends it.
        shown: path -> what the field said before; a field that was not shown changes nothing.

    Raises:
        DocumentError: the text is not YAML, or an entry can not be changed in place.
    """
    changed = {path: text for path, text in typed.items() if path in shown and text.strip() != shown[path]}
    for path in changed:
        if not path.startswith(EDITABLE):
            raise DocumentError(f"{path[:80]}: this is no field of the Scoring studio.")
    return with_entries(text, {path: value_of(typed) for path, typed in changed.items()}) if changed else text


def value_of(text: str) -> Value:
    """A typed text as a document holds it: nothing, a number, or what was typed, which a fault will name."""
    plain = text.strip()
    if not plain:
        return None
    if len(plain) > LONGEST_NUMBER or not NUMBER.fullmatch(plain):
        return plain
    return float(plain) if "." in plain else int(plain)


class _Wrong:
    """Faults by the path that they stand at."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = faults

    def at(self, path: str) -> tuple[Fault, ...]:
        return tuple(each for each in self.faults if each.path == path or each.path.startswith(f"{path}."))


def _dimension(name: str, values: Mapping[str, object], wrong: _Wrong) -> DimensionRows:
    at = f"dimensions.{name}"
    weight = NumberField(f"{at}.weight", "Weight", _text(values.get("weight")), wrong.at(f"{at}.weight"))
    factors = _mapping(values.get("factors")).items()
    return DimensionRows(name, weight, tuple(_factor(key, name, _mapping(each), wrong) for key, each in factors))


def _factor(name: str, dimension: str, values: Mapping[str, object], wrong: _Wrong) -> FactorRow:
    at = f"dimensions.{dimension}.factors.{name}"
    given = {"curve": Curve.LINEAR.value, **values}
    fields = tuple(
        NumberField(f"{at}.{key}", LABELS[key], _text(given.get(key)), wrong.at(f"{at}.{key}"))
        for key in FACTOR_FIELDS
        if values.get("across") != "state" or key not in OPTIONAL
    )
    told = {fault for field in fields for fault in field.faults}
    others = tuple(fault for fault in wrong.at(at) if fault not in told)
    label, unit = _text(values.get("label")) or name, _text(values.get("unit"))
    return FactorRow(name, dimension, label, _text(values.get("metric")), unit, fields, others)


def _numbers(path: str, value: object, wrong: _Wrong) -> Iterator[NumberField]:
    for key, each in _mapping(value).items():
        at = f"{path}.{key}"
        if isinstance(each, Mapping):
            yield from _numbers(at, each, wrong)
        elif isinstance(each, int | float) and not isinstance(each, bool):
            yield NumberField(at, _words(at), _text(each), wrong.at(at))


def _words(path: str) -> str:
    """The part of a path below grades or a stage: "enter: time spent"."""
    parts = [part.replace("_", " ") for part in path.split(".") if part != "of"]
    return ": ".join(parts[1:] if parts[0] == "grades" else parts[2:])


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
