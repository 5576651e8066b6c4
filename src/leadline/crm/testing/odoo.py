"""A fake Odoo 19 with its JSON-2 API, in memory, that misbehaves as the real one was measured to.

    server = OdooServer(clock=utc_now)
    httpx.Client(transport=server.transport(), base_url=server.url)     # in the same process
    with server.serve() as url: ...                                     # over loopback, for others

Measured, and kept here: `load` answers 200 to everything, a serialisation failure included, and one bad row keeps all
others out; an unknown field is a 500; a merge drops external ids, a deleted lead is made anew by its external id, a
lost one is hidden from who does not ask for archived ones; moments are naive UTC; a lead belongs to who makes it.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from leadline.crm.testing.odoo_load import Load, UnknownFieldError
from leadline.crm.testing.odoo_search import MODELS, search_read
from leadline.crm.testing.odoo_tables import Row, Tables
from leadline.crm.testing.server import FakeServer
from leadline.kernel.clock import Clock

KEY = "0d00-key-of-the-fake"
WRITING = {"load", "write", "create", "unlink", "merge_opportunity", "action_set_lost", "action_set_won"}
ADMINISTRATORS = {"ir.model.fields", "ir.model", "ir.ui.view"}
ME = 5


class OdooError(Exception):
    """An error answer: status, the exception's name, its words."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": "Traceback …"}


class OdooServer(FakeServer):
    """One server with one database.

    Attributes:
        administrator: whether the key is an administrator's.
    """

    def __init__(self, clock: Clock, *, administrator: bool = True, with_leads: bool = False) -> None:
        super().__init__(clock, "http://odoo.test")
        self.key, self.administrator = KEY, administrator
        self.tables = Tables(self.now, with_leads)

    def _writes(self, request: httpx.Request) -> bool:
        return request.url.path.rsplit("/", 1)[-1] in WRITING

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._one_too_many():
            return httpx.Response(429, headers=self._come_back(), text="Too Many Requests")
        headers = self._date()
        try:
            body = json.dumps(self._called(request))  # `null` has to be said too
            return httpx.Response(200, headers={**headers, "Content-Type": "application/json"}, text=body)
        except OdooError as error:
            return httpx.Response(error.status, headers=headers, json=error.body)

    def _called(self, request: httpx.Request) -> Any:
        if request.url.path == "/web/version":
            return {"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}
        found = re.fullmatch(r"/json/2/([\w.]+)/(\w+)", request.url.path)
        if request.method != "POST" or found is None:
            raise OdooError(404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?")
        if self.locked or request.headers.get("Authorization") != f"bearer {self.key}":
            raise OdooError(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        return self.call(found[1], found[2], **json.loads(request.content or b"{}"))

    def call(self, model: str, method: str, **arguments: Any) -> Any:
        """What a method answers, as in the API.

        Raises:
            OdooError: it refuses.
        """
        context = arguments.pop("context", {})
        if method == "load" and model == "crm.lead":
            return self._load(context, **arguments)
        with self._lock:
            return self._method(model, method)(arguments, context)

    def _method(self, model: str, method: str) -> Callable[[Row, Row], Any]:
        if model in ADMINISTRATORS and method != "has_access" and not self.administrator:
            words = f"You are not allowed to access '{model}' records."
            raise OdooError(403, "odoo.exceptions.AccessError", words)
        methods: Mapping[tuple[str, str], Callable[[Row, Row], Any]] = {
            ("crm.lead", "fields_get"): lambda _a, _c: self.tables.fields,
            ("crm.lead", "default_get"): lambda _a, _c: {"type": "lead" if self.tables.with_leads else "opportunity"},
            ("crm.lead", "has_access"): lambda _a, _c: True,
            ("crm.lead", "search_count"): lambda a, c: len(search_read(self.tables, "crm.lead", a, c)),
            ("crm.lead", "read"): lambda a, _c: self._read(**a),
            ("crm.lead", "write"): lambda a, _c: self._write(**a),
            ("crm.lead", "create"): lambda a, _c: [self.tables.create(values) for values in a["vals_list"]],
            ("crm.lead", "unlink"): lambda a, _c: self._each(a["ids"], self.tables.unlink),
            ("crm.lead", "get_external_id"): lambda a, _c: self._external_ids(a["ids"]),
            ("crm.lead", "merge_opportunity"): lambda a, _c: self._merge(a["ids"]),
            ("crm.lead", "action_set_lost"): lambda a, _c: self._lose(**a),
            ("crm.lead", "action_set_won"): lambda a, _c: self._each(a["ids"], self.tables.win),
            ("res.users", "context_get"): lambda _a, _c: {"lang": "en_US", "tz": False, "uid": ME},
            ("ir.model.fields", "has_access"): lambda _a, _c: self.administrator,
            ("ir.model.fields", "create"): lambda a, _c: [self._make_field(values) for values in a["vals_list"]],
            ("ir.model", "search"): lambda _a, _c: [421],
            ("ir.ui.view", "load"): lambda _a, _c: {"ids": [651], "messages": [], "nextrow": 0},
        }
        if method == "search_read" and model in MODELS:
            return lambda a, c: self._search(model, a, c)
        if (model, method) not in methods:
            raise OdooError(404, "werkzeug.exceptions.NotFound", f"the model {model!r} does not exist")
        return methods[model, method]

    def _load(self, context: Row, fields: list[str], data: list[list[str]]) -> Row:
        """Two calls at the same time both read before either writes; who writes first wins."""
        with self._lock:
            try:
                return Load(self.tables, context, self.refused, self.let_others_in).run(fields, data)
            except UnknownFieldError as error:
                raise OdooError(500, "builtins.ValueError", str(error)) from error

    def _read(self, ids: list[int], fields: list[str]) -> list[Row]:
        rows = [self.tables.leads[each] for each in ids if each in self.tables.leads]
        return [{name: row[name] for name in ("id", *fields)} for row in rows]

    def _write(self, ids: list[int], vals: Row) -> bool:
        for number in ids:
            if number not in self.tables.leads:
                raise OdooError(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.")
            self.tables.write(number, vals)
        return True

    def _lose(self, ids: list[int], lost_reason_id: int = 0) -> None:
        for number in ids:
            self.tables.lose(number, lost_reason_id)

    def _search(self, model: str, arguments: Row, context: Row) -> list[Row]:
        for name in arguments.get("fields", ()):
            if model == "crm.lead" and name not in self.tables.fields:
                raise OdooError(500, "builtins.ValueError", f"Invalid field {name!r} on {model!r}")
        return search_read(self.tables, model, arguments, context)

    def _merge(self, ids: list[int]) -> list[int]:
        """The one that is likeliest to be won stays."""
        head = max(ids, key=lambda number: (self.tables.leads[number]["probability"], -number))
        self.tables.merge(head, [number for number in ids if number != head])
        return [head]

    def _each(self, ids: list[int], act: Callable[[int], None]) -> bool:
        for number in ids:
            act(number)
        return True

    def _external_ids(self, ids: list[int]) -> dict[str, str]:
        names = {number: name for name, number in self.tables.named.items()}
        return {str(number): names.get(number, "") for number in ids}

    def _make_field(self, values: Row) -> int:
        if not values["name"].startswith("x_"):
            words = "The operation cannot be completed: Custom fields must have a name that starts with 'x_'!"
            raise OdooError(422, "odoo.exceptions.ValidationError", words)
        if values["name"] in self.tables.fields:
            words = "The operation cannot be completed: Field names must be unique per model."
            raise OdooError(422, "odoo.exceptions.ValidationError", words)
        described = {"string": values["field_description"], "type": values["ttype"], "store": True}
        choices = [[each[2]["value"], each[2]["name"]] for each in values.get("selection_ids", [])]
        self.tables.fields[values["name"]] = {**described, "selection": choices} if choices else described
        for row in self.tables.leads.values():
            row[values["name"]] = 0 if values["ttype"] in ("integer", "float") else False
        return 4000 + len(self.tables.fields)
