"""The transforms of a field's entry in a mapping document, and what type comes out of them."""

import math
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from msgspec import UNSET, UnsetType

from leadline.crm.local_fields import LocalField
from leadline.crm.mapping_entries import FieldEntry
from leadline.crm.records import FieldType
from leadline.crm.transforms import Cast, DateFormat, Default, NumberFormat, Transform, Truncate, ValueTable
from leadline.crm.value_texts import sound, text_of
from leadline.scoring.entries import Scalar
from leadline.scoring.faults import fault

SAMPLE = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def transforms_of(entry: FieldEntry, at: str) -> Iterator[Transform]:
    """One after the other, in the order in which they are done.

    Args:
        at: the entry's path.

    Raises:
        PathFaultError: a format or a time zone that does not exist.
    """
    if entry.values:
        yield _table(entry)
    if entry.number is not None:
        yield NumberFormat(_scale(entry.number.scale, f"{at}.number.scale"), entry.number.round)
    if entry.date:
        yield DateFormat(_form(entry.date, f"{at}.date"), _zone(entry.zone, f"{at}.zone"))
    if entry.type is not None:
        yield Cast(entry.type)
    if entry.truncate is not None:
        yield Truncate(entry.truncate)
    if entry.default is not None:
        yield Default(sound(entry.default))


def natural_type(entry: FieldEntry, local: LocalField | None) -> FieldType:
    """What comes out: what the entry says, else what its transforms make of the local field's."""
    if entry.type is not None:
        return entry.type
    if entry.number is not None and not entry.date:
        return FieldType.INTEGER if entry.number.round == 0 else FieldType.DECIMAL
    if entry.constant is not None:
        return _type_of(entry.constant)
    if local is None or entry.date:
        return FieldType.TEXT
    return _table_type(entry) if entry.values else local.type


def outputs(entry: FieldEntry, local: LocalField | None) -> tuple[str, ...]:
    """The values that can come out, when they are few: of a choice here, of `values`, of a constant."""
    if entry.constant is not None:
        return (text_of(sound(entry.constant)),)
    if local is None or entry.date or entry.number is not None:
        return ()
    table = _table(entry)
    given = [value for value, _ in local.choices] or list(entry.values)
    made = [table(value) for value in given]
    if not given:
        return ()
    return tuple(dict.fromkeys(filter(None, map(text_of, (*made, table.otherwise, sound(entry.default))))))


def _table(entry: FieldEntry) -> ValueTable:
    rows = {text_of(key): sound(value) for key, value in entry.values.items()}
    if isinstance(entry.otherwise, UnsetType):
        return ValueTable(rows)
    return ValueTable(rows, keep=False, otherwise=sound(entry.otherwise))


def _table_type(entry: FieldEntry) -> FieldType:
    values = [*entry.values.values(), None if entry.otherwise is UNSET else entry.otherwise]
    types = {_type_of(value) for value in values if value is not None and not isinstance(value, UnsetType)}
    if types == {FieldType.TEXT} or len(types) != 1:
        return FieldType.CHOICE if types == {FieldType.TEXT} else FieldType.TEXT
    return types.pop()


def _type_of(given: Scalar) -> FieldType:
    if isinstance(given, bool):
        return FieldType.BOOLEAN
    if isinstance(given, int):
        return FieldType.INTEGER
    return FieldType.DECIMAL if isinstance(given, float) else FieldType.TEXT


def _scale(scale: float, at: str) -> Decimal:
    if not math.isfinite(scale) or scale == 0:
        raise fault(at, f"{scale:g} leaves nothing of a number.", "Such as 0.01 or 12.")
    return Decimal(repr(scale))


def _form(form: str, at: str) -> str:
    try:
        written = SAMPLE.strftime(form)
    except ValueError as error:
        raise fault(at, f"{form!r} is no format of strftime: {error}.", "Such as %Y-%m-%d.") from None
    if written == form or not written.strip():
        raise fault(at, f"{form!r} has no part that varies.", "Use strftime's letters, such as %Y-%m-%d.")
    return form


def _zone(name: str, at: str) -> tzinfo:
    try:
        return zoneinfo.ZoneInfo(name) if name else UTC
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise fault(at, f"there is no time zone {name!r}.", "Names are such as Europe/London.") from None
