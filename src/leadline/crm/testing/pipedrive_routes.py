"""What the fake Pipedrive does for each path."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leadline.crm.testing.pipedrive_tables import ME, STAGES, USERS, RefusedError, Row, stamp

if TYPE_CHECKING:
    from leadline.crm.testing.pipedrive import PipedriveServer

MOST, USUAL, MOST_IDS, MOST_KEYS = 500, 100, 100, 15
ALL_BUT_DELETED = "open,won,lost"
Values = Mapping[str, Any]
Answer = Any


class Routes:
    """The paths of the API."""

    def __init__(self, server: "PipedriveServer") -> None:
        self._server, self._tables = server, server.tables
        self._paths: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", "/api/v1/users/me", lambda **_: _good(ME)),
            ("GET", "/api/v1/users", lambda **_: _good(USERS)),
            ("GET", "/api/v1/notes", self._notes),
            ("POST", "/api/v1/notes", self._make_note),
            ("GET", "/api/v2/stages", lambda params, **_: _page(STAGES, params)),
            ("GET", "/api/v2/personFields", lambda params, **_: _page(self._tables.fields, params)),
            ("POST", "/api/v2/personFields", self._make_field),
            ("GET", "/api/v2/persons", self._persons),
            ("POST", "/api/v2/persons", self._make_person),
            ("GET", "/api/v2/persons/search", self._search),
            ("GET", r"/api/v2/persons/(\d+)", self._person),
            ("PATCH", r"/api/v2/persons/(\d+)", self._write_person),
            ("DELETE", r"/api/v2/persons/(\d+)", self._delete_person),
            ("GET", "/api/v2/deals", self._deals),
        ]

    def called(self, method: str, path: str, body: Any, params: Values) -> Answer:
        """What a call answers.

        Raises:
            RefusedError: it is refused.
        """
        for verb, pattern, act in self._paths:
            if verb == method and (found := re.fullmatch(pattern, path)):
                return act(*found.groups(), body=body, params=params)
        raise RefusedError(404, "Unknown method.")

    # Fields

    def _make_field(self, body: Row, **_: Any) -> Answer:
        return _good(self._tables.add_field(body["field_name"], body["field_type"], body.get("options")))

    # Persons

    def _told(self, row: Row, params: Values) -> Row:
        """As the API tells a person: of custom fields those that were asked for, counts where they were."""
        asked = str(params.get("custom_fields") or "").split(",")
        custom = row["custom_fields"]
        if asked != [""]:
            custom = {code: value for code, value in custom.items() if code in asked}
        counts = self._tables.counts(row["id"]) if "deals_count" in str(params.get("include_fields")) else {}
        return {**row, "custom_fields": custom, **counts}

    def _persons(self, params: Values, **_: Any) -> Answer:
        rows: Iterable[Row] = list(self._tables.persons.values())
        if self._tables.forgets or self._tables.hides:
            rows = self._tables.living()
        if len(str(params.get("custom_fields") or "").split(",")) > MOST_KEYS:
            raise RefusedError(400, "A maximum of 15 custom fields is allowed.")
        if ids := params.get("ids"):
            wanted = ids.split(",")
            if len(wanted) > MOST_IDS:
                raise RefusedError(400, "A maximum of 100 ids is allowed.")
            rows = [row for row in rows if str(row["id"]) in wanted]
        since = params.get("updated_since") or ""
        found = sorted((row for row in rows if row["update_time"] >= since), key=lambda row: int(row["id"]))
        return _page([self._told(row, params) for row in found], params)

    def _search(self, params: Values, **_: Any) -> Answer:
        """Behind, and not minding capital letters. Only what fields=custom_fields&exact_match=true asks."""
        term, until = params["term"].lower(), stamp(self._server.now() - timedelta(seconds=self._server.lag))
        if params.get("fields") != "custom_fields" or params.get("exact_match") != "true" or len(term) < 1:
            raise RefusedError(400, "Scope and URL mismatch")
        texts = {row["field_code"] for row in self._tables.fields if row["field_type"] in ("varchar", "text")}
        found = [
            row
            for row in self._tables.living()
            if row["add_time"] <= until and term in [str(row["custom_fields"].get(code)).lower() for code in texts]
        ]
        items = [
            {"result_score": 1.0, "item": {"id": row["id"], "type": "person", "name": row["name"]}} for row in found
        ]
        return _good({"items": items[: int(params.get("limit", USUAL))]})

    def _there(self, number: str) -> Row:
        row = self._tables.persons.get(int(number))
        if row is None or (row["is_deleted"] and self._tables.forgets):
            raise RefusedError(404, "Person not found", error_info="Please check developers.pipedrive.com")
        return row

    def _person(self, number: str, params: Values, **_: Any) -> Answer:
        return _good(self._told(self._there(number), params))

    def _make_person(self, body: Row, **_: Any) -> Answer:
        """Looked up by nobody: another call that makes the same person is at work at the same time."""
        self._check(body, is_new=True)
        self._server.let_others_in()
        return _good(self._told(self._tables.make(body, self._server.user), {}))

    def _write_person(self, number: str, body: Row, **_: Any) -> Answer:
        """One that is deleted is written too, in the bin, and stays there; its time of deletion does not change."""
        row = self._there(number)
        self._check(body, is_new=False)
        when = row["update_time"]
        self._tables.write(row, body)
        if row["is_deleted"]:
            row["update_time"] = when
        return _good(self._told(row, {}))

    def _check(self, body: Row, is_new: bool) -> None:
        self._tables.check(body, is_new)
        if set(map(str, body.get("custom_fields", {}).values())) & self._server.refused:
            raise RefusedError(400, "Validation failed: on our block list", code="ERR_SCHEMA_VALIDATION_FAILED")

    def _delete_person(self, number: str, **_: Any) -> Answer:
        if self._there(number)["is_deleted"]:
            raise RefusedError(404, "Person not found")
        self._tables.delete(int(number))
        return _good({"id": int(number)})

    # Deals

    def _deals(self, params: Values, **_: Any) -> Answer:
        states = str(params.get("status") or ALL_BUT_DELETED).split(",")
        since, person = params.get("updated_since") or "", params.get("person_id")
        rows = [
            {**row, "status": "deleted" if row["is_deleted"] else row["status"]} for row in self._tables.deals.values()
        ]
        found = [row for row in rows if row["status"] in states and row["update_time"] >= since]
        return _page([row for row in found if person is None or str(row["person_id"]) == person], params)

    # Notes, of v1

    def _notes(self, params: Values, **_: Any) -> Answer:
        """Two to a page, so that pages are really read."""
        rows = [row for row in self._tables.notes.values() if str(row["person_id"]) == params["person_id"]]
        start, size = int(params.get("start", 0)), 2
        more = len(rows) > start + size
        pages = {"start": start, "more_items_in_collection": more, **({"next_start": start + size} if more else {})}
        return {**_good(rows[start : start + size] or None), "additional_data": {"pagination": pages}}

    def _make_note(self, body: Row, **_: Any) -> Answer:
        self._there(str(body["person_id"]))
        datetime.strptime(body["add_time"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  # v1: UTC without saying so
        row = {"id": self._tables.number(), **body}
        self._tables.notes[row["id"]] = row
        return _good(row)


def _good(data: Any) -> Row:
    return {"success": True, "data": data}


def _page(rows: list[Row], params: Values) -> Row:
    """Rows from the cursor on, which is a number in disguise."""
    limit, first = int(params.get("limit", USUAL)), _first(params.get("cursor"))
    if limit > MOST:
        raise RefusedError(400, "limit must be 500 at most")
    after = f"next-{first + limit}" if len(rows) > first + limit else None
    return {**_good(rows[first : first + limit]), "additional_data": {"next_cursor": after}}


def _first(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not cursor.startswith("next-"):
        raise RefusedError(400, "Invalid cursor")
    return int(cursor.removeprefix("next-"))
