"""Values in Odoo's way: as text into `load`, as JSON out of `read`. Pure.

Moments are naive UTC "YYYY-MM-DD HH:MM:SS" (an offset is refused); nothing is `false`, also for a text or a date.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape, unescape
from typing import Any

from leadline.crm.records import FieldType, RemoteField, Value

MOMENT = "%Y-%m-%d %H:%M:%S"
CUSTOM, OURS = "x_", "x_leadline"
TYPES = {
    "char": FieldType.TEXT,
    "text": FieldType.LONG_TEXT,
    "html": FieldType.LONG_TEXT,
    "integer": FieldType.INTEGER,
    "float": FieldType.DECIMAL,
    "monetary": FieldType.DECIMAL,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.MOMENT,
    "selection": FieldType.CHOICE,
    "many2one": FieldType.TEXT,
    "many2many": FieldType.TEXT,
}
MADE = {
    FieldType.TEXT: "char",
    FieldType.LONG_TEXT: "text",
    FieldType.INTEGER: "integer",
    FieldType.DECIMAL: "float",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.MOMENT: "datetime",
    FieldType.CHOICE: "selection",
    FieldType.LINK: "char",
}
DESCRIBED = ["string", "type", "required", "readonly", "selection", "relation", "size", "store"]
NEEDED = frozenset({"name"})
"""Odoo marks more fields as required, and fills them in by itself."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What Odoo says of a field. `relation`: the model that it points to."""

    type: str
    relation: str = ""


def kinds_of(described: Mapping[str, Mapping[str, Any]]) -> dict[str, Kind]:
    """Each field of `fields_get`."""
    return {name: Kind(each["type"], each.get("relation") or "") for name, each in described.items()}


def field_of(name: str, described: Mapping[str, Any]) -> RemoteField:
    """One field of `fields_get`, as `RemoteField` has it."""
    choices = described.get("selection") or [] if described["type"] == "selection" else []
    return RemoteField(
        name=name,
        label=described["string"],
        type=TYPES[described["type"]],
        choices=tuple((str(value), str(label)) for value, label in choices),
        length=int(described.get("size") or 0),
        writable=not described.get("readonly"),
        required=name in NEEDED,
        ours=name.startswith(OURS),
    )


def to_odoo(value: Value, kind: Kind) -> str:
    """A value as `load` reads it; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%d" if kind.type == "date" else MOMENT)
    if isinstance(value, date):
        return f"{value} 00:00:00" if kind.type == "datetime" else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return to_html(value) if kind.type == "html" and isinstance(value, str) else str(value)


def from_odoo(value: Any, kind: Kind, names: Mapping[tuple[str, int], str]) -> Value:
    """A value of `read`. `names`: of records that a field points to, by model and number."""
    if kind.type == "boolean":
        return bool(value)
    if value is None or value is False or value == []:
        return None
    if kind.type == "many2one":
        return names.get((kind.relation, value[0]), str(value[1]))
    if kind.type == "many2many":
        return ",".join(sorted(names.get((kind.relation, each), str(each)) for each in value))
    return _plain(value, kind.type)


def _plain(value: Any, type_: str) -> Value:
    if type_ in ("float", "monetary"):
        return Decimal(repr(value))
    if type_ == "datetime":
        return moment_of(value)
    if type_ == "date":
        return date.fromisoformat(value)
    if type_ == "html":
        return from_html(value)
    return int(value) if type_ == "integer" else str(value)


def moment_of(text: str) -> datetime:
    """A moment of Odoo's: UTC without saying so."""
    return datetime.strptime(text, MOMENT).replace(tzinfo=UTC)


def to_html(text: str) -> str:
    """Words for a field that holds HTML."""
    return f"<p>{escape(text, quote=False).replace(chr(10), '<br>')}</p>"


def from_html(html: str) -> str:
    """The words of a field that holds HTML, a line for each line."""
    lines = re.sub(r"<br\s*/?>|</p>\s*(?=<p)", "\n", html)
    return unescape(re.sub(r"<[^>]*>", "", lines)).strip()
