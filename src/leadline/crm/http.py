"""Calls of a vendor's HTTP API: paced by `Limits`, answered as errors of `errors.py`, never logged with their secrets.

A connector says how its vendor words a refusal (`Reader`); everything that is the same for all vendors is here. Nothing
is tried again here: a failed call fails its rows, and the next run compares and sends what is still missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from leadline.crm.errors import (
    CredentialsError,
    CRMError,
    RateLimitedError,
    RejectedError,
    SetupError,
    UnreachableError,
)
from leadline.crm.limits import Limits
from leadline.kernel.clock import Clock
from leadline.kernel.network_guard import Guard, no_link_local

SECONDS = httpx.Timeout(60.0, connect=10.0)
LONGEST_WORDS = 400
ELSEWHERE = "Give the CRM's own address; no link-local one is called."
TOO_MANY, UNAUTHORISED, FORBIDDEN, SERVER_ERROR = 429, 401, 403, 500
GATEWAY = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Said:
    """What a vendor said about a failure: its code, its words, and what a person should do."""

    code: str = ""
    message: str = ""
    advice: str = ""


Reader = Callable[[httpx.Response], Said]
Learner = Callable[[httpx.Response, Limits], None]


class RemoteAPI:
    """One vendor's API for one connection.

    Args:
        headers: asked for before every call, so that a refreshed token is used at once.
        said: reads a vendor's error answer.
        learn: reads the vendor's rate headers.
    """

    def __init__(
        self,
        base_url: str,
        limits: Limits,
        clock: Clock,
        headers: Callable[[], Mapping[str, str]],
        said: Reader,
        learn: Learner = lambda _answer, _limits: None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=SECONDS, transport=transport, follow_redirects=False)
        self._limits, self._clock, self._headers, self._said, self._learn = limits, clock, headers, said, learn

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call. Returns the answer when its status is below 400.

        Raises:
            CRMError: the answer was a refusal, or there was none.
        """
        self._limits.take()
        sent = {**self._headers(), **(headers or {})}
        with no_link_local() as guard:
            try:
                answer = self._client.request(method, path, json=json, params=params, content=content, headers=sent)
            except httpx.HTTPError as error:
                raise self._no_answer(error, guard) from error
        if answer.is_success:
            self._limits.recover()
        self._learn(answer, self._limits)  # last: what the vendor says is left counts more than that all went well
        if answer.is_success:
            return answer
        raise self.error_of(answer)

    def _no_answer(self, error: httpx.HTTPError, guard: Guard) -> CRMError:
        host = self._client.base_url.host
        if guard.refused:
            return SetupError(f"{host} is no CRM: machines tell themselves about themselves there.", advice=ELSEWHERE)
        return UnreachableError(
            f"{host} does not answer ({type(error).__name__}).",
            advice="It is tried again by itself. Check the address and the network if it goes on.",
        )

    def error_of(self, answer: httpx.Response) -> CRMError:
        """The error that an answer means."""
        said = self._said(answer)
        words = (said.message or answer.reason_phrase)[:LONGEST_WORDS]
        host, status = self._client.base_url.host, answer.status_code
        code, advice = said.code or str(status), said.advice
        if status == TOO_MANY:
            pause = retry_after(answer, self._clock)
            self._limits.hold(pause if pause is not None else 1.0)
            return RateLimitedError(
                f"{host} wants fewer calls: {words}", advice=advice, vendor_code=code, retry_after=pause
            )
        if status in (UNAUTHORISED, FORBIDDEN):
            advice = advice or "Check the key and what it may do, then save the connection again."
            return CredentialsError(f"{host} refused us: {words}", advice=advice, vendor_code=code)
        if status in GATEWAY:
            return UnreachableError(f"{host} is not available ({status}): {words}", advice=advice, vendor_code=code)
        if status >= SERVER_ERROR and not said.message:
            return UnreachableError(f"{host} failed ({status}).", advice=advice, vendor_code=code)
        return RejectedError(f"{host} said: {words}", advice=advice, vendor_code=code)

    def close(self) -> None:
        """Let connections go."""
        self._client.close()


def retry_after(answer: httpx.Response, clock: Clock) -> float | None:
    """Seconds of a Retry-After header, which may also be a date; None without one that can be read."""
    text = answer.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(text) - clock()).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
