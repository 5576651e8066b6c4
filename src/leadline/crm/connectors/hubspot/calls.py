"""Calls of HubSpot's API on its dated paths, and what its refusals mean.

Every field of an error answer is optional: `{status, message, category, subCategory, policyName, errors, context}`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from leadline.crm.connector import Opening
from leadline.crm.errors import CRMError, RateLimitedError, RejectedError, SetupError, UnreachableError
from leadline.crm.http import RemoteAPI, Said
from leadline.crm.limits import Limits

Row = dict[str, Any]
Item = TypeVar("Item")

VERSION = "2026-03"
"""Of every path. HubSpot supports a version for 18 months, and brings a new one each March and September."""
URL = "https://api.hubapi.com"
CONTACTS, DEALS, NOTES = "contacts", "deals", "notes"
MOST = 100
"""Rows in one batch."""
DAILY = "DAILY"
AN_HOUR = 3600.0
CONFLICT, NOT_FOUND = "CONFLICT", "OBJECT_NOT_FOUND"
LOCKED = frozenset({"408", "423", "477"})
"""A time-out, a record that is being written, an account that is being moved: later."""
NO_PROPERTY = "PROPERTY_DOESNT_EXIST"
SERVER_ERROR = 500
KEY = "Make a service key (Development, Keys, Service keys) with the scopes of docs/how-to/crm-hubspot.md."
DAY_IS_OVER = "The account's calls for today are used up. It goes on after midnight of the account's time zone."
NO_FIELD = "Make Leadline's fields again, or correct the mapping: it names a property that HubSpot does not have."


class HubSpotAPI:
    """The API of one account."""

    def __init__(self, opening: Opening) -> None:
        headers = {"Authorization": f"Bearer {_key_of(opening)}"}
        self._clock = opening.clock
        self.date = opening.clock()
        self._account: Row | None = None
        self._api = RemoteAPI(
            URL, opening.limits, opening.clock, lambda: headers, said, learn, transport=opening.transport
        )

    def call(self, method: str, path: str, json: Any = None, params: Mapping[str, Any] | None = None) -> Row:
        """What a path answers; nothing at all is an empty object.

        Raises:
            CRMError: HubSpot refused, or did not answer.
        """
        try:
            answer = self._api.call(method, path, json=json, params=params)
        except CRMError as error:
            raise meaning(error) from error
        self.date = _date(answer) or self._clock()
        return _object(answer)

    def objects(self, kind: str, action: str, json: Any) -> Row:
        """A POST to the objects of a kind, as in "batch/read"."""
        return self.call("POST", f"/crm/objects/{VERSION}/{kind}/{action}", json)

    def read(self, kind: str, ids: Sequence[str], properties: Sequence[str], by: str = "") -> list[Row]:
        """Objects by id, or by a unique property; those that are not there, or archived, are left out."""
        found: list[Row] = []
        for some in pieces(list(dict.fromkeys(ids)), MOST):
            body: Row = {"inputs": [{"id": each} for each in some], "properties": list(properties)}
            found += rows_of(self.objects(kind, "batch/read", {**body, **({"idProperty": by} if by else {})}))
        return found

    def linked(self, to: str, contacts: Sequence[str]) -> dict[str, list[str]]:
        """{contact: ids of what is associated with it}."""
        return self.associated(CONTACTS, to, contacts)

    def associated(self, kind: str, to: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """{object: ids of the objects of another kind that are associated with it}, all pages of them."""
        found: dict[str, list[str]] = {each: [] for each in ids}
        left: list[Row] = [{"id": each} for each in found]
        while left:
            some, left = left[:MOST], left[MOST:]
            answer = self.call("POST", f"/crm/associations/{VERSION}/{kind}/{to}/batch/read", {"inputs": some})
            for row in rows_of(answer):
                one = str(row["from"]["id"])
                found.setdefault(one, []).extend(str(each["toObjectId"]) for each in row.get("to") or [])
                if after := _after(row):
                    left.append({"id": one, "after": after})
        return found

    def listed(self, path: str, **params: Any) -> Iterator[Row]:
        """All rows of a list that comes in pages."""
        after = ""
        while True:
            answer = self.call("GET", path, params={**params, **({"after": after} if after else {})})
            yield from rows_of(answer)
            if not (after := _after(answer)):
                return

    def account(self) -> Row:
        """Of the account: portalId, uiDomain, companyCurrency, timeZone."""
        if self._account is None:
            self._account = self.call("GET", f"/account-info/{VERSION}/details")
        return self._account

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


def _key_of(opening: Opening) -> str:
    key = opening.secrets.get("key", "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise SetupError("That is no service key of HubSpot.", advice=KEY)
    return key


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, at most `size` at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


def rows_of(answer: Row) -> list[Row]:
    """The rows of an answer."""
    rows: list[Row] = answer.get("results") or []
    return rows


def _after(answer: Row) -> str:
    return str(((answer.get("paging") or {}).get("next") or {}).get("after") or "")


def _object(answer: httpx.Response) -> Row:
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _date(answer: httpx.Response) -> datetime | None:
    """The time by HubSpot's clock."""
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def said(answer: httpx.Response) -> Said:
    """An error answer. A failure of the server's own has no words: trying again can help, whatever it says."""
    body, status = _object(answer), answer.status_code
    if status >= SERVER_ERROR:
        return Said(code=str(status))
    scopes = ", ".join(_scopes(body))
    return Said(
        code=str(status) if str(status) in LOCKED else str(body.get("policyName") or body.get("category") or status),
        message=" ".join(dict.fromkeys(_words(body))),
        advice=f"The service key lacks scopes: {scopes}." if scopes else "",
    )


def _words(body: Row) -> Iterator[str]:
    for each in (body, *_details(body)):
        if isinstance(each.get("message"), str):
            yield each["message"].strip()


def _details(body: Row) -> list[Row]:
    errors = body.get("errors")
    return [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []


def _scopes(body: Row) -> Iterator[str]:
    """Scopes that a key would need."""
    for each in (body, *_details(body)):
        context = each.get("context")
        for name, values in context.items() if isinstance(context, dict) else ():
            if "scope" in name.lower() and isinstance(values, list):
                yield from map(str, values)


def learn(answer: httpx.Response, limits: Limits) -> None:
    """The calls that are left of the window of some seconds that is running. Search does not say."""
    try:
        left = int(answer.headers["X-HubSpot-RateLimit-Remaining"])
        window = int(answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"]) / 1000
    except (KeyError, ValueError):
        return
    limits.learn(left, window)


def meaning(error: CRMError) -> CRMError:
    """What a refusal comes to; an error whose kind is clear stays as it is."""
    code, words = error.vendor_code, error.message
    if isinstance(error, RateLimitedError) and code == DAILY:
        wait = max(error.retry_after or 0.0, AN_HOUR)
        return RateLimitedError(words, advice=DAY_IS_OVER, vendor_code=code, retry_after=wait)
    if not isinstance(error, RejectedError):
        return error
    if code in LOCKED:
        return UnreachableError(words, advice="It is tried again by itself.", vendor_code=code)
    if NO_PROPERTY in words:
        return SetupError(words, advice=NO_FIELD, vendor_code=NO_PROPERTY)
    if code.isdigit():  # no words of HubSpot's: a proxy, or a path that is not supported any more
        return SetupError(
            words, advice="Look for a newer Leadline: HubSpot may have ended this version.", vendor_code=code
        )
    return error
