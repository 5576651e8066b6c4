"""`load` of the fake Odoo: all or nothing, 200 either way, what is wrong among the messages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leadline.crm.testing.odoo_tables import MOMENT, Row, Tables, country_pointer, user_pointer

NOTE = "message_ids/"
BUSY = "could not serialize access due to concurrent update\n"
TWICE = "Only administrators can modify 'model' and 'res_id' fields."
NAMELESS = "Missing required value for the field 'Opportunity' (name).\nModel: 'Lead' (crm.lead)\n"


class UnknownFieldError(ValueError):
    """A column that no field has: the whole call answers 500."""


class BadValueError(ValueError):
    """A cell that its field can't hold."""


class Load:
    """One call.

    Args:
        refused: external ids whose rows some rule of the company refuses.
        overlap: is called between reading and writing, without the lock: other calls come in between.
    """

    def __init__(
        self, tables: Tables, context: Mapping[str, Any], refused: frozenset[str], overlap: Callable[[], None]
    ) -> None:
        self._tables, self._context, self._refused, self._overlap = tables, context, refused, overlap

    def run(self, fields: Sequence[str], data: Sequence[Sequence[str]]) -> Row:
        """What `load` answers."""
        rows = [dict(zip(fields, cells, strict=True)) for cells in data]
        self._check(fields)
        before = [self._version(row) for row in rows]
        self._overlap()
        if before != [self._version(row) for row in rows]:
            return _failed([_message(at, BUSY) for at in range(len(rows))])
        wrong = [message for at, row in enumerate(rows) for message in self._wrong(at, row)]
        if wrong:
            return _failed(wrong)
        return {"ids": [self._write(row) for row in rows], "messages": [], "nextrow": 0}

    def _check(self, fields: Sequence[str]) -> None:
        for name in fields:
            if name not in ("id", ".id") and name.split("/")[0] not in self._tables.fields:
                raise UnknownFieldError(f"Invalid field name {name!r}")

    def _number(self, row: Row) -> int | None:
        """The lead that a row is for; None for a new one."""
        if row.get("id"):
            return self._tables.named.get(row["id"])
        number = int(row[".id"]) if row.get(".id") else 0
        lead = self._tables.leads.get(number)
        return number if lead and (lead["active"] or self._context.get("active_test") is False) else None

    def _version(self, row: Row) -> tuple[int, int]:
        versions = self._tables.versions
        return versions.get(row.get("id"), 0), versions.get(self._number(row), 0)

    def _wrong(self, at: int, row: Row) -> Iterator[Row]:
        number = self._number(row)
        if row.get(".id") and number is None:
            yield {**_message(at, f"Unknown database identifier '{row['.id']}'"), "field": ".id"}
        for name, cell in row.items():
            try:
                self._value(name, cell)
            except BadValueError as error:
                yield {**_message(at, str(error)), "field": name}
        name = row.get("name", "" if number is None else "as it is")
        if not name:
            yield {**_message(at, NAMELESS), "field": "name"}
        if self._external_id(row, number) in self._refused:
            yield _message(at, "The operation cannot be completed: a rule of the company forbids it.")
        if row.get(f"{NOTE}message_id") and self._tables.notes_of([row[f"{NOTE}message_id"]]):
            yield _message(at, TWICE)

    def _external_id(self, row: Row, number: int | None) -> str:
        named = self._tables.named.items()
        return str(row.get("id") or next((name for name, at in named if at == number), "")).removeprefix("leadline.")

    def _write(self, row: Row) -> int:
        values = {name: self._value(name, cell) for name, cell in row.items() if _is_value(name)}
        number = self._number(row)
        if number is None:
            number = self._tables.create(values)
            self._tables.name(row["id"], number)
        else:
            self._tables.write(number, values)
        if row.get(f"{NOTE}message_id"):
            self._tables.note(number, row[f"{NOTE}message_id"], row[f"{NOTE}body"])
        return number

    def _value(self, name: str, cell: str) -> Any:
        """A cell as its field holds it."""
        if not _is_value(name):
            return None
        described = self._tables.fields[name]
        if cell == "":
            return {"integer": 0, "float": 0.0, "monetary": 0.0, "many2many": []}.get(described["type"], False)
        if described["type"] == "selection":
            return _choice(cell, described)
        if described["type"] == "many2one":
            return _pointer(cell, described)
        if described["type"] == "many2many":
            return [self._tables.tag(each) for each in cell.split(",")]
        return _plain(cell, described["type"], described["string"])


def _is_value(name: str) -> bool:
    return name not in ("id", ".id") and not name.startswith(NOTE)


def _choice(cell: str, described: Row) -> str:
    for value, label in described["selection"]:
        if cell in (value, label):
            return str(value)
    raise BadValueError(f"Value '{cell}' not found in selection field '{described['string']}'")


def _pointer(cell: str, described: Row) -> list[Any]:
    find = {"res.users": user_pointer, "res.country": country_pointer}.get(described["relation"])
    found = find(cell) if find else None
    if found is None:
        raise BadValueError(f"No matching record found for name '{cell}' in field '{described['string']}'")
    return found


def _plain(cell: str, type_: str, label: str) -> Any:
    try:
        if type_ in ("integer", "float", "monetary"):
            return int(cell) if type_ == "integer" else float(cell)
        if type_ == "datetime":
            return datetime.strptime(cell, MOMENT).strftime(MOMENT)  # noqa: DTZ007  # Odoo's are UTC and do not say so
    except ValueError:
        kind = "a valid datetime" if type_ == "datetime" else "a number"
        raise BadValueError(f"'{cell}' does not seem to be {kind} for field '{label}'") from None
    return cell == "1" if type_ == "boolean" else cell


def _message(at: int, words: str) -> Row:
    return {"rows": {"from": at, "to": at}, "record": at, "type": "error", "message": words}


def _failed(messages: list[Row]) -> Row:
    return {"ids": False, "messages": messages, "nextrow": 0}
