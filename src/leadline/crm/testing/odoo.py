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
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from leadline.crm.testing.odoo_load import Load, UnknownFieldError
from leadline.crm.testing.odoo_search import MODELS, search_read
from leadline.crm.testing.odoo_tables import Row, Tables
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


class OdooServer:
    """One server with one database.

    Attributes:
        skew: seconds that its clock goes ahead. administrator: whether the key is an administrator's.
        down, lost, storm: calls that are not answered; that are done, but not answered; that are too many.
        refused: external ids of leads whose rows are refused. locked: the key is refused.
    """

    def __init__(self, clock: Clock, *, administrator: bool = True, with_leads: bool = False) -> None:
        self.clock, self.administrator = clock, administrator
        self.tables = Tables(self.now, with_leads)
        self.url, self.key = "http://odoo.test", KEY
        self.skew, self.down, self.lost, self.storm = 0.0, 0, 0, 0
        self.retry_after: float | None = None
        self.refused: frozenset[str] = frozenset()
        self.locked, self.calls = False, 0
        self._lock = threading.RLock()

    def now(self) -> datetime:
        """The time by its clock."""
        return self.clock() + timedelta(seconds=self.skew)

    def transport(self) -> httpx.BaseTransport:
        """For clients in this process."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call.

        Raises:
            httpx.TransportError: there is no answer.
        """
        self.calls += 1
        if self.down:
            self.down -= 1
            raise httpx.ConnectError("refused", request=request)
        if self.storm:
            self.storm -= 1
            headers = {} if self.retry_after is None else {"Retry-After": f"{self.retry_after:g}"}
            return httpx.Response(429, headers=headers, text="Too Many Requests")
        method = request.url.path.rsplit("/", 1)[-1]
        answer = self._answer(request)
        if self.lost and method in WRITING:
            self.lost -= 1
            raise httpx.ReadTimeout("timed out", request=request)
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = {"Date": format_datetime(self.now().astimezone(UTC), usegmt=True)}
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
                return Load(self.tables, context, self.refused, self._let_others_in).run(fields, data)
            except UnknownFieldError as error:
                raise OdooError(500, "builtins.ValueError", str(error)) from error

    def _let_others_in(self) -> None:
        self._lock.release()
        time.sleep(0.001)
        self._lock.acquire()

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

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Over loopback while the block lasts; the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(odoo: OdooServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._reply()

        def do_GET(self) -> None:
            self._reply()

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = httpx.Request(
                self.command, f"http://odoo.test{self.path}", headers=dict(self.headers), content=body
            )
            try:
                answer = odoo.answer(request)
            except httpx.TransportError:
                self.close_connection = True
                return
            self.send_response_only(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
            """Says nothing."""

    return Handler
