"""Rows of a table as messages: which column is which field, and which messages a row makes.

A mapping is data: read from a document (`mapping_document`) or made from the names of columns (`mapping_columns`).
Whatever it makes goes through the same door as every other message.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from leadline.kernel.errors import DocumentError
from leadline.tracking.mapping_values import (
    PLAIN_STYLE,
    PLANNED_KINDS,
    Style,
    TimeStyle,
    is_empty,
    plain,
    timestamp,
    typed,
)

Row = Mapping[str, object]
Message = dict[str, object]
PlannedTypes = Mapping[str, Mapping[str, str]]
"""By event and property, the type that the tracking plan gives it."""

IDS = ("userId", "anonymousId", "previousId", "groupId", "messageId")
NAMES = ("event", "name")
NOTHING_PLANNED: PlannedTypes = {}
ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Value:
    """Where one value comes from.

    Attributes:
        columns: the first that is not empty gives it.
        constant: gives it when there are no columns, or all of them are empty.
        kind: one of `KINDS`; "" means as the tracking plan says, else text as it is.
        translations: from the cell's text, in lower case, to the value.
        prefix: put before the text.
        times: for timestamps, how they are written.
    """

    columns: tuple[str, ...] = ()
    constant: object = None
    kind: str = ""
    style: Style = PLAIN_STYLE
    translations: Mapping[str, object] = field(default_factory=dict)
    prefix: str = ""
    times: TimeStyle | None = None

    def of(self, row: Row, planned: str = "") -> object:
        """The value in a row; None when it has none. `planned` is the kind that counts when this names none."""
        cell = first_filled(row, self.columns)
        if cell is None:
            return self.constant
        if self.translations and (known := str(cell).strip().lower()) in self.translations:
            return self.translations[known]
        value = timestamp(cell, self.times) if self.times else typed(cell, self.kind or planned, self.style)
        return f"{self.prefix}{value}" if self.prefix and value is not None else value


@dataclass(frozen=True, slots=True)
class Test:
    """What one column must be: filled or not, one of `values`, or none of `but` (in lower case)."""

    columns: tuple[str, ...]
    values: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    filled: bool | None = None

    def holds(self, row: Row) -> bool:
        """Whether the row passes."""
        cell = first_filled(row, self.columns)
        text = "" if cell is None else _compared(cell)
        if self.filled is not None and self.filled is (cell is None):
            return False
        return (not self.values or text in self.values) and text not in self.but


Where = tuple[tuple[Test, ...], ...]
"""Any of these, of which each wants all of its tests; empty holds always."""


@dataclass(frozen=True, slots=True)
class MessageRule:
    """One message that a row makes.

    Attributes:
        fields: ids and names, by Segment's names.
        email: whom it is about; without an id, the address names the person.
        timestamp: a row without one is refused as `bad_timestamp`. None: it happened when it is imported.
    """

    type: str | Value
    fields: Mapping[str, Value]
    email: Value | None = None
    timestamp: Value | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)
    traits: Mapping[str, Value] = field(default_factory=dict)
    context: Mapping[str, Value] = field(default_factory=dict)
    where: Where = ()

    def message(self, row: Row, planned: PlannedTypes) -> Message:
        """The message of a row, without an id unless the mapping names a column for it."""
        made: Message = {"type": self.type if isinstance(self.type, str) else self.type.of(row)}
        for name, value in self.fields.items():
            if (given := value.of(row, "string")) is not None:
                made[name] = given
        if self.timestamp is not None:
            moment = self.timestamp.of(row)
            made["timestamp"] = "" if moment is None else moment
        types = planned.get(str(made.get("event")), {}) if self.properties else {}
        properties = {n: v.of(row, PLANNED_KINDS.get(types.get(n, ""), "")) for n, v in self.properties.items()}
        for name, values in (("properties", properties), ("traits", _values(self.traits, row))):
            if filled := _nested(values):
                made[name] = {**_object(made.get(name)), **filled}
        if context := _nested(_values(self.context, row)):
            made["context"] = {**_object(made.get("context")), **context}
        if self.email is not None and isinstance(address := self.email.of(row, "email"), str):
            _address(made, address)
        return made


@dataclass(frozen=True)
class RowMapping:
    """What becomes of a table's rows.

    Attributes:
        required: for each entry, at least one of its columns must be there.
        digest: of the document it came from: another mapping of a file is another import.
        encoding, delimiter: of a CSV file; "" finds them out.
    """

    name: str
    rules: tuple[MessageRule, ...]
    where: Where = ()
    required: tuple[tuple[str, ...], ...] = ()
    digest: str = ""
    encoding: str = ""
    delimiter: str = ""

    def check(self, columns: Collection[str]) -> None:
        """Hold the mapping against the columns of a file.

        Raises:
            DocumentError: it needs a column that is not there.
        """
        missing = [" or ".join(map(repr, names)) for names in self.required if not set(names) & set(columns)]
        if missing:
            raise DocumentError(
                f"The file has no column {', no column '.join(missing)}, which the mapping {self.name} needs.",
                advice=f"Its columns are {', '.join(map(repr, list(columns)[:40]))}.",
            )

    def messages(self, row: Row, planned: PlannedTypes = NOTHING_PLANNED) -> list[Message]:
        """The messages of a row, each with an id; none when the row is not wanted."""
        if not _holds(self.where, row):
            return []
        identify = _row_ids(row)
        made = []
        for index, rule in enumerate(self.rules):
            if _holds(rule.where, row):
                message = rule.message(row, planned)
                if not message.get("messageId"):
                    message["messageId"] = identify(index)
                made.append(message)
        return made


def first_filled(row: Row, columns: Iterable[str]) -> object:
    """The first cell that says something."""
    for column in columns:
        if not is_empty(cell := row.get(column)):
            return cell
    return None


def _compared(cell: object) -> str:
    """A cell as tests compare it: `True` of a Parquet file is the `true` of a CSV file."""
    return str(cell).strip().lower()


def _holds(where: Where, row: Row) -> bool:
    return not where or any(all(test.holds(row) for test in tests) for tests in where)


def _values(values: Mapping[str, Value], row: Row) -> dict[str, object]:
    return {name: value.of(row) for name, value in values.items()}


def _nested(values: Mapping[str, object]) -> dict[str, object]:
    """Values that are there, under their names; `company.name` goes into `company`."""
    made: dict[str, object] = {}
    for name, value in values.items():
        if value is not None:
            _put(made, name, value)
    return made


def _put(into: dict[str, object], name: str, value: object) -> None:
    head, _, rest = name.partition(".")
    inner = into.setdefault(head, {}) if rest else None
    if isinstance(inner, dict):
        _put(inner, rest, value)
    else:
        into[name] = value


def _address(made: Message, address: str) -> None:
    """A message about an address: who has no other id is the visitor who gave it. A company's traits are not its
    people's, so that a group message carries none."""
    if made["type"] == "identify":
        made["traits"] = {"email": address, **_object(made.get("traits"))}
    elif made["type"] != "group":
        context = _object(made.get("context"))
        made["context"] = {**context, "traits": {"email": address, **_object(context.get("traits"))}}
    if "userId" not in made and "anonymousId" not in made:
        made["anonymousId"] = f"email-{hashlib.sha256(address.encode()).hexdigest()[:ID_DIGITS]}"


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _row_ids(row: Row) -> Callable[[int], str]:
    """Ids made of what a row says, whatever its file and place: the row in another export is the same row."""

    def identify(index: int) -> str:
        cells = {name: plain(cell) for name, cell in row.items() if not is_empty(cell)}
        digest = hashlib.sha256(msgspec.json.encode(cells, order="sorted")).hexdigest()[:ID_DIGITS]
        return f"import-{digest}-{index}"

    return identify
