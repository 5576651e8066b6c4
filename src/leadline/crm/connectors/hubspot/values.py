"""Values in HubSpot's way: every one is a text, and an empty one is nothing. Pure.

A date has no time: HubSpot refuses a moment there that is not midnight UTC. A moment is ISO 8601 in UTC; what is read
may also be milliseconds since 1970.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from leadline.crm.records import FieldType, RemoteField, Value
from leadline.kernel.clock import EPOCH

Row = Mapping[str, Any]

KEY = "leadline_id"
"""The property that names our leads: unique, and what contacts are upserted by."""
GROUP = "leadline"
OURS = "leadline_"
TYPES = {
    "string": FieldType.LONG_TEXT,
    "number": FieldType.DECIMAL,
    "phone_number": FieldType.TEXT,
    "bool": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.MOMENT,
    "enumeration": FieldType.CHOICE,
}
MADE = {
    FieldType.TEXT: ("string", "text"),
    FieldType.LONG_TEXT: ("string", "textarea"),
    FieldType.LINK: ("string", "text"),
    FieldType.INTEGER: ("number", "number"),
    FieldType.DECIMAL: ("number", "number"),
    FieldType.BOOLEAN: ("bool", "booleancheckbox"),
    FieldType.DATE: ("date", "date"),
    FieldType.MOMENT: ("datetime", "date"),
    FieldType.CHOICE: ("enumeration", "select"),
}
YES_OR_NO = [{"label": "Yes", "value": "true"}, {"label": "No", "value": "false"}]


def to_hubspot(value: Value, type_: str) -> str:
    """A value as a property of a type ("date", "number" ...) takes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return str(moment.date()) if type_ == "date" else iso(moment)
    if isinstance(value, date):
        return iso(datetime(value.year, value.month, value.day, tzinfo=UTC)) if type_ == "datetime" else str(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def from_hubspot(text: str | None, type_: str) -> Value:
    """A property as it is read; one that is not as its type says stays a text."""
    if text is None or text == "":
        return None
    try:
        return _typed(text, type_)
    except (ValueError, InvalidOperation):
        return text


def _typed(text: str, type_: str) -> Value:
    if type_ == "number":
        return Decimal(text)
    if type_ == "bool":
        return text == "true"
    if type_ == "datetime":
        return moment_of(text)
    return moment_of(text).date() if type_ == "date" else text


def iso(moment: datetime) -> str:
    """2026-03-02T09:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def moment_of(text: str) -> datetime:
    """A moment, or midnight UTC of a date.

    Raises:
        ValueError: it is neither.
    """
    if text.lstrip("-").isdigit():
        return EPOCH + timedelta(milliseconds=int(text))
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def number_of(text: str | None) -> Decimal | None:
    """An amount; None where there is none, or none that is a number."""
    value = from_hubspot(text, "number")
    return value if isinstance(value, Decimal) else None


def field_of(row: Row) -> RemoteField | None:
    """A property as `RemoteField` has it; None for one that holds no value that we know how to write."""
    type_ = TYPES.get(row.get("type", ""))
    if type_ is None:
        return None
    options = [each for each in row.get("options") or [] if not each.get("hidden")]
    if type_ is FieldType.CHOICE and _is_open(row):
        type_, options = FieldType.TEXT, []
    return RemoteField(
        name=row["name"],
        label=row.get("label") or row["name"],
        type=type_,
        choices=tuple((each["value"], each.get("label") or each["value"]) for each in options)
        if type_ is FieldType.CHOICE
        else (),
        writable=is_writable(row),
        unique=bool(row.get("hasUniqueValue")),
        ours=row["name"].startswith(OURS),
    )


def _is_open(row: Row) -> bool:
    """A choice of several at once, or of what is kept somewhere else (owners): its options are none, or do not say."""
    return bool(row.get("externalOptions")) or row.get("fieldType") == "checkbox"


def is_writable(row: Row) -> bool:
    """Whether it may be written."""
    fixed = (row.get("modificationMetadata") or {}).get("readOnlyValue")
    return not fixed and not row.get("calculated")


def definition(field: RemoteField) -> dict[str, Any]:
    """A property as it is made."""
    type_, shown_as = MADE[field.type]
    made: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "groupName": GROUP,
        "type": type_,
        "fieldType": shown_as,
        "description": "Kept up to date by Leadline.",
    }
    if field.unique:
        made["hasUniqueValue"] = True
    if field.type is FieldType.CHOICE:
        made["options"] = _options(field.choices)
    elif field.type is FieldType.BOOLEAN:
        made["options"] = YES_OR_NO
    return made


def _options(choices: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"label": label, "value": value, "displayOrder": at} for at, (value, label) in enumerate(choices)]


def merged_into(row: Row) -> tuple[str, ...]:
    """Ids of contacts that were merged into this one. HubSpot says it in two properties, each at times alone."""
    properties = row["properties"]
    ids = (properties.get("hs_merged_object_ids") or "").split(";")
    timed = (properties.get("hs_calculated_merged_vids") or "").split(";")
    named = [each.strip() for each in (*ids, *(each.split(":")[0] for each in timed))]
    return tuple(dict.fromkeys(each for each in named if each and each != str(row["id"])))
