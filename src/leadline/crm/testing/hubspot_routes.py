"""What the fake HubSpot does for each path."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leadline.crm.testing.hubspot_search import search
from leadline.crm.testing.hubspot_tables import OWNERS, PIPELINES, RefusedError, Row, Thing, stamp

if TYPE_CHECKING:
    from leadline.crm.testing.hubspot import HubSpotServer

V = "2026-03"
KINDS = ("contacts", "deals", "notes")
MOST = 100
Answer = tuple[int, Row | None]
Values = Mapping[str, Any]


class Routes:
    """The paths of the API."""

    def __init__(self, server: "HubSpotServer") -> None:
        self._server, self._tables = server, server.tables
        self._paths: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", f"/account-info/{V}/details", self._account),
            ("GET", f"/crm/owners/{V}", self._owners),
            ("GET", f"/crm/pipelines/{V}/deals", self._pipelines),
            ("GET", f"/crm/properties/{V}/contacts", self._properties),
            ("POST", f"/crm/properties/{V}/contacts", self._make_property),
            ("POST", f"/crm/properties/{V}/contacts/groups", self._make_group),
            ("POST", rf"/crm/associations/{V}/(\w+)/(\w+)/batch/read", self._associations),
            ("POST", rf"/crm/objects/{V}/(\w+)/search", self._search),
            ("POST", rf"/crm/objects/{V}/(\w+)/batch/read", self._read),
            ("POST", rf"/crm/objects/{V}/contacts/batch/upsert", self._upsert),
            ("POST", rf"/crm/objects/{V}/contacts/batch/update", self._update),
            ("POST", rf"/crm/objects/{V}/contacts/gdpr-delete", self._gdpr_delete),
            ("POST", rf"/crm/objects/{V}/notes/batch/create", self._make_notes),
            ("GET", rf"/crm/objects/{V}/(\w+)", self._list),
            ("GET", rf"/crm/objects/{V}/contacts/(\d+)", self._one),
            ("GET", rf"/events/{V}/event-definitions/(\w+)", self._definition),
            ("POST", f"/events/{V}/event-definitions", self._define),
            ("POST", f"/events/{V}/send", self._event),
        ]

    def called(self, method: str, path: str, body: Any, params: Values) -> Answer:
        """What a call answers: a status and a body.

        Raises:
            RefusedError: it is refused.
        """
        for verb, pattern, act in self._paths:
            if verb == method and (found := re.fullmatch(pattern, path)):
                return act(*found.groups(), body=body, params=params)
        raise RefusedError(404, "404", "")

    def _account(self, **_: Any) -> Answer:
        return 200, {"portalId": 4711, "uiDomain": "app-eu1.hubspot.com", "companyCurrency": "EUR", "timeZone": "UTC"}

    def _owners(self, **_: Any) -> Answer:
        self._server.need("crm.objects.owners.read")
        return 200, {"results": OWNERS}

    def _pipelines(self, **_: Any) -> Answer:
        return 200, {"results": PIPELINES}

    # Properties

    def _properties(self, **_: Any) -> Answer:
        return 200, {"results": list(self._tables.properties.values())}

    def _make_group(self, body: Row, **_: Any) -> Answer:
        self._server.need("crm.schemas.contacts.write")
        if body["name"] in self._tables.groups:
            raise RefusedError(409, "CONFLICT", "A group of this name is there.")
        self._tables.groups.add(body["name"])
        return 201, body

    def _make_property(self, body: Row, **_: Any) -> Answer:
        self._server.need("crm.schemas.contacts.write")
        if lacking := {"name", "label", "groupName", "type", "fieldType"} - body.keys():
            raise RefusedError(400, "VALIDATION_ERROR", f"Some required fields were not set: {sorted(lacking)}")
        if body["groupName"] not in self._tables.groups:
            raise RefusedError(400, "VALIDATION_ERROR", "The group does not exist.")
        if body["name"] in self._tables.properties:
            raise RefusedError(409, "CONFLICT", f"A property named {body['name']!r} already exists.")
        self._tables.properties[body["name"]] = {"options": [], **body}
        return 201, body

    def _gdpr_delete(self, body: Row, **_: Any) -> Answer:
        """Not into the bin: gone."""
        self._server.need("crm.objects.contacts.write")
        self._tables.contacts.pop(body["objectId"], None)
        return 204, {}

    # Reading

    def _search(self, kind: str, body: Row, **_: Any) -> Answer:
        self._server.need(f"crm.objects.{kind}.read")
        known = set(self._tables.properties) if kind == "contacts" else None
        until = self._server.now() - timedelta(seconds=self._server.lag)
        return 200, search(self._living(kind), body, known, until)

    def _living(self, kind: str) -> list[Thing]:
        return [each for each in list(self._things(kind).values()) if each.archived is None]

    def _things(self, kind: str) -> dict[str, Thing]:
        things: dict[str, Thing] = getattr(self._tables, kind)
        return things

    def _read(self, kind: str, body: Row, **_: Any) -> Answer:
        """Those that are there, the last one first; 207 when some are not."""
        self._server.need(f"crm.objects.{'contacts' if kind == 'notes' else kind}.read")
        ids, by = [each["id"] for each in body["inputs"]], body.get("idProperty")
        self._limit(ids)
        found = {each.properties.get(by, "") if by else each.id: each for each in self._living(kind)}
        rows = [found[each].as_row(body["properties"]) for each in reversed(ids) if each in found]
        lost = [each for each in ids if each not in found]
        return (207, {"results": rows, "errors": [_not_found(lost)]}) if lost else (200, {"results": rows})

    def _one(self, number: str, params: Values, **_: Any) -> Answer:
        thing = self._tables.contacts.get(self._tables.survivor(number))
        if thing is None or thing.archived:
            raise RefusedError(404, "OBJECT_NOT_FOUND", "Object not found.")
        return 200, thing.as_row(params["properties"].split(","))

    def _list(self, kind: str, params: Values, **_: Any) -> Answer:
        self._server.need(f"crm.objects.{kind}.read")
        wanted, limit = params.get("archived") == "true", int(params.get("limit", 10))
        above = int(params.get("after") or 0)
        rows = [each for each in list(self._things(kind).values()) if (each.archived is not None) == wanted]
        rows = sorted((each for each in rows if int(each.id) > above), key=lambda each: int(each.id))
        more = {"paging": {"next": {"after": rows[limit - 1].id}}} if len(rows) > limit else {}
        names = str(params.get("properties", "")).split(",")
        return 200, {"results": [each.as_row(names) for each in rows[:limit]], **more}

    def _associations(self, kind: str, to: str, body: Row, **_: Any) -> Answer:
        """Two at a time, so that pages are really read."""
        self._server.need(f"crm.objects.{'contacts' if 'notes' in (kind, to) else 'deals'}.read")
        self._limit(body["inputs"])
        results = []
        for each in body["inputs"]:
            ids = self._linked(kind, to, each["id"])
            first = int(each.get("after") or 0)
            more = {"paging": {"next": {"after": str(first + 2)}}} if len(ids) > first + 2 else {}
            some = [{"toObjectId": int(one), "associationTypes": []} for one in ids[first : first + 2]]
            results += [{"from": {"id": each["id"]}, "to": some, **more}] if some else []
        return 200 if len(results) == len(body["inputs"]) else 207, {"results": results}

    def _linked(self, kind: str, to: str, number: str) -> list[str]:
        """`links` has (kind, its id, contact)."""
        if kind == "contacts":
            return sorted(
                (one for each, one, contact in self._tables.links if (each, contact) == (to, number)), key=int
            )
        return sorted((contact for each, one, contact in self._tables.links if (each, one) == (kind, number)), key=int)

    # Writing

    def _limit(self, rows: Sequence[Any]) -> None:
        if len(rows) > MOST:
            raise RefusedError(400, "VALIDATION_ERROR", f"The batch has {len(rows)} rows; {MOST} are the most.")

    def _upsert(self, body: Row, **_: Any) -> Answer:
        """Looked up first, made after that: another call may be faster, and then this one fails as a whole."""
        self._server.need("crm.objects.contacts.write")
        rows, errors = self._valid(body["inputs"])
        for row in rows:
            name = row.get("idProperty", "")
            if name == "email" or not self._tables.properties.get(name, {}).get("hasUniqueValue"):
                raise RefusedError(400, "VALIDATION_ERROR", f"Unable to perform upsert by non-unique property {name!r}")
        there = [self._tables.by(row["idProperty"], row["id"]) for row in rows]
        if not all(there):
            self._server.let_others_in()
        self._check_all(rows, there)
        written = []
        for row, thing in zip(rows, there, strict=True):
            made = thing or self._tables.make(self._tables.contacts, row["properties"])
            if thing is not None:
                self._tables.write(thing, row["properties"])
            written.append({**self._result(made, row), "new": thing is None})
        return self._batch(written, errors)

    def _update(self, body: Row, **_: Any) -> Answer:
        self._server.need("crm.objects.contacts.write")
        rows, errors = self._valid(body["inputs"])
        living = {each.id: each for each in self._tables.living()}
        lost = [row["id"] for row in rows if row["id"] not in living]
        known = [row for row in rows if row["id"] in living]
        self._check_all(known, [living[row["id"]] for row in known])
        for row in known:
            self._tables.write(living[row["id"]], row["properties"])
        written = [self._result(living[row["id"]], row) for row in known]
        return self._batch(written, [*errors, *([_not_found(lost)] if lost else [])])

    def _valid(self, rows: list[Row]) -> tuple[list[Row], list[Row]]:
        """Rows without those that are refused alone, and their errors.

        Raises:
            RefusedError: one is not valid, and all fail with it.
        """
        self._limit(rows)
        if len({row["id"] for row in rows}) < len(rows):
            raise RefusedError(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input.")
        bad = [row for row in rows if {row["id"], row["properties"].get("leadline_id")} & self._server.refused]
        if bad and not self._server.partly:
            raise RefusedError(400, "VALIDATION_ERROR", "Property values were not valid: on our block list.")
        errors = [
            {"status": "error", "category": "VALIDATION_ERROR", "message": "on our block list", "context": _trace(row)}
            for row in bad
        ]
        return [row for row in rows if row not in bad], errors

    def _check_all(self, rows: list[Row], there: Sequence[Thing | None]) -> None:
        """Of what two rows of a batch want, the second finds a conflict."""
        emails: dict[str, str] = {}
        for row, thing in zip(rows, there, strict=True):
            self._tables.check(row["properties"], thing)
            email = row["properties"].get("email", "").lower()
            if email and emails.setdefault(email, row["id"]) != row["id"]:
                raise RefusedError(409, "CONFLICT", "Contact already exists.")

    def _result(self, thing: Thing, row: Row) -> Row:
        return {**thing.as_row(), "objectWriteTraceId": row.get("objectWriteTraceId")}

    def _batch(self, written: list[Row], errors: list[Row]) -> Answer:
        """In no order."""
        if errors:
            return 207, {"status": "COMPLETE", "results": written[::-1], "numErrors": len(errors), "errors": errors}
        return 200, {"status": "COMPLETE", "results": written[::-1]}

    def _make_notes(self, body: Row, **_: Any) -> Answer:
        self._limit(body["inputs"])
        made = []
        for row in body["inputs"]:
            contact = row["associations"][0]["to"]["id"]
            if not row["properties"].get("hs_timestamp") or self._tables.contacts[contact].archived:
                raise RefusedError(400, "VALIDATION_ERROR", "hs_timestamp is required, and a contact that is there.")
            note = self._tables.make(self._tables.notes, row["properties"])
            self._tables.links.add(("notes", note.id, contact))
            made.append(self._result(note, row))
        return self._batch(made, [])

    # Custom events

    def _definition(self, name: str, **_: Any) -> Answer:
        self._server.need("behavioral_events.event_definitions.read_write")
        if name not in self._tables.definitions:
            raise RefusedError(404, "OBJECT_NOT_FOUND", "There is no such event.")
        return 200, self._tables.definitions[name]

    def _define(self, body: Row, **_: Any) -> Answer:
        self._tables.definitions[f"pe4711_{body['name']}"] = body
        return 201, body

    def _event(self, body: Row, **_: Any) -> Answer:
        """The same uuid is refused for a year."""
        if body["eventName"] not in self._tables.definitions:
            raise RefusedError(400, "VALIDATION_ERROR", "Unknown event.")
        if body["uuid"] in self._tables.events:
            raise RefusedError(400, "VALIDATION_ERROR", f"An event with uuid {body['uuid']} was sent already.")
        self._tables.events[body["uuid"]] = {**body, "received": stamp(self._server.now())}
        return 204, None


def _trace(row: Row) -> Row:
    return {"objectWriteTraceId": [row["objectWriteTraceId"]]}


def _not_found(ids: Sequence[str]) -> Row:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some objects, they may be deleted or not exist.",
        "context": {"ids": list(ids)},
    }
