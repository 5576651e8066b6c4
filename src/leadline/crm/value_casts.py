"""A value as the type that a field has. Pure, never raises: what can't be one is nothing."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from leadline.crm.records import FieldType, Value
from leadline.crm.value_texts import in_zone, number_of, text_of, whole_if_so

TRUE_WORDS = frozenset({"yes", "true", "1", "on"})
FALSE_WORDS = frozenset({"no", "false", "0", "off"})


def _as_text(value: Value) -> Value:
    return text_of(value) or None


def _as_integer(value: Value) -> Value:
    number = _as_number(value)
    return None if number is None else int(number.to_integral_value(rounding=ROUND_HALF_UP))


def _as_decimal(value: Value) -> Value:
    number = _as_number(value)
    return None if number is None else whole_if_so(number)


def _as_number(value: Value) -> Decimal | None:
    return Decimal(value) if isinstance(value, bool) else number_of(value)


def _as_boolean(value: Value) -> Value:
    word = text_of(value).lower()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def _as_date(value: Value) -> Value:
    if isinstance(value, datetime):
        moment = in_zone(value, UTC)
        return moment.date() if moment else None
    if isinstance(value, date):
        return value
    moment = _read_moment(value)
    return moment.date() if moment else None


def _as_moment(value: Value) -> Value:
    if isinstance(value, datetime):
        return in_zone(value, UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return _read_moment(value)


def _read_moment(value: Value) -> datetime | None:
    try:
        return in_zone(datetime.fromisoformat(value.strip()), UTC) if isinstance(value, str) else None
    except ValueError:
        return None


CASTS: Mapping[FieldType, Callable[[Value], Value]] = {
    FieldType.TEXT: _as_text,
    FieldType.LONG_TEXT: _as_text,
    FieldType.CHOICE: _as_text,
    FieldType.LINK: _as_text,
    FieldType.INTEGER: _as_integer,
    FieldType.DECIMAL: _as_decimal,
    FieldType.BOOLEAN: _as_boolean,
    FieldType.DATE: _as_date,
    FieldType.MOMENT: _as_moment,
}
