"""A fake Salesforce org with its REST API and Bulk API 2.0, in memory, that misbehaves as the vendor's own does.

    server = SalesforceServer(clock=utc_now)
    httpx.Client(transport=server.transport(), base_url=server.url)     # in the same process
    with server.serve() as url: ...                                     # over loopback, for others

Kept from the vendor's documentation and from what users of it report: 200 with failed items, one misspelt field that
fails the whole call, rows that are locked, sessions that are over at any time, limits as 403, duplicate rules that the
header overrules in calls and not in files, jobs that take their time and leave rows unprocessed. Nothing of it was
measured at a real org.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime
from json import loads
from typing import Any
from urllib.parse import parse_qs

import httpx

from leadline.crm.testing.salesforce_bulk import RESULTS, Jobs
from leadline.crm.testing.salesforce_door import CLIENT_ID, CLIENT_SECRET, USERNAME, Door, key_pair
from leadline.crm.testing.salesforce_making import make_field
from leadline.crm.testing.salesforce_org import CallError, Org, Row, RowError
from leadline.crm.testing.salesforce_soql import run
from leadline.crm.testing.server import FakeServer
from leadline.kernel.clock import Clock

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "USERNAME", "SalesforceServer", "key_pair"]

VERSIONS = ("61.0", "62.0", "63.0")
CONCURRENT = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
TOTAL = "TotalRequests Limit exceeded."
ALLOW = "allowSave=true"
SECONDS_OF_A_WRITE = 0.002
TOO_MANY = 429


class SalesforceServer(FakeServer):
    """One org.

    Attributes:
        page: rows in one page of a query. used, most: calls of the last 24 hours. door: who is let in.
    """

    def __init__(self, clock: Clock, *, url: str = "https://org.my.salesforce.com") -> None:
        super().__init__(clock, url)
        self.org = Org(self.now, lambda: self.refused)
        self.jobs = Jobs(self.org, self.now)
        self.page, self.used, self.most = 2_000, 0, 100_000
        self.door, self._busy = Door(self.now, url), set[str]()
        self._cursors: dict[str, list[Row]] = {}

    def now(self) -> datetime:
        """The time by its clock, in whole seconds."""
        return super().now().replace(microsecond=0)

    def end_sessions(self) -> None:
        """All tokens are over; new ones can be had."""
        self.door.tokens.clear()

    def _writes(self, request: httpx.Request) -> bool:
        return request.method == "PATCH" and "/composite/" in request.url.path

    def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = self._date()
        try:
            status, body = self._answered(request)
        except CallError as error:
            status, body = error.status, [{"message": error.message, "errorCode": error.code}]
        headers["Sforce-Limit-Info"] = f"api-usage={self.used}/{self.most}"
        if status == TOO_MANY:
            headers |= self._come_back()
        if isinstance(body, str):
            return httpx.Response(status, headers=headers, text=body)
        return httpx.Response(status, headers=headers, json=body)

    def _answered(self, request: httpx.Request) -> tuple[int, Any]:
        path = request.url.path
        if path == "/services/oauth2/token":
            with self._lock:
                form = {name: each[0] for name, each in parse_qs(request.content.decode()).items()}
                return self.door.sign_in(form, blocked=self.locked)
        self._limit()
        if path == "/services/data/":
            return 200, [{"version": each, "url": f"/services/data/v{each}", "label": each} for each in VERSIONS]
        found = re.fullmatch(r"/services/data/v(\d+\.\d)/(.+?)/?", path)
        if found is None or found[1] not in VERSIONS:
            raise CallError(404, "NOT_FOUND", "The requested resource does not exist")
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.door.tokens:
            raise CallError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return self._routed(request, found[2])

    def _limit(self) -> None:
        """Too many calls: at once (403, or 429 of a gateway before it, which says when to come back), or a day."""
        self.used += 1
        if self._one_too_many():
            status = 403 if self.retry_after is None else TOO_MANY
            raise CallError(status, "REQUEST_LIMIT_EXCEEDED", CONCURRENT)
        if self.used > self.most:
            raise CallError(403, "REQUEST_LIMIT_EXCEEDED", TOTAL)

    # What it can be asked

    def _routed(self, request: httpx.Request, path: str) -> tuple[int, Any]:
        routes: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", r"(query|queryAll)", lambda kind: self._query(kind, request.url.params.get("q", ""))),
            ("GET", r"query/(\w+-\d+)", self._page),
            ("GET", r"sobjects/(\w+)/describe", self._describe),
            ("PATCH", r"composite/sobjects", lambda: self._collection(request, "", "")),
            ("PATCH", r"composite/sobjects/(\w+)/(\w+)", lambda of, key: self._collection(request, of, key)),
            ("POST", r"tooling/sobjects/CustomField", lambda: make_field(self.org, loads(request.content))),
            ("POST", r"sobjects/(\w+)", lambda of: self._create(of, loads(request.content))),
            ("DELETE", r"sobjects/(\w+)/(\w+)", self.org.delete),
            ("POST", r"jobs/ingest", lambda: self.jobs.open(loads(request.content))),
            ("PUT", r"jobs/ingest/(\w+)/batches", lambda job: self._upload(job, request)),
            ("PATCH", r"jobs/ingest/(\w+)", lambda job: self._job(job, loads(request.content)["state"])),
            ("GET", r"jobs/ingest/(\w+)", self._job),
            ("GET", r"jobs/ingest/(\w+)/(\w+)", self._results),
        )
        for method, pattern, act in routes:
            found = re.fullmatch(pattern, path)
            if found is not None and method == request.method:
                return self._with(act, found.groups(), locked="composite" not in pattern)
        raise CallError(404, "NOT_FOUND", "The requested resource does not exist")

    def _with(self, act: Callable[..., Any], arguments: tuple[str, ...], *, locked: bool) -> tuple[int, Any]:
        if not locked:
            return 200, act(*arguments)
        with self._lock:
            return 200, act(*arguments)

    def _query(self, kind: str, soql: str) -> Row:
        return self._paged(run(self.org, soql, deleted=kind == "queryAll"))

    def _paged(self, rows: list[Row]) -> Row:
        if len(rows) <= self.page:
            return {"totalSize": len(rows), "done": True, "records": rows}
        name = f"01g{len(self._cursors)}-{self.page}"
        self._cursors[name] = rows[self.page :]
        next_page = f"/services/data/v{VERSIONS[1]}/query/{name}"
        return {"totalSize": len(rows), "done": False, "nextRecordsUrl": next_page, "records": rows[: self.page]}

    def _page(self, name: str) -> Row:
        return self._paged(self._cursors[name])

    def _describe(self, of: str) -> Row:
        if of not in self.org.fields:
            raise CallError(404, "NOT_FOUND", "The requested resource does not exist")
        fields = [field for field in self.org.fields[of].values() if field["visible"]]
        return {"name": of, "createable": True, "updateable": True, "fields": fields}

    def _collection(self, request: httpx.Request, of: str, key: str) -> list[Row]:
        """Rows of a call, each answered by itself. Rows that another call is at work on are locked."""
        rows: list[Row] = loads(request.content)["records"]
        allow = ALLOW in request.headers.get("Sforce-Duplicate-Rule-Header", "")
        if len(rows) > 200:
            raise CallError(400, "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records")
        with self._lock:
            self._check_call(rows, of, key)
            names = {_name(row, key) for row in rows}
            mine = names - self._busy
            self._busy |= mine
        time.sleep(SECONDS_OF_A_WRITE)
        with self._lock:
            self._busy -= mine
            return [self._row(row, of, key, allow, locked=_name(row, key) not in mine) for row in rows]

    def _check_call(self, rows: list[Row], of: str, key: str) -> None:
        if of and not self.org.fields.get(of, {}).get(key, {}).get("externalId"):
            words = f"Provided external ID field does not exist or is not accessible: {key}"
            raise CallError(404, "NOT_FOUND", words)
        for row in rows:
            values = {name: value for name, value in row.items() if name not in ("attributes", "id")}
            self.org.shape(row["attributes"]["type"], values)

    def _row(self, row: Row, of: str, key: str, allow: bool, locked: bool) -> Row:
        values = {name: value for name, value in row.items() if name not in ("attributes", "id")}
        try:
            if locked:
                raise RowError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
            if not key:
                number, made = self.org.update(row["attributes"]["type"], row["id"], values, allow), False
            else:
                number, made = self.org.upsert(of, key, values, allow)
        except RowError as error:
            told = {"statusCode": error.code, "message": error.message, "fields": error.fields}
            return {**({"id": error.remote_id} if error.remote_id else {}), "success": False, "errors": [told]}
        return {"id": number, "success": True, "errors": [], **({"created": made} if key else {})}

    def _create(self, of: str, values: Row) -> Row:
        """A record of Salesforce's own set-up."""
        if of == "FieldPermissions":
            object_name, name = values["Field"].split(".")
            self.org.fields[object_name][name]["visible"] = True
        return {"id": self.org.insert(of, values), "success": True, "errors": []}

    def _upload(self, job: str, request: httpx.Request) -> Row:
        self.jobs.upload(self.jobs.all[job], request.content.decode())
        return {}

    def _job(self, job: str, state: str = "") -> Row:
        found = self.jobs.all[job]
        return self.jobs.change(found, state) if state else self.jobs.look(found)

    def _results(self, job: str, name: str) -> str:
        if name not in RESULTS:
            raise CallError(404, "NOT_FOUND", "The requested resource does not exist")
        return self.jobs.file(self.jobs.all[job], name)


def _name(row: Row, key: str) -> str:
    return str(row.get(key) if key else row.get("id"))
