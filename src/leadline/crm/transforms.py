"""What is done to a value on its way into a field: tables of values, dates, numbers, lengths. Pure, and never raises:
what can't be made of a value is nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, DecimalException, localcontext

from leadline.crm.records import FieldType, Value
from leadline.crm.value_casts import CASTS
from leadline.crm.value_texts import DIGITS, cleaned, in_zone, number_of, text_of, whole_if_so

ELLIPSIS = "…"
SHORT = 4
"""Below so many characters an ellipsis says less than the letter in its place."""


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Our words to the CRM's. What is in no row stays as it is, unless `otherwise` says what it becomes.

    Attributes:
        keep: whether what has no row stays as it is.
    """

    rows: Mapping[str, Value]
    keep: bool = True
    otherwise: Value = None

    def __call__(self, value: Value) -> Value:
        """Nothing stays nothing."""
        text = text_of(value)
        if not text:
            return None
        if text in self.rows:
            return self.rows[text]
        return value if self.keep else self.otherwise


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A moment or a date in words, by strftime."""

    form: str
    zone: tzinfo = UTC

    def __call__(self, value: Value) -> Value:
        """None of what is no moment."""
        if isinstance(value, datetime):
            value = in_zone(value, self.zone)
        return cleaned(value.strftime(self.form)) or None if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number times `scale`, rounded half up to `places` decimals (None: as it is)."""

    scale: Decimal = Decimal(1)
    places: int | None = None

    def __call__(self, value: Value) -> Value:
        """A whole number where no decimals are left."""
        number = number_of(value)
        if number is None:
            return None
        try:
            with localcontext(prec=DIGITS):
                return whole_if_so(_rounded(number * self.scale, self.places))
        except DecimalException:
            return None


@dataclass(frozen=True, slots=True)
class Truncate:
    """A text of at most `length` characters; the last one of a shortened text is an ellipsis."""

    length: int

    def __call__(self, value: Value) -> Value:
        """Shorter ones stay as they are."""
        text = text_of(value)
        if len(text) <= self.length:
            return value
        if self.length < SHORT:
            return text[: self.length]
        return text[: self.length - 1].rstrip() + ELLIPSIS


@dataclass(frozen=True, slots=True)
class Cast:
    """A value as the type that a field has."""

    type: FieldType

    def __call__(self, value: Value) -> Value:
        """None of what can't be one."""
        return None if value is None else CASTS[self.type](value)


@dataclass(frozen=True, slots=True)
class Default:
    """What stands for nothing."""

    default: Value

    def __call__(self, value: Value) -> Value:
        """What there is, else the default."""
        return self.default if value is None or value == "" else value


Transform = Callable[[Value], Value]


def _rounded(number: Decimal, places: int | None) -> Decimal:
    return number if places is None else number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
