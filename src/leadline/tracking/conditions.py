"""Filters on properties, shared by metrics and conversions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on one property: equal to one of `values`, or a number of `at_least` or more."""

    property: str
    values: tuple[Scalar, ...] = ()
    at_least: float | None = None

    def holds(self, properties: Mapping[str, object]) -> bool:
        """Whether the property is there and meets the condition. Booleans are not numbers."""
        value = properties.get(self.property)
        if self.at_least is not None:
            number = as_number(value)
            return number is not None and number >= self.at_least
        return any(_same(value, wanted) for wanted in self.values)


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


def _same(value: object, wanted: Scalar) -> bool:
    if (wanted_number := as_number(wanted)) is not None:
        return as_number(value) == wanted_number
    return type(value) is type(wanted) and value == wanted
