"""The mapping of an import from its YAML document, read strictly: an unknown word is an error that names its place."""

import hashlib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from leadline.kernel.errors import DocumentError
from leadline.tracking.mapping import IDS, NAMES, MessageRule, RowMapping, Test, Value, Where
from leadline.tracking.mapping_values import BOOLEANS, EPOCHS, ISO, KINDS, Style, TimeStyle
from leadline.tracking.wire import KINDS as TYPES

SETTINGS = ("encoding", "delimiter", "time_zone", "decimal")
DOCUMENT = ("name", "description", *SETTINGS, "columns", "optional", "where", "messages")
PERSON = ("userId", "anonymousId", "email")
MESSAGE = ("type", "where", "timestamp", "email", "properties", "traits", *IDS, *NAMES)
VALUE = ("column", "constant", "as", "separator", "decimal", "values", "prefix", "format", "time_zone")
TEST = ("is", "not", "filled")


@dataclass(frozen=True)
class _Reader:
    """What the entries of one document share.

    Attributes:
        columns: names that the document gives to several columns.
        zone, decimal: of times and numbers that say nothing else.
    """

    columns: Mapping[str, tuple[str, ...]]
    zone: tzinfo
    decimal: str

    def value(self, given: object, path: str) -> Value:
        """A column's name, or an entry that says more."""
        if isinstance(given, str):
            return Value(self.names(given), style=Style(decimal=self.decimal))
        entry = _entry(given, VALUE, path)
        if "column" not in entry and "constant" not in entry:
            raise _fault(path, "it needs a column or a constant")
        return Value(
            columns=self.names(_text(entry["column"], f"{path}.column")) if "column" in entry else (),
            constant=_constant(entry.get("constant"), f"{path}.constant"),
            kind=_one_of(entry["as"], KINDS, f"{path}.as") if "as" in entry else "",
            style=_style({"decimal": self.decimal, **entry}, path),
            translations=_translations(entry.get("values", {}), f"{path}.values"),
            prefix=_text(entry.get("prefix", ""), f"{path}.prefix"),
            times=self.times(entry, path) if "format" in entry or "time_zone" in entry else None,
        )

    def names(self, column: str) -> tuple[str, ...]:
        return self.columns.get(column, (column,))

    def moment(self, given: object, path: str) -> Value:
        """A value that is a time, also when it says nothing of its format."""
        value = self.value(given, path)
        return value if value.times else replace(value, times=TimeStyle(zone=self.zone))

    def times(self, entry: Mapping[str, object], path: str) -> TimeStyle:
        zone = _zone(entry["time_zone"], f"{path}.time_zone") if "time_zone" in entry else self.zone
        given = entry.get("format", ISO)
        each = given if isinstance(given, list) else [given]
        return TimeStyle(tuple(_format(form, f"{path}.format") for form in each), zone)

    def values(self, given: object, path: str) -> dict[str, Value]:
        entry = _mapping(given, path)
        return {str(name): self.value(value, f"{path}.{name}") for name, value in entry.items()}

    def where(self, given: object, path: str) -> Where:
        """One set of tests, or a list of which any will do."""
        sets = given if isinstance(given, list) else [given]
        return tuple(tuple(self._tests(each, path)) for each in sets)

    def _tests(self, given: object, path: str) -> Iterator[Test]:
        for column, wanted in _mapping(given, path).items():
            place = f"{path}.{column}"
            entry = _entry(wanted, TEST, place) if isinstance(wanted, dict) else {"is": wanted}
            filled = entry.get("filled")
            if filled is not None and not isinstance(filled, bool):
                raise _fault(f"{place}.filled", "it must be true or false")
            is_, but = (_compared(entry.get(name, []), f"{place}.{name}") for name in ("is", "not"))
            yield Test(self.names(str(column)), is_, but, filled)

    def rule(self, given: object, shared: Mapping[str, object], path: str) -> MessageRule:
        entry = {**shared, **_entry(given, MESSAGE, path)}
        type_ = _one_of(entry.get("type"), tuple(sorted(TYPES)), f"{path}.type")
        if type_ == "track" and "event" not in entry:
            raise _fault(path, "a track message needs an event")
        if not set(PERSON) & set(entry):
            raise _fault(path, f"it needs one of {', '.join(PERSON)}")
        fields = {name: self.field(name, entry[name], f"{path}.{name}") for name in (*IDS, *NAMES) if name in entry}
        return MessageRule(
            type=type_,
            fields=fields,
            email=self.value(entry["email"], f"{path}.email") if "email" in entry else None,
            timestamp=self.moment(entry["timestamp"], f"{path}.timestamp") if "timestamp" in entry else None,
            properties=self.values(entry.get("properties", {}), f"{path}.properties"),
            traits=self.values(entry.get("traits", {}), f"{path}.traits"),
            where=self.where(entry["where"], f"{path}.where") if "where" in entry else (),
        )

    def field(self, name: str, given: object, path: str) -> Value:
        """An id or a name; an event given as text is its name and not a column's."""
        if name in NAMES and isinstance(given, str):
            return Value(constant=given)
        return self.value(given, path)


def read_mapping(document: object) -> RowMapping:
    """The mapping that a document describes.

    Raises:
        DocumentError: something is wrong with it; the message begins with the path inside the document.
    """
    entry = _entry(document, (*DOCUMENT, "timestamp", *PERSON), "")
    name = _text(entry.get("name"), "name")
    columns = {
        key: _names(given, f"columns.{key}") for key, given in _mapping(entry.get("columns", {}), "columns").items()
    }
    zone = _zone(entry["time_zone"], "time_zone") if "time_zone" in entry else UTC
    reader = _Reader(columns, zone, _decimal(entry, ""))
    shared = {key: entry[key] for key in (*PERSON, "timestamp") if key in entry}
    given = entry.get("messages")
    if not isinstance(given, list) or not given:
        raise _fault("messages", "it must be a list of one message or more")
    rules = tuple(reader.rule(each, shared, f"messages[{index}]") for index, each in enumerate(given))
    where = reader.where(entry["where"], "where") if "where" in entry else ()
    optional = set(_names(entry.get("optional", []), "optional"))
    return RowMapping(
        name=name,
        rules=rules,
        where=where,
        required=_required(rules, where, {n for each in optional for n in reader.names(each)}),
        digest=hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest(),
        encoding=_encoding(entry.get("encoding", "")),
        delimiter=_delimiter(entry.get("delimiter", "")),
    )


def _required(rules: tuple[MessageRule, ...], where: Where, optional: set[str]) -> tuple[tuple[str, ...], ...]:
    read = [test.columns for tests in where for test in tests]
    for rule in rules:
        read += [test.columns for tests in rule.where for test in tests]
        values = [rule.email, rule.timestamp, *rule.fields.values(), *rule.properties.values(), *rule.traits.values()]
        read += [value.columns for value in values if value is not None and value.columns]
    return tuple(dict.fromkeys(names for names in read if not set(names) <= optional))


def _fault(path: str, problem: str) -> DocumentError:
    return DocumentError(f"{path or 'The mapping'}: {problem}.", advice="See docs/reference/import-mapping.md.")


def _mapping(given: object, path: str, keep_keys: bool = False) -> dict[Any, Any]:
    if not isinstance(given, dict):
        raise _fault(path, f"it must be a mapping and not {_described(given)}")
    return given if keep_keys else {str(key): value for key, value in given.items()}


def _entry(given: object, known: tuple[str, ...], path: str) -> dict[str, Any]:
    entry = _mapping(given, path)
    for key in entry:
        if key not in known:
            raise _fault(f"{path}.{key}".lstrip("."), f"nothing is called so here; known are {', '.join(known)}")
    return entry


def _text(given: object, path: str) -> str:
    if not isinstance(given, str):
        raise _fault(path, f"it must be text and not {_described(given)}")
    return given


def _names(given: object, path: str) -> tuple[str, ...]:
    each = given if isinstance(given, list) else [given]
    return tuple(_text(name, path) for name in each)


def _one_of(given: object, known: tuple[str, ...], path: str) -> str:
    if given not in known:
        shown = "missing" if given is None else repr(given)
        raise _fault(path, f"it is {shown} and must be one of {', '.join(known)}")
    return str(given)


def _constant(given: object, path: str) -> object:
    if given is not None and not isinstance(given, str | int | float | bool | list):
        raise _fault(path, f"it must be text, a number, a boolean or a list and not {_described(given)}")
    return given


def _style(entry: Mapping[str, Any], path: str) -> Style:
    separator = _text(entry.get("separator", ";"), f"{path}.separator")
    if not separator:
        raise _fault(f"{path}.separator", "it must not be empty")
    return Style(separator, _decimal(entry, f"{path}."))


def _decimal(entry: Mapping[str, Any], path: str) -> str:
    return _one_of(entry.get("decimal", "."), (".", ","), f"{path}decimal")


def _translations(given: object, path: str) -> dict[str, object]:
    entry = _mapping(given, path, keep_keys=True)
    return {text: _constant(value, f"{path}.{key}") for key, value in entry.items() for text in _spellings(key)}


def _compared(given: object, path: str) -> frozenset[str]:
    each = given if isinstance(given, list) else [given]
    for value in each:
        if not isinstance(value, str | int | float | bool):
            raise _fault(path, f"it must be text, a number or a boolean and not {_described(value)}")
    return frozenset(text for value in each for text in _spellings(value))


def _spellings(value: object) -> list[str]:
    """How tables write what YAML says. Its `yes` is the boolean, which tables write in many ways."""
    if isinstance(value, bool):
        return [text for text, meant in BOOLEANS.items() if meant is value]
    return [str(value).strip().lower()]


def _zone(given: object, path: str) -> tzinfo:
    try:
        return zoneinfo.ZoneInfo(_text(given, path))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise _fault(path, f"there is no time zone {given!r}; names are such as Europe/London") from None


def _format(given: object, path: str) -> str:
    form = _text(given, path)
    if form == ISO or form in EPOCHS:
        return form
    sample = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    try:
        datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007  # only whether it can be read
    except ValueError as error:
        raise _fault(path, f"{form!r} is none of {', '.join((ISO, *EPOCHS))} and not of strptime: {error}") from None
    if "%" not in form:
        raise _fault(path, f"{form!r} is none of {', '.join((ISO, *EPOCHS))} and has no part that varies")
    return form


def _encoding(given: object) -> str:
    name = _text(given, "encoding")
    try:
        "".encode(name or "utf-8")
    except LookupError:
        raise _fault("encoding", f"there is no encoding {name!r}") from None
    return name


def _delimiter(given: object) -> str:
    text = _text(given, "delimiter")
    if len(text) > 1:
        raise _fault("delimiter", "it must be one character")
    return text


def _described(given: object) -> str:
    return {"NoneType": "nothing", "dict": "a mapping", "list": "a list", "str": "text"}.get(
        type(given).__name__, f"a {type(given).__name__}"
    )
