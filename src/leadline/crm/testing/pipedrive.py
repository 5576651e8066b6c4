"""A fake Pipedrive with its API v2, in memory, that misbehaves as the real one is known to, or may.

    server = PipedriveServer(clock=utc_now)
    httpx.Client(transport=server.transport(), base_url=server.url)

There is no upsert and nothing is unique; the search lags behind and does not mind small and capital letters; a merge
says nowhere where a person went; a deleted person answers to its id and takes writes without a word, or is not there
at all; numbers as text are refused; a call costs tokens, of which a day has so many; who goes on after "too many" is
shut out with a page of HTML.
"""

import json
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx

from leadline.crm.testing.pipedrive_routes import Routes
from leadline.crm.testing.pipedrive_tables import ME, RefusedError, Tables
from leadline.kernel.clock import Clock

TOKEN = "0fa4e0fa4e0fa4e0fa4e0fa4e0fa4e0fa4e0fa4e"  # noqa: S105  # a fake's
WINDOW = timedelta(seconds=2)
MOST_SEARCHES = 10
COSTS = {"GET one": 1, "GET list": 10, "GET search": 20, "POST": 5, "PATCH": 5, "DELETE": 3}


class PipedriveServer:
    """One account.

    Attributes:
        skew: seconds that its clock goes ahead. lag: seconds that the search is behind.
        down, lost, storm: calls that are not answered; that write and are done, but not answered; that are too many.
        burst: calls in two seconds (Lite 20, Growth 40, Premium 100, Ultimate 120).
        tokens: what is left of today's; None: more than enough. spent: all that calls cost so far.
        refused: ids of ours whose persons are refused. locked: the token is refused.
        hidden: paths that the token's user may not read. blocked: whether all calls get a page of HTML.
        bodies: (method, path, body) of every call that came through.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tables = Tables(self.now)
        self.url, self.token = "https://acme.pipedrive.com", TOKEN
        self.skew, self.lag = 0.0, 0.0
        self.down, self.lost, self.storm = 0, 0, 0
        self.reset: float | None = None
        self.burst = 20
        self.tokens: int | None = None
        self.spent, self.calls = 0, 0
        self.refused: frozenset[str] = frozenset()
        self.hidden: frozenset[str] = frozenset()
        self.locked, self.blocked = False, False
        self.bodies: list[tuple[str, str, Any]] = []
        self._recent: deque[datetime] = deque()
        self._searches: deque[datetime] = deque()
        self._lock = threading.RLock()
        self._routes = Routes(self)

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
        with self._lock:
            self.calls += 1
            if self.down:
                self.down -= 1
                raise httpx.ConnectError("refused", request=request)
            answer = self._answer(request)
            if self.lost and request.method != "GET" and answer.status_code < 300:
                self.lost -= 1
                raise httpx.ReadTimeout("timed out", request=request)
            return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.blocked:
            return httpx.Response(403, html="<html>Attention Required! | Cloudflare</html>")
        headers = {"Date": format_datetime(self.now().astimezone(UTC), usegmt=True)}
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
        if self.storm:
            self.storm -= 1
            if self.reset is not None:
                headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{self.reset:g}"}
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

    def let_others_in(self) -> None:
        """A call that is at work: others run in the meantime."""
        self._lock.release()
        time.sleep(0.001)
        self._lock.acquire()


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
