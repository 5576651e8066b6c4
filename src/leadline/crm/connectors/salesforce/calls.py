"""Calls of Salesforce's REST API: signed in again once when the session is over, and what its refusals mean.

Salesforce says 403 for no rights and for too many calls alike; the error's code tells them apart. Its limit is a number
of calls in the last 24 hours, for everybody who uses the org: the last of them are left to others.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from leadline.crm.connector import Opening
from leadline.crm.connectors.salesforce.signing_in import MY_DOMAIN, Session
from leadline.crm.errors import CredentialsError, CRMError, RateLimitedError, RemoteTransientError, SetupError
from leadline.crm.http import RemoteAPI, Said
from leadline.crm.limits import Limits

VERSION = "62.0"
"""Winter '25. What we use is older; newer versions keep answering as this one does."""
SESSION_OVER = "INVALID_SESSION_ID"
TOO_MANY, MISSING_FIELD, MISSING_TYPE = "REQUEST_LIMIT_EXCEEDED", "INVALID_FIELD", "INVALID_TYPE"
BUSY = frozenset(
    {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "UNKNOWN_EXCEPTION"}
)
"""Of a call as a whole. UNKNOWN_EXCEPTION is a trouble of Salesforce's own, whatever the rows."""
BAD_JOB = "INVALIDJOB"
USUAL, RESERVE = 0.8, 0.95
"""Of the day's calls: from the first on the rest is spread over hours, from the second on it is left to others."""
HOUR = 3600.0
HALF_AN_HOUR = 1800.0
FIELDS = (
    "Make Leadline's fields in Salesforce, or take the field out of the mapping. The user must be allowed to see it."
)
NEVER = frozenset({"301", "302", "404", "405"})
Row = dict[str, Any]


class SalesforceAPI:
    """The API of one org, as the user that we sign in as.

    Attributes:
        date: what time it was there when it last answered.
    """

    def __init__(self, opening: Opening) -> None:
        self.session, self.limits, self.clock = Session(opening), opening.limits, opening.clock
        self.url = self.session.url
        self.version = (opening.settings.get("version") or VERSION).removeprefix("v")
        self.root = f"/services/data/v{self.version}"
        self.date = opening.clock()
        self.usage = (0, 0)
        self._api = RemoteAPI(
            self.url, opening.limits, opening.clock, self.session.headers, said, self._learn, opening.transport
        )

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
        """One call. A path that does not begin with / is one of our version.

        Raises:
            CRMError: as `meaning` says.
        """
        path = path if path.startswith("/") else f"{self.root}/{path}"
        self._spare()
        self.session.begin()
        more: dict[str, Any] = {"json": json, "params": params, "content": content, "headers": headers}
        try:
            return self._api.call(method, path, **more)
        except CRMError as error:
            if error.vendor_code != SESSION_OVER:
                raise self._meant(error) from error
        self.session.renew()
        try:
            return self._api.call(method, path, **more)
        except CRMError as error:
            raise self._meant(error) from error

    def json(self, method: str, path: str, **more: Any) -> Any:
        """What a call answers."""
        answer = self.call(method, path, **more)
        try:
            return answer.json()
        except ValueError as error:
            raise SetupError(f"{self.url} does not answer as Salesforce does.", advice=MY_DOMAIN) from error

    def query(self, soql: str, *, deleted: bool = False) -> Iterator[Row]:
        """Rows of a query, page after page.

        Args:
            deleted: those in the recycle bin as well, merged ones among them.
        """
        page = self.json("GET", "queryAll" if deleted else "query", params={"q": soql})
        yield from page["records"]
        while not page["done"]:
            page = self.json("GET", page["nextRecordsUrl"])
            yield from page["records"]

    def versions(self) -> list[str]:
        """Versions of the API that the org speaks, the oldest first; says what time it is there, too."""
        return [each["version"] for each in self.json("GET", "/services/data/")]

    def _learn(self, answer: httpx.Response, limits: Limits) -> None:
        """Sforce-Limit-Info: api-usage=18/5000; and the time."""
        if (date := answer.headers.get("Date")) is not None:
            self.date = parsedate_to_datetime(date).astimezone(UTC)
        if found := re.search(r"(?:^|[ ;,])api-usage=(\d+)/(\d+)", answer.headers.get("Sforce-Limit-Info", "")):
            used, most = self.usage = int(found[1]), int(found[2])
            if used > most * USUAL:
                limits.learn(max(most - used, 0), HOUR)

    def _spare(self) -> None:
        """Raises:
        RateLimitedError: nearly all of the day's calls are used up.
        """
        used, most = self.usage
        if most and used > most * RESERVE:
            raise RateLimitedError(
                f"{used:,} of {most:,} calls of the last 24 hours are used up; the rest is left to others.",
                advice="It goes on by itself. Sync less often, or see who else calls (Setup, System Overview).",
                vendor_code=TOO_MANY,
                retry_after=HALF_AN_HOUR,
            )

    def _meant(self, error: CRMError) -> CRMError:
        found = meaning(error)
        if isinstance(found, RateLimitedError) and found.vendor_code == TOO_MANY and found.retry_after is None:
            self.limits.hold(1.0)
        return found

    def close(self) -> None:
        """Let connections go."""
        self._api.close()
        self.session.close()


def said(answer: httpx.Response) -> Said:
    """A refusal: [{"message", "errorCode", "fields"}]."""
    try:
        body = answer.json()
        first = body[0] if isinstance(body, list) else body
        return Said(str(first["errorCode"]), str(first["message"]).strip().replace("\n", " "))
    except (ValueError, KeyError, TypeError, IndexError):
        return Said(str(answer.status_code))


def meaning(error: CRMError) -> CRMError:
    """What a refusal comes to; an error whose kind is clear stays as it is."""
    code, message = error.vendor_code, error.message
    if code == TOO_MANY:
        return _too_many(message)
    if code in BUSY:
        return RemoteTransientError(message, advice="It is tried again by itself.", vendor_code=code)
    if code == SESSION_OVER:
        advice = "Let the app in from this machine's address (IP Relaxation in its policies), with the scope api."
        return CredentialsError(message, advice=advice, vendor_code=code)
    if code in (MISSING_FIELD, MISSING_TYPE, BAD_JOB) or "external ID field" in message:
        return SetupError(message, advice=FIELDS, vendor_code=code)
    if code in NEVER:  # not a word of Salesforce's API: a page, a redirect
        return SetupError(message, advice=MY_DOMAIN, vendor_code=code)
    return error


def _too_many(message: str) -> RateLimitedError:
    """Too many at once are few a moment later; too many a day are not, for a while."""
    at_once = "Concurrent" in message
    advice = "It goes on by itself. Sync less often, or see who else calls (Setup, System Overview)."
    return RateLimitedError(message, advice=advice, vendor_code=TOO_MANY, retry_after=None if at_once else HALF_AN_HOUR)


def moment(text: str) -> datetime:
    """A moment of Salesforce's: 2026-03-02T09:00:00.000+0000."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
