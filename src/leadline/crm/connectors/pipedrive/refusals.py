"""What Pipedrive's refusals and headers mean. Pure."""

from dataclasses import dataclass
from typing import Any

import httpx

from leadline.crm.errors import CredentialsError, CRMError, RateLimitedError, RejectedError, SetupError
from leadline.crm.http import Said

NOT_FOUND, GONE, FORBIDDEN, SERVER_ERROR = 404, 410, 403, 500
NOT_THERE = frozenset({"404", "410"})
"""Codes of what is deleted, and of what never was."""
CLOSED, NO_FEATURE = 402, frozenset({415, 501})
BLOCKED = "BLOCKED"
CAPPED = "feature_capping"
WINDOW_SECONDS = 2.0
A_HALF_HOUR, AN_HOUR = 1800.0, 3600.0
GENERIC = "please check developers.pipedrive.com"
DAY_IS_OVER = (
    "The account's API tokens for today are used up. It goes on after midnight of Pipedrive's server; "
    "Company settings, API usage shows who used them."
)
SHUT_OUT = "Pipedrive blocks callers that do not slow down. Nothing is called for half an hour."
NOT_ALLOWED = (
    "The token's user may not do this. Fields such as job_title can only be written where Contact Sync is on: "
    "take them out of the mapping otherwise."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the headers of an answer say.

    Attributes:
        left: calls that are left of the window of two seconds. reset: seconds until the next one.
        tokens: what is left of today's, as far as the account says.
    """

    status: int = 0
    left: int | None = None
    reset: float = WINDOW_SECONDS
    tokens: float | None = None

    @classmethod
    def by(cls, answer: httpx.Response) -> "Told":
        """Read an answer."""
        left, reset = _number(answer, "x-ratelimit-remaining"), _number(answer, "x-ratelimit-reset")
        daily = [_number(answer, "x-daily-ratelimit-token-remaining"), _number(answer, "x-daily-requests-left")]
        tokens = next((each for each in daily if each is not None), None)
        whole = None if left is None else int(left)
        return cls(answer.status_code, whole, WINDOW_SECONDS if reset is None else max(reset, 0.0), tokens)

    @property
    def day_is_over(self) -> bool:
        """Whether it is no use to wait for a few seconds."""
        return self.tokens is not None and self.tokens <= 0


def _number(answer: httpx.Response, name: str) -> float | None:
    try:
        return float(answer.headers[name])
    except (KeyError, ValueError):
        return None


def object_of(answer: httpx.Response) -> dict[str, Any]:
    """The body; empty when it is no JSON object."""
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def said(answer: httpx.Response) -> Said:
    """An error answer. A failure of the server's own has no words: trying again can help, whatever it says."""
    status, body = answer.status_code, object_of(answer)
    if status >= SERVER_ERROR and status not in NO_FEATURE:
        return Said(code=str(status))
    if status == FORBIDDEN and not body:
        return Said(code=BLOCKED, message="the answer is no answer of Pipedrive's API")
    words = [body.get("error"), body.get("error_info")]
    told = [each.strip() for each in words if isinstance(each, str) and GENERIC not in each.lower()]
    code = str(status) if status in (NOT_FOUND, GONE) else str(body.get("code") or status)
    return Said(code=code, message=" ".join(dict.fromkeys(filter(None, told))))


def meaning(error: CRMError, told: Told) -> CRMError:
    """What a refusal comes to; an error whose kind is clear stays as it is."""
    code, words = error.vendor_code, error.message
    if isinstance(error, RateLimitedError):
        return _too_many(error, told)
    if isinstance(error, CredentialsError) and told.status == FORBIDDEN:
        return _forbidden(error)
    if told.status == CLOSED:
        advice = "The account is not open: look at its subscription."
        return CredentialsError(words, advice=advice, vendor_code=code)
    if told.status in NO_FEATURE:
        return SetupError(words, advice="The account's plan does not have this.", vendor_code=code)
    if isinstance(error, RejectedError) and not error.advice:
        return RejectedError(words, advice="Correct the value, or the mapping.", vendor_code=code)
    return error


def _too_many(error: RateLimitedError, told: Told) -> RateLimitedError:
    if told.day_is_over:
        wait = max(error.retry_after or 0.0, AN_HOUR)
        return RateLimitedError(error.message, advice=DAY_IS_OVER, vendor_code="DAILY", retry_after=wait)
    wait = told.reset if error.retry_after is None else error.retry_after
    return RateLimitedError(error.message, advice=error.advice, vendor_code=error.vendor_code, retry_after=wait)


def _forbidden(error: CredentialsError) -> CRMError:
    if error.vendor_code == BLOCKED:
        return RateLimitedError(error.message, advice=SHUT_OUT, vendor_code=BLOCKED, retry_after=A_HALF_HOUR)
    if CAPPED in error.vendor_code:
        advice = "The plan's number of persons is used up. Make room, or change the plan."
        return SetupError(error.message, advice=advice, vendor_code=error.vendor_code)
    return CredentialsError(error.message, advice=NOT_ALLOWED, vendor_code=error.vendor_code)
