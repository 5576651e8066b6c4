"""Values in Salesforce's way, and its fields as Leadline describes them. Pure.

JSON must have the type of the field: a number for a text field fails the whole call. In CSV an empty cell changes
nothing, and #N/A empties a field.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from leadline.crm.connectors.salesforce.calls import moment
from leadline.crm.connectors.salesforce.names import EXTERNAL_ID, OURS
from leadline.crm.records import FieldType, RemoteField, Value

NOTHING = "#N/A"
LONG_TEXT = 255
"""A longer text area is a long one."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
TYPES = {
    "string": FieldType.TEXT,
    "email": FieldType.TEXT,
    "phone": FieldType.TEXT,
    "textarea": FieldType.TEXT,
    "encryptedstring": FieldType.TEXT,
    "combobox": FieldType.TEXT,
    "multipicklist": FieldType.TEXT,
    "reference": FieldType.TEXT,
    "url": FieldType.LINK,
    "picklist": FieldType.CHOICE,
    "int": FieldType.INTEGER,
    "long": FieldType.INTEGER,
    "double": FieldType.DECIMAL,
    "currency": FieldType.DECIMAL,
    "percent": FieldType.DECIMAL,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.MOMENT,
}
NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
Json = str | int | float | bool | None


def field_of(described: Mapping[str, Any]) -> RemoteField | None:
    """One field of a describe; None for one that holds no plain value."""
    if (type_ := _type(described)) is None:
        return None
    choices = described.get("picklistValues") or [] if type_ is FieldType.CHOICE else []
    name = described["name"]
    return RemoteField(
        name=name,
        label=described["label"],
        type=type_,
        choices=tuple((each["value"], each["label"] or each["value"]) for each in choices if each["active"]),
        length=int(described.get("length") or 0)
        if type_ in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LINK)
        else 0,
        writable=bool(described["updateable"]) and name != EXTERNAL_ID,
        required=is_required(described),
        unique=bool(described.get("unique")),
        ours=name.startswith(OURS),
    )


def _type(described: Mapping[str, Any]) -> FieldType | None:
    type_ = TYPES.get(described["type"])
    if type_ is FieldType.DECIMAL and described["type"] == "double" and described.get("scale") == 0:
        return FieldType.INTEGER
    if described["type"] == "textarea" and int(described.get("length") or 0) > LONG_TEXT:
        return FieldType.LONG_TEXT
    return type_


def is_required(described: Mapping[str, Any]) -> bool:
    """Whether a record can't be made without it."""
    return bool(described["createable"]) and not described["nillable"] and not described.get("defaultedOnCreate")


def to_json(value: Value, type_: str) -> Json:
    """A value as the JSON of a call has it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal) and type_ in NUMBERS:
        return value if isinstance(value, int) else float(value)
    return text_of(value, type_)


def to_cell(value: Value, type_: str) -> str:
    """A value as a cell of CSV."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    return text_of(value, type_)


def text_of(value: str | int | Decimal | date, type_: str) -> str:
    """A value in letters. Moments are UTC, whole seconds."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        return at.date().isoformat() if type_ == "date" else at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z" if type_ == "datetime" else value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def from_json(value: Any) -> Value:
    """A value of an answer; a moment is told by its looks, since no describe comes with it."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return moment(value)
    return value if isinstance(value, str | int | bool) else None
