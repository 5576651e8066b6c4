"""A fake HubSpot with its dated API, in memory, that misbehaves as the real one is known to.

    server = HubSpotServer(clock=utc_now)
    httpx.Client(transport=server.transport(), base_url=server.url)

One row with a value that is not valid, or with another contact's e-mail address, fails all 100 of its batch, and only
the first conflict is named; batches answer in no order, with 207 when some rows are not there; a lifecycle stage that
goes back is ignored without a word; search lags behind and ends at 10,000; a merged contact is left out of a batch and
answers alone with the survivor; too many calls are 429, with or without a Retry-After, and the day has an end too.
"""

import json
from collections import deque
from datetime import datetime, timedelta
from typing import Any

import httpx

from leadline.crm.testing.hubspot_routes import Routes
from leadline.crm.testing.hubspot_tables import RefusedError, Row, Tables
from leadline.crm.testing.server import FakeServer
from leadline.kernel.clock import Clock

KEY = "pat-eu1-0000-key-of-the-fake"
PORTAL = 4711
WRITING = ("batch/upsert", "batch/update", "batch/create", "/send", "/crm/properties/", "/event-definitions")
WINDOW, MOST_CALLS = timedelta(seconds=10), 100


class HubSpotServer(FakeServer):
    """One account.

    Attributes:
        lag: seconds that search is behind.
        daily_left: calls of today that are left; None: more than enough.
        partly: rows that are refused fail alone, in a 207, not all of their batch.
        lacking: scopes that the key does not have.
        bodies: (path, body) of every call that came through.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, "https://api.hubapi.com")
        self.tables = Tables(self.now)
        self.key, self.lag = KEY, 0.0
        self.daily_left: int | None = None
        self.partly = False
        self.lacking: frozenset[str] = frozenset()
        self.bodies: list[tuple[str, Any]] = []
        self._recent: deque[datetime] = deque()
        self._routes = Routes(self)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call at a time; `let_others_in` is where another one may come between."""
        with self._lock:
            return super().answer(request)

    def _writes(self, request: httpx.Request) -> bool:
        return request.method != "GET" and any(part in request.url.path for part in WRITING)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = self._date()
        try:
            self._count(headers)
            status, body = self._called(request)
        except RefusedError as error:
            more = self._come_back() if error.status == 429 else {}
            return httpx.Response(error.status, headers={**headers, **more}, json=error.body)
        if request.url.path.endswith("/search"):
            headers = self._date()  # it alone says nothing of limits
        return (
            httpx.Response(status, headers=headers)
            if body is None
            else httpx.Response(status, headers=headers, json=body)
        )

    def _count(self, headers: dict[str, str]) -> None:
        """Rate limits: of ten seconds and of the day."""
        if self._one_too_many():
            raise _too_many("TEN_SECONDLY_ROLLING")
        if self.daily_left is not None:
            if not self.daily_left:
                raise _too_many("DAILY")
            self.daily_left -= 1
        now = self.clock()
        while self._recent and self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        if len(self._recent) >= MOST_CALLS:
            raise _too_many("TEN_SECONDLY_ROLLING")
        self._recent.append(now)
        headers |= {
            "X-HubSpot-RateLimit-Max": str(MOST_CALLS),
            "X-HubSpot-RateLimit-Remaining": str(MOST_CALLS - len(self._recent)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }

    def _called(self, request: httpx.Request) -> tuple[int, Row | None]:
        if self.locked or request.headers.get("Authorization") != f"Bearer {self.key}":
            raise RefusedError(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        body = json.loads(request.content) if request.content else None
        self.bodies.append((request.url.path, body))
        return self._routes.called(request.method, request.url.path, body, dict(request.url.params))

    def need(self, scope: str) -> None:
        """Whether the key has a scope.

        Raises:
            RefusedError: it has not.
        """
        if scope in self.lacking:
            errors = [{"message": "One or more scopes are required.", "context": {"requiredGranularScopes": [scope]}}]
            words = "This app hasn't been granted all required scopes to make this call."
            raise RefusedError(403, "MISSING_SCOPES", words, errors=errors)


def _too_many(policy: str) -> RefusedError:
    words = f"You have reached your {policy.lower()} limit."
    return RefusedError(429, "RATE_LIMITS", words, policyName=policy)
