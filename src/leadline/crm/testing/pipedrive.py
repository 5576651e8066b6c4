"""A fake Pipedrive with its API v2, in memory, that misbehaves as the real one is known to, or may.

    server = PipedriveServer(clock=utc_now)
    httpx.Client(transport=server.transport(), base_url=server.url)

There is no upsert and nothing is unique; the search lags behind and does not mind small and capital letters; a merge
says nowhere where a person went; a deleted person answers to its id and takes writes without a word, or is not there
at all; numbers as text are refused; a call costs tokens, of which a day has so many; who goes on after "too many" is
shut out with a page of HTML.
"""

import json
from collections import deque
from datetime import datetime, timedelta
from typing import Any

import httpx

from leadline.crm.testing.pipedrive_routes import Routes
from leadline.crm.testing.pipedrive_tables import ME, RefusedError, Tables
from leadline.crm.testing.server import FakeServer
from leadline.kernel.clock import Clock

TOKEN = "0fa4e0fa4e0fa4e0fa4e0fa4e0fa4e0fa4e0fa4e"  # noqa: S105  # a fake's
WINDOW = timedelta(seconds=2)
MOST_SEARCHES = 10
COSTS = {"GET one": 1, "GET list": 10, "GET search": 20, "POST": 5, "PATCH": 5, "DELETE": 3}


class PipedriveServer(FakeServer):
    """One account.

    Attributes:
        lag: seconds that the search is behind.
        burst: calls in two seconds (Lite 20, Growth 40, Premium 100, Ultimate 120).
        tokens: what is left of today's; None: more than enough. spent: all that calls cost so far.
        hidden: paths that the token's user may not read. blocked: whether all calls get a page of HTML.
        bodies: (method, path, body) of every call that came through.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, "https://acme.pipedrive.com")
        self.tables = Tables(self.now)
        self.token, self.lag = TOKEN, 0.0
        self.burst = 20
        self.tokens: int | None = None
        self.spent = 0
        self.hidden: frozenset[str] = frozenset()
        self.blocked = False
        self.bodies: list[tuple[str, str, Any]] = []
        self._recent: deque[datetime] = deque()
        self._searches: deque[datetime] = deque()
        self._routes = Routes(self)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call at a time; `let_others_in` is where another one may come between."""
        with self._lock:
            return super().answer(request)

    def _writes(self, request: httpx.Request) -> bool:
        return request.method != "GET"

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.blocked:
            return httpx.Response(403, html="<html>Attention Required! | Cloudflare</html>")
        headers = self._date()
        try:
            self._admit(request)
            self._count(request, headers)
            status, body = self._called(request)
        except RefusedError as error:
            status, body = error.status, error.body
        if self.tokens is not None:
            headers["x-daily-ratelimit-token-remaining"] = str(max(self.tokens, 0))
        return httpx.Response(status, headers=headers, json=body)

    def _admit(self, request: httpx.Request) -> None:
        if self.locked or request.headers.get("x-api-token") != self.token:
            info = "Please check developers.pipedrive.com"
            raise RefusedError(401, "unauthorized access", errorCode=401, error_info=info)

    def _count(self, request: httpx.Request, headers: dict[str, str]) -> None:
        """The window of two seconds, that of the search, and the day's tokens."""
        if self._one_too_many():
            if self.retry_after is not None:
                headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{self.retry_after:g}"}
            raise RefusedError(429, "request over limit", errorCode=429)
        is_search = request.url.path.endswith("/search")
        for calls, most in ((self._recent, self.burst), (self._searches, MOST_SEARCHES if is_search else 0)):
            if most:
                self._window(calls, most, headers)
        cost = cost_of(request)
        if self.tokens is not None and self.tokens < cost:
            self.tokens = 0
            raise RefusedError(429, "daily token budget exceeded", errorCode=429)
        self.tokens = None if self.tokens is None else self.tokens - cost
        self.spent += cost

    def _window(self, calls: deque[datetime], most: int, headers: dict[str, str]) -> None:
        now = self.clock()
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        headers |= {"x-ratelimit-limit": str(most), "x-ratelimit-reset": "2"}
        if len(calls) >= most:
            headers["x-ratelimit-remaining"] = "0"
            raise RefusedError(429, "request over limit", errorCode=429)
        calls.append(now)
        headers["x-ratelimit-remaining"] = str(most - len(calls))

    def _called(self, request: httpx.Request) -> tuple[int, Any]:
        body = json.loads(request.content) if request.content else None
        self.bodies.append((request.method, request.url.path, body))
        if any(path in request.url.path for path in self.hidden):
            raise RefusedError(403, "Forbidden", error_info="The user has no permission for this.")
        return 200, self._routes.called(request.method, request.url.path, body, dict(request.url.params))

    @property
    def user(self) -> int:
        """Whose token it is."""
        return int(ME["id"])


def cost_of(request: httpx.Request) -> int:
    """Tokens that a call costs: twice as many on v1."""
    if request.method != "GET":
        cost = COSTS[request.method]
    elif request.url.path.endswith("/search"):
        cost = COSTS["GET search"]
    else:
        last = request.url.path.rsplit("/", 1)[-1]
        cost = COSTS["GET one"] if last.isdigit() or last == "me" else COSTS["GET list"]
    return cost * 2 if "/v1/" in request.url.path else cost
