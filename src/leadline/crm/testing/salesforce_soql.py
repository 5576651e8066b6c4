"""The part of SOQL that the fake Salesforce understands: fields, parents, conditions, order, limit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadline.crm.testing.salesforce_org import CallError, Org, Row

PARENTS = {
    ("Lead", "Owner"): ("OwnerId", "User"),
    ("Contact", "Owner"): ("OwnerId", "User"),
    ("OpportunityContactRole", "Contact"): ("ContactId", "Contact"),
    ("OpportunityContactRole", "Opportunity"): ("OpportunityId", "Opportunity"),
}
OPEN_OBJECTS = frozenset({"User", "Organization", "PermissionSet", "PermissionSetAssignment"})
"""Objects whose fields the fake does not describe."""
QUERY = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<of>\w+)(?: WHERE (?P<where>.+?))?(?: ORDER BY (?P<order>\w+))?"
    r"(?: LIMIT (?P<limit>\d+))?$"
)
TOKEN = re.compile(r"\s*('(?:\\.|[^'\\])*'|>=|!=|[=>(),]|[\w.:+-]+)")


def run(org: Org, soql: str, deleted: bool) -> list[Row]:
    """Rows of a query, as JSON.

    Raises:
        CallError: it can't be understood, or asks for what is not there.
    """
    found = QUERY.match(soql)
    if found is None:
        raise CallError(400, "MALFORMED_QUERY", f"unexpected token: {soql[:40]}")
    of, fields = found["of"], [each.strip() for each in found["fields"].split(",")]
    if of not in org.fields and of not in OPEN_OBJECTS:
        raise CallError(400, "INVALID_TYPE", f"sObject type '{of}' is not supported.")
    reader = Reader(org, of)
    for field in fields:
        reader.check(field)
    rows = [row for row in org.rows[of].values() if deleted or not row.get("IsDeleted")]
    if found["where"]:
        condition = Conditions(reader, found["where"])
        rows = [row for row in rows if condition.holds(row)]
    rows = sorted(rows, key=lambda row: row[found["order"] or "Id"])
    return [reader.shown(row, fields) for row in rows[: int(found["limit"] or len(rows))]]


@dataclass
class Reader:
    """Reads fields of rows of one object, through their parents."""

    org: Org
    of: str

    def check(self, path: str) -> None:
        """Raises:
        CallError: there is no such field that we may see.
        """
        of, name = self.of, path
        if "." in path:
            parent, name = path.split(".")
            if (of, parent) not in PARENTS:
                raise CallError(400, "INVALID_FIELD", f"Didn't understand relationship '{parent}' in field path.")
            of = PARENTS[of, parent][1]
        if of in OPEN_OBJECTS:
            return
        if of not in self.org.fields or not self.org.fields[of].get(name, {}).get("visible"):
            raise CallError(400, "INVALID_FIELD", f"No such column '{name}' on entity '{of}'.")

    def value(self, row: Row, path: str) -> Any:
        """A field's value."""
        if "." not in path:
            return row.get(path)
        parent, name = path.split(".")
        through, of = PARENTS[self.of, parent]
        return self.org.rows[of].get(row.get(through) or "", {}).get(name)

    def shown(self, row: Row, fields: list[str]) -> Row:
        """A row as JSON: parents are objects of their own."""
        told: Row = {"attributes": {"type": self.of}}
        for path in fields:
            parent, _, name = path.rpartition(".")
            if not parent:
                told[path] = row.get(path)
            elif row.get(PARENTS[self.of, parent][0]) is None:
                told[parent] = None
            else:
                told.setdefault(parent, {"attributes": {}})[name] = self.value(row, path)
        return told


class Conditions:
    """What follows WHERE: comparisons, AND, OR and parentheses."""

    def __init__(self, reader: Reader, text: str) -> None:
        self._reader = reader
        self._tokens = [found[1] for found in TOKEN.finditer(text)]
        self._at = 0
        self._tree = self._any()
        if self._at != len(self._tokens):
            raise CallError(400, "MALFORMED_QUERY", f"unexpected token: {self._tokens[self._at]}")

    def holds(self, row: Row) -> bool:
        """Whether a row fulfils them."""
        return self._value(self._tree, row)

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, *words: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] in words

    def _any(self) -> Any:
        parts = [self._all()]
        while self._is("OR"):
            self._next()
            parts.append(self._all())
        return ("or", parts)

    def _all(self) -> Any:
        parts = [self._one()]
        while self._is("AND"):
            self._next()
            parts.append(self._one())
        return ("and", parts)

    def _one(self) -> Any:
        if self._is("("):
            self._next()
            inner = self._any()
            self._next()
            return inner
        path, sign = self._next(), self._next()
        self._reader.check(path)
        wanted = set(self._list()) if sign == "IN" else _literal(self._next())
        return (sign, path, wanted)

    def _list(self) -> Iterator[Any]:
        self._next()
        while not self._is(")"):
            if self._is(","):
                self._next()
            yield _literal(self._next())
        self._next()

    def _value(self, node: Any, row: Row) -> bool:
        if node[0] in ("or", "and"):
            parts = (self._value(each, row) for each in node[1])
            return any(parts) if node[0] == "or" else all(parts)
        sign, path, wanted = node
        there = self._reader.value(row, path)
        signs: Mapping[str, bool] = {
            "IN": sign == "IN" and there in wanted,
            "=": there == wanted,
            "!=": there != wanted,
            ">=": sign == ">=" and there is not None and there >= wanted,
            ">": sign == ">" and there is not None and there > wanted,
        }
        return signs[sign]


def _literal(token: str) -> Any:
    """A value in a condition; moments are compared as answers have them."""
    if token.startswith("'"):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token in ("null", "true", "false"):
        return {"null": None, "true": True, "false": False}[token]
    return token.replace("Z", ".000+0000")
