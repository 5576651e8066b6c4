"""What stands in the fake Pipedrive: persons with their fields, deals, notes, users."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
ME: Row = {
    "id": 7,
    "name": "Leadline",
    "email": "leadline@acme.test",
    "company_name": "Acme",
    "company_domain": "acme",
    "default_currency": "EUR",
}
USERS = [ME, {"id": 71, "email": "mia@sales.test"}, {"id": 72, "email": "Noah@sales.test"}]
STAGES = [{"id": 1, "name": "Qualified"}, {"id": 2, "name": "Proposal made"}]
LABELS = [{"id": 11, "label": "Hot lead"}, {"id": 12, "label": "Warm lead"}, {"id": 13, "label": "Working"}]
TYPES = frozenset("varchar varchar_auto text double monetary enum set date phone address".split())
SHORT = 255


class RefusedError(Exception):
    """A refusal: its status and words."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"success": False, "error": error, "data": None, **more}


def stamp(moment: datetime) -> str:
    """2026-03-02T09:00:00Z: whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _field(code: str, name: str, type_: str = "varchar", **more: Any) -> Row:
    return {
        "field_code": code,
        "field_name": name,
        "field_type": type_,
        "options": None,
        "is_custom_field": False,
    } | more


def _first_fields() -> list[Row]:
    return [
        _field("id", "ID", "int"),
        _field("name", "Name"),
        _field("emails", "Email"),
        _field("phones", "Phone", "phone"),
        _field("owner_id", "Owner", "user"),
        _field("label_ids", "Labels", "set", options=LABELS),
        _field("add_time", "Person created", "date"),
    ]


@dataclass
class Tables:
    """All of an account.

    Attributes:
        forgets: a deleted person is not there at all, by its id or in a list; else it says that it is deleted.
        hides: a deleted person is in no list, and answers to its id.
        can_sync: Contact Sync is on.
    """

    now: Callable[[], datetime]
    fields: list[Row] = field(default_factory=_first_fields)
    persons: dict[int, Row] = field(default_factory=dict)
    deals: dict[int, Row] = field(default_factory=dict)
    notes: dict[int, Row] = field(default_factory=dict)
    forgets: bool = False
    hides: bool = False
    can_sync: bool = False
    _last: int = 500

    def number(self) -> int:
        """A new id."""
        self._last += 1
        return self._last

    def living(self) -> Iterator[Row]:
        """Persons that are not deleted."""
        return (row for row in list(self.persons.values()) if not row["is_deleted"])

    def code(self, label: str) -> str:
        """The key of a custom field."""
        return next(str(row["field_code"]) for row in self.fields if row["field_name"] == label)

    def add_field(self, label: str, type_: str, options: list[Row] | None = None) -> Row:
        """Make a custom field; two may have one label."""
        if type_ not in TYPES or (type_ in ("enum", "set") and not options):
            raise RefusedError(400, "Validation failed: field_type", code="ERR_SCHEMA_VALIDATION_FAILED")
        number = self.number()
        code = hashlib.sha1(f"{number}".encode(), usedforsecurity=False).hexdigest()
        numbered = [{"id": self.number(), "label": each["label"]} for each in options or []] or None
        self.fields.append(_field(code, label, type_, is_custom_field=True, options=numbered))
        return self.fields[-1]

    def make(self, values: Mapping[str, Any], owner: int = 71) -> Row:
        """A new person."""
        now = stamp(self.now())
        row: Row = {
            "id": self.number(),
            "name": "",
            "owner_id": owner,
            "emails": [],
            "phones": [],
            "label_ids": [],
            "custom_fields": {},
            "is_deleted": False,
            "add_time": now,
        }
        self.persons[row["id"]] = row
        self.write(row, values)
        return row

    def write(self, row: Row, values: Mapping[str, Any]) -> None:
        """Write values into a person."""
        custom = {**row["custom_fields"], **(values.get("custom_fields") or {})}
        row.update({**values, "custom_fields": custom, "update_time": stamp(self.now())})
        for name in ("emails", "phones"):
            entries = row[name]
            if entries and not any(each.get("primary") for each in entries):
                entries[0]["primary"] = True

    def delete(self, number: int) -> None:
        """Into the bin; its update_time says when."""
        self.persons[number]["is_deleted"] = True
        self.persons[number]["update_time"] = stamp(self.now())

    def merge(self, winner: int, loser: int) -> None:
        """What stands in the winner stays, what is empty there comes from the loser, e-mails and phones of both."""
        stays, goes = self.persons[winner], self.persons[loser]
        more = {code: value for code, value in goes["custom_fields"].items() if not stays["custom_fields"].get(code)}
        lists = {name: _both(stays[name], goes[name]) for name in ("emails", "phones")}
        for row in (*self.deals.values(), *self.notes.values()):
            if row["person_id"] == loser:
                row["person_id"] = winner
        self.delete(loser)
        self.write(stays, {**lists, "custom_fields": more})

    def add_deal(self, person: int, **values: Any) -> Row:
        """A deal of a person."""
        now = stamp(self.now())
        row: Row = {"id": self.number(), "person_id": person, "status": "open", "stage_id": 1, "is_deleted": False}
        self.deals[row["id"]] = {**row, "add_time": now, "update_time": now, "currency": "EUR", **values}
        return self.deals[row["id"]]

    def write_deal(self, number: int, **values: Any) -> None:
        """Somebody moves a deal; its person is not touched."""
        self.deals[number].update({**values, "update_time": stamp(self.now())})

    def counts(self, person: int) -> Row:
        """How many deals a person has."""
        states = [row["status"] for row in self.deals.values() if row["person_id"] == person and not row["is_deleted"]]
        return {"open_deals_count": states.count("open"), "closed_deals_count": len(states) - states.count("open")}

    def check(self, body: Mapping[str, Any], is_new: bool) -> None:
        """Whether values may be written.

        Raises:
            RefusedError: they may not.
        """
        known = {"name", "emails", "phones", "owner_id", "label_ids", "custom_fields", "job_title", "birthday"}
        if strange := body.keys() - known:
            raise _invalid(f"unknown field {sorted(strange)}")
        if (is_new and not body.get("name")) or not body.get("name", "x"):
            raise _invalid("name is required")
        if {"job_title", "birthday"} & body.keys() and not self.can_sync:
            raise RefusedError(403, "Contact Sync is not enabled")
        kinds = {row["field_code"]: row for row in self.fields if row["is_custom_field"]}
        for code, value in body.get("custom_fields", {}).items():
            if code not in kinds or not _fits(value, kinds[code]):
                raise _invalid(f"{code} can not be {value!r}", field_code=code)


def _both(one: list[Row], other: list[Row]) -> list[Row]:
    values = {each["value"] for each in one}
    return [*one, *({**each, "primary": not one} for each in other if each["value"] not in values)]


def _invalid(words: str, **more: Any) -> RefusedError:
    return RefusedError(400, f"Validation failed: {words}", code="ERR_SCHEMA_VALIDATION_FAILED", **more)


def _fits(value: Any, row: Row) -> bool:
    """v2 is strict: no number as a text, no label for an option."""
    if value is None:
        return True
    type_ = row["field_type"]
    if type_ == "double":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if type_ == "enum":
        return value in {option["id"] for option in row["options"]}
    if type_ == "date":
        return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
    if type_ in ("monetary", "address"):
        return isinstance(value, dict) and "value" in value
    return isinstance(value, str) and (type_ == "text" or len(value) <= SHORT)
