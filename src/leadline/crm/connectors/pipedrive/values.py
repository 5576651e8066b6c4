"""Values in Pipedrive's way. Pure.

v2 is strict: numbers are numbers, a choice is the number of its option, a date is 2026-03-02. There is no field for a
moment, a web address or yes-or-no: these are made as text, and as a choice of Yes and No.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from leadline.crm.records import FieldType, RemoteField, Value

Row = Mapping[str, Any]

KEY = "leadline_id"
KEY_LABEL = "Leadline ID"
"""The custom field that names our leads. Pipedrive has no unique fields."""
OURS = "leadline_"
PERSON = "person"
SHORT = 255
TYPES = {
    "varchar": FieldType.TEXT,
    "varchar_auto": FieldType.TEXT,
    "phone": FieldType.TEXT,
    "text": FieldType.LONG_TEXT,
    "address": FieldType.TEXT,
    "double": FieldType.DECIMAL,
    "monetary": FieldType.DECIMAL,
    "date": FieldType.DATE,
    "enum": FieldType.CHOICE,
}
MADE = {
    FieldType.TEXT: "varchar",
    FieldType.LONG_TEXT: "text",
    FieldType.LINK: "text",
    FieldType.INTEGER: "double",
    FieldType.DECIMAL: "double",
    FieldType.BOOLEAN: "enum",
    FieldType.DATE: "date",
    FieldType.MOMENT: "varchar",
    FieldType.CHOICE: "enum",
}
YES_OR_NO = ("Yes", "No")
A_NAME = re.compile(r"[a-z][a-z_]+")
NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class NoOptionError(ValueError):
    """A text is none of the options of a choice."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one field of an account is.

    Attributes:
        code: how the API calls it: "name", or 40 hexadecimal digits. type: Pipedrive's own.
        options: (number, label). name: how a mapping calls it.
    """

    name: str
    code: str
    label: str
    type: str
    options: tuple[tuple[int, str], ...] = ()
    is_custom: bool = True

    @property
    def is_yes_or_no(self) -> bool:
        """Whether it is one of our own that stands for a boolean."""
        return self.name.startswith(OURS) and tuple(label for _, label in self.options) == YES_OR_NO

    def word(self, label: str) -> str:
        """What the mapping says for an option: of our own fields "qualified" for "Qualified", else the label."""
        told = slug(label)
        return told if self.name.startswith(OURS) and spoken(told) == label else label


def slug(label: str) -> str:
    """Leadline score -> leadline_score."""
    return NOT_A_WORD.sub("_", label.lower()).strip("_")


def spoken(value: str) -> str:
    """profile_development -> Profile development; what is no such name stays as it is."""
    return value.replace("_", " ").capitalize() if A_NAME.fullmatch(value) else value


def label_for(field: RemoteField) -> str:
    """The label that a field is made with: its name has to come back from it."""
    return field.label if slug(field.label) == field.name else field.name.replace("_", " ").capitalize()


def to_pipedrive(value: Value, kind: Kind, currency: str) -> Any:
    """A value as a field of a kind takes it.

    Raises:
        NoOptionError: it is none of the field's options.
    """
    if value is None or value == "":
        return None
    if kind.type == "enum":
        return _option(value, kind)
    if kind.type in ("double", "monetary"):
        number = _number(value)
        return {"value": number, "currency": currency} if kind.type == "monetary" else number
    text = _text(value, kind.type)
    return {"value": text} if kind.type == "address" else text


def _option(value: Value, kind: Kind) -> int:
    told = ("Yes" if value else "No") if isinstance(value, bool) else str(value)
    for number, label in kind.options:
        if told.casefold() in (label.casefold(), kind.word(label).casefold()):
            return number
    raise NoOptionError(f"{told!r} is no option of {kind.label}.")


def _number(value: Value) -> int | float:
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)


def _text(value: Value, type_: str) -> str:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return str(moment.date()) if type_ == "date" else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def from_pipedrive(raw: Any, kind: Kind) -> Value:
    """A field as it is read; one that is not as its type says stays a text."""
    told = raw.get("value") if isinstance(raw, dict) else raw
    if told is None or told == "":
        return None
    try:
        return _typed(told, kind)
    except (ValueError, InvalidOperation):
        return str(told)


def _typed(told: Any, kind: Kind) -> Value:
    if kind.type == "enum":
        label = dict(kind.options).get(int(told), "")
        if kind.is_yes_or_no:
            return label == "Yes"
        return kind.word(label) or str(told)
    if kind.type in ("double", "monetary"):
        return Decimal(str(told))
    return date.fromisoformat(str(told)[:10]) if kind.type == "date" else str(told)


def moment_of(text: str | None) -> datetime | None:
    """A moment of v2 (RFC 3339) or of v1 (UTC without saying so); None for none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def iso(moment: datetime) -> str:
    """2026-03-02T09:00:00Z: v2 takes whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def field_of(kind: Kind) -> RemoteField | None:
    """A field as `RemoteField` has it; None for one that holds no value that we know how to write."""
    type_ = FieldType.BOOLEAN if kind.is_yes_or_no else TYPES.get(kind.type)
    if type_ is None:
        return None
    choices = ((kind.word(label), label) for _, label in kind.options) if type_ is FieldType.CHOICE else ()
    return RemoteField(
        name=kind.name,
        label=kind.label,
        type=type_,
        choices=tuple(choices),
        length=SHORT if kind.type in ("varchar", "varchar_auto", "phone") else 0,
        ours=kind.name.startswith(OURS),
    )


def definition(field: RemoteField) -> dict[str, Any]:
    """A custom field as it is made."""
    made: dict[str, Any] = {"field_name": label_for(field), "field_type": MADE[field.type]}
    if field.type is FieldType.BOOLEAN:
        made["options"] = [{"label": label} for label in YES_OR_NO]
    elif field.type is FieldType.CHOICE:
        made["options"] = [{"label": spoken(value)} for value, _ in field.choices]
    return made


def primary(entries: Any) -> str:
    """The first e-mail address or phone number of a person."""
    told = [each for each in entries or [] if isinstance(each, dict) and each.get("value")]
    first = next((each for each in told if each.get("primary")), told[0] if told else {})
    return str(first.get("value") or "")


def with_primary(entries: Any, value: str) -> list[dict[str, Any]]:
    """The addresses or numbers with another first one; what people added beside it stays."""
    before = primary(entries)
    told = [each for each in entries or [] if isinstance(each, dict) and each.get("value") not in (before, value)]
    others = [{**each, "primary": False} for each in told]
    return [{"value": value, "primary": True, "label": "work"}, *others] if value else others


def addresses(row: Row) -> set[str]:
    """All e-mail addresses of a person, in small letters."""
    told: Sequence[Any] = row.get("emails") or []
    return {str(each.get("value")).strip().lower() for each in told if isinstance(each, dict) and each.get("value")}
