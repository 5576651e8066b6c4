"""Filters on properties, shared by metrics and conversions."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeGuard

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on one property. Everything that it states must hold; it states at least one thing.

    A property is there when it has a value other than null. Only a JSON number meets a bound; booleans are no numbers.

    Attributes:
        values: it equals one of these.
        at_least, at_most, above, below: bounds of a number; the first two include the bound itself.
        excluded: it is there and equals none of these; a missing property does not pass.
        exists: whether it must be there (True) or must not (False).
    """

    property: str
    values: tuple[Scalar, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    excluded: tuple[Scalar, ...] = ()
    exists: bool | None = None

    def holds(self, properties: Mapping[str, object]) -> bool:
        """Whether the property meets everything that is stated."""
        value = properties.get(self.property)
        if self.exists is not None and (value is not None) != self.exists:
            return False
        if self.values and not _among(value, self.values):
            return False
        if self.excluded and (value is None or _among(value, self.excluded)):
            return False
        number = as_number(value)
        return all(self._bounds(math.nan if number is None else number))  # NaN meets no bound

    def _bounds(self, at: float) -> Iterator[bool]:
        """Whether a number meets each stated bound."""
        if self.at_least is not None:
            yield at >= self.at_least
        if self.at_most is not None:
            yield at <= self.at_most
        if self.above is not None:
            yield at > self.above
        if self.below is not None:
            yield at < self.below

    def as_dict(self) -> dict[str, object]:
        """For JSON. What came after the first form is left out while it is not stated: digests of metrics last."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        first = {name: given.pop(name) for name in ("property", "values", "at_least")}
        return {**first, **{name: value for name, value in given.items() if value not in (None, ())}}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Condition":
        """What `as_dict` gave, also after JSON made lists of tuples."""
        read: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in given.items()}
        return cls(**read)


def is_number(value: object) -> TypeGuard[int | float]:
    """A JSON number: an int or a float, and not a boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_number(value: object) -> float | None:
    """A JSON number as a double; None for anything else, and for what no double holds."""
    if not is_number(value):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _among(value: object, wanted: Iterable[Scalar]) -> bool:
    return any(_same(value, each) for each in wanted)


def _same(value: object, wanted: Scalar) -> bool:
    if (wanted_number := as_number(wanted)) is not None:
        return as_number(value) == wanted_number
    return type(value) is type(wanted) and value == wanted
