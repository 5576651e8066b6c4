"""What stands in the fake HubSpot: contacts, deals, notes, and the properties of contacts with their rules."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
STATUSES = ("NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "ATTEMPTED_TO_CONTACT", "CONNECTED", "BAD_TIMING")
READ_ONLY = frozenset({"hs_object_id", "lastmodifieddate", "hs_merged_object_ids", "hs_calculated_merged_vids"})
PIPELINES = [
    {
        "id": "default",
        "stages": [
            {"id": "offer", "label": "Offer", "metadata": {"isClosed": "false", "probability": "0.4"}},
            {"id": "closedwon", "label": "Closed won", "metadata": {"isClosed": "true", "probability": "1.0"}},
            {"id": "closedlost", "label": "Closed lost", "metadata": {"isClosed": "true", "probability": "0.0"}},
        ],
    }
]
OWNERS = [{"id": "71", "email": "mia@sales.test"}, {"id": "72", "email": "Noah@sales.test"}]


class RefusedError(Exception):
    """A refusal: status, category, words."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": "error", "message": message, "category": category, **more}


def _property(name: str, type_: str, shown_as: str = "text", **more: Any) -> Row:
    return {"name": name, "label": name, "type": type_, "fieldType": shown_as, "options": [], **more}


def _options(values: tuple[str, ...]) -> list[Row]:
    return [{"value": each, "label": each.title(), "displayOrder": at} for at, each in enumerate(values)]


def _first_properties() -> dict[str, Row]:
    texts = "email firstname lastname company jobtitle phone website country work_email hs_calculated_merged_vids"
    rows = [_property(name, "string") for name in texts.split()]
    rows += [
        _property("hs_object_id", "number", "number", modificationMetadata={"readOnlyValue": True}),
        _property("lastmodifieddate", "datetime", "date", modificationMetadata={"readOnlyValue": True}),
        _property("hs_merged_object_ids", "enumeration", "checkbox", modificationMetadata={"readOnlyValue": True}),
        _property("lifecyclestage", "enumeration", "radio", options=_options(STAGES)),
        _property("hs_lead_status", "enumeration", "radio", options=_options(STATUSES)),
        _property("hubspot_owner_id", "enumeration", "select", externalOptions=True),
        _property("numemployees", "number", "number"),
        _property("date_of_birth", "date", "date"),
        _property("next_talk", "datetime", "date"),
    ]
    return {row["name"]: row for row in rows}


@dataclass
class Thing:
    """A contact, a deal or a note."""

    id: str
    properties: dict[str, str]
    created: datetime
    updated: datetime
    archived: datetime | None = None

    def as_row(self, names: list[str] | None = None) -> Row:
        """As the API has it. Properties that were not asked for are left out, but for a few."""
        told = {**self.properties, "hs_object_id": self.id}
        asked = told if names is None else {name: told.get(name) for name in names}
        row = {
            "id": self.id,
            "properties": asked,
            "createdAt": stamp(self.created),
            "updatedAt": stamp(self.updated),
            "archived": self.archived is not None,
        }
        return {**row, "archivedAt": stamp(self.archived)} if self.archived else row


def stamp(moment: datetime) -> str:
    """2026-03-02T09:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Tables:
    """All of an account.

    Attributes:
        merged: {id that was merged away: id of the survivor}. events: {uuid: custom event}.
        anew: whether a merge makes a new contact of both, as HubSpot does since 2025.
    """

    now: Callable[[], datetime]
    properties: dict[str, Row] = field(default_factory=_first_properties)
    groups: set[str] = field(default_factory=set)
    contacts: dict[str, Thing] = field(default_factory=dict)
    deals: dict[str, Thing] = field(default_factory=dict)
    notes: dict[str, Thing] = field(default_factory=dict)
    links: set[tuple[str, str, str]] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    events: dict[str, Row] = field(default_factory=dict)
    definitions: dict[str, Row] = field(default_factory=dict)
    anew: bool = False
    _last: int = 500
    _holders: dict[tuple[str, str], str] = field(default_factory=dict)

    def number(self) -> str:
        """A new id."""
        self._last += 1
        return str(self._last)

    def living(self) -> Iterator[Thing]:
        """Contacts that are not archived."""
        return (each for each in list(self.contacts.values()) if each.archived is None)

    def by(self, name: str, value: str) -> Thing | None:
        """The contact with a unique value."""
        thing = self.contacts.get(self._holders.get((name, value), ""))
        is_held = thing is not None and thing.archived is None and thing.properties.get(name) == value
        return thing if value and is_held else None

    def make(self, kind: dict[str, Thing], values: Mapping[str, str]) -> Thing:
        """A new thing."""
        now = self.now()
        thing = Thing(self.number(), {}, now, now)
        kind[thing.id] = thing
        self.write(thing, values)
        return thing

    def write(self, thing: Thing, values: Mapping[str, str]) -> None:
        """Write values; a lifecycle stage that would go back stays as it is, and nobody is told."""
        for name, value in values.items():
            if name == "lifecyclestage" and _goes_back(thing.properties.get(name, ""), value):
                continue
            thing.properties[name] = value.lower() if name == "email" else value
            if thing.id in self.contacts and self._is_unique(name):
                self._holders[name, thing.properties[name]] = thing.id
        thing.updated = self.now()
        modified = "lastmodifieddate" if thing.id in self.contacts else "hs_lastmodifieddate"
        thing.properties[modified] = stamp(thing.updated)

    def _is_unique(self, name: str) -> bool:
        return name == "email" or bool(self.properties.get(name, {}).get("hasUniqueValue"))

    def archive(self, number: str) -> None:
        """Somebody deletes a contact: it is in the bin for 90 days."""
        self.contacts[number].archived = self.now()

    def merge(self, winner: str, loser: str) -> str:
        """Somebody merges two contacts. What stands in the winner stays; a unique value of the loser is lost."""
        stays, goes = self.contacts[winner], self.contacts.pop(loser)
        if self.anew:
            del self.contacts[winner]
            stays = Thing(self.number(), stays.properties, self.now(), self.now())
            self.contacts[stays.id] = stays
        gone = [each for each in (winner, loser) if each != stays.id]
        more = {name: value for name, value in goes.properties.items() if not self._is_unique(name)}
        stays.properties = {**more, **{name: value for name, value in stays.properties.items() if value}}
        for each in gone:
            self._note_merge(stays, each)
            self.merged[each] = stays.id
        self.links = {(kind, one, stays.id if to in gone else to) for kind, one, to in self.links}
        self.write(stays, {name: value for name, value in stays.properties.items() if self._is_unique(name)})
        return stays.id

    def _note_merge(self, stays: Thing, gone: str) -> None:
        """HubSpot has two properties for it; each is filled at times alone."""
        name = "hs_merged_object_ids" if int(gone) % 2 else "hs_calculated_merged_vids"
        value = gone if int(gone) % 2 else f"{gone}:{int(self.now().timestamp() * 1000)}"
        before = stays.properties.get(name, "")
        stays.properties[name] = f"{before};{value}" if before else value

    def survivor(self, number: str) -> str:
        """Where a contact is now."""
        while number in self.merged:
            number = self.merged[number]
        return number

    def check(self, values: Mapping[str, Any], thing: Thing | None = None) -> None:
        """Whether values may be written.

        Raises:
            RefusedError: they may not: 400, or 409 for a unique value that another contact has.
        """
        faults = [fault for name, value in values.items() if (fault := self._fault(name, value))]
        if faults:
            raise RefusedError(400, "VALIDATION_ERROR", f"Property values were not valid: {json.dumps(faults)}")
        for name, value in values.items():
            other = self.by(name, value.lower() if name == "email" else value) if self._is_unique(name) else None
            if other is not None and other is not thing:
                raise RefusedError(409, "CONFLICT", f"Contact already exists. Existing ID: {other.id}")

    def _fault(self, name: str, value: Any) -> Row | None:
        if name not in self.properties:
            return {
                "isValid": False,
                "error": "PROPERTY_DOESNT_EXIST",
                "name": name,
                "message": f"{name} does not exist",
            }
        if name in READ_ONLY:
            return {"isValid": False, "error": "READ_ONLY_VALUE", "name": name, "message": f"{name} is read only"}
        if not isinstance(value, str) or not _fits(value, self.properties[name]):
            return {"isValid": False, "error": "INVALID_VALUE", "name": name, "message": f"{value!r} was not valid"}
        return None


def _goes_back(before: str, after: str) -> bool:
    return before in STAGES and after in STAGES and STAGES.index(after) < STAGES.index(before)


def _fits(value: str, row: Row) -> bool:
    """Whether a text is a value of a property; an empty one empties it."""
    if not value:
        return True
    type_ = row["type"]
    if type_ == "number":
        return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
    if type_ == "bool":
        return value in ("true", "false")
    if type_ == "date":
        return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None or (value.isdigit() and int(value) % 86_400_000 == 0)
    if type_ == "datetime":
        return value.isdigit() or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None
    if type_ == "enumeration" and not row.get("externalOptions"):
        return all(each in {option["value"] for option in row["options"]} for each in value.split(";"))
    return True
