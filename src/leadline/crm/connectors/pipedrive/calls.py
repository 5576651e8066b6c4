"""Calls of Pipedrive's API: v2 wherever there is one, v1 for notes and users, which have no other.

An answer is `{success, data, additional_data}`, a refusal `{success: false, error, error_info, code}`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from leadline.crm.connector import Opening
from leadline.crm.connectors.pipedrive.refusals import Told, meaning, object_of, said
from leadline.crm.errors import CRMError, RateLimitedError, RejectedError, SetupError
from leadline.crm.http import RemoteAPI
from leadline.crm.limits import Limits

Row = dict[str, Any]
Item = TypeVar("Item")

V1, V2 = "/api/v1", "/api/v2"
MOST, MOST_IDS = 500, 100
"""Rows of a page, and ids that a list may be asked for."""
TRIES = 3
"""Of a call in the middle of a batch that was too many: the rows before it are written already."""
LONGEST_PAUSE_SECONDS = 30.0
HOST = re.compile(r"[a-z0-9][a-z0-9-]*\.pipedrive\.com")
DOMAIN = "Write the part before .pipedrive.com in the address of your account, as in acme."
TOKEN = "Copy the API token from Personal preferences, API."  # noqa: S105  # words, no token


class PipedriveAPI:
    """The API of one account.

    Attributes:
        date: the time by Pipedrive's clock, as of the last answer. host: acme.pipedrive.com.
    """

    def __init__(self, opening: Opening) -> None:
        self.host = _host_of(opening)
        self.date, self._clock = opening.clock(), opening.clock
        headers = {"x-api-token": _token_of(opening), "Accept": "application/json"}
        self._told = Told()
        self._me: Row | None = None
        self._api = RemoteAPI(
            f"https://{self.host}",
            opening.limits,
            opening.clock,
            lambda: headers,
            said,
            self._learn,
            transport=opening.transport,
        )

    def _learn(self, answer: httpx.Response, limits: Limits) -> None:
        """What the headers say: the window of two seconds, the day's tokens, the time."""
        self._told = Told.by(answer)
        self.date = _date(answer) or self._clock()
        if self._told.left is not None and self._told.left <= 0:
            limits.rest(self._told.reset)

    def call(self, method: str, path: str, json: Any = None, params: Mapping[str, Any] | None = None) -> Row:
        """What a path answers, whole.

        Raises:
            CRMError: Pipedrive refused, also where it did so with 200, or did not answer.
        """
        try:
            answer = self._api.call(method, path, json=json, params=params)
        except CRMError as error:
            raise meaning(error, self._told) from error
        body = object_of(answer)
        if body.get("success") is False:
            words = said(answer)
            raise RejectedError(words.message or "Pipedrive refused.", advice=words.advice, vendor_code=words.code)
        return body

    def patiently(self, method: str, path: str, json: Any = None, params: Mapping[str, Any] | None = None) -> Row:
        """The same for one row of many: what was too many calls waits a few seconds and is called again."""
        for _ in range(TRIES - 1):
            try:
                return self.call(method, path, json, params)
            except RateLimitedError as error:
                if (error.retry_after or 0.0) > LONGEST_PAUSE_SECONDS:
                    raise
        return self.call(method, path, json, params)

    def page(self, path: str, params: Mapping[str, Any]) -> tuple[list[Row], str]:
        """Rows of a list, and the cursor of the next page; empty at its end."""
        answer = self.call("GET", f"{V2}/{path}", params=params)
        return rows_of(answer), str((answer.get("additional_data") or {}).get("next_cursor") or "")

    def listed(self, path: str, most_pages: int = 1_000, **params: Any) -> Iterator[Row]:
        """All rows of a list that comes in pages."""
        after = ""
        for _ in range(most_pages):
            rows, after = self.page(path, {"limit": MOST, **params, **({"cursor": after} if after else {})})
            yield from rows
            if not after:
                return

    def me(self) -> Row:
        """The user whose token it is."""
        if self._me is None:
            self._me = self.call("GET", f"{V1}/users/me").get("data") or {}
        return self._me

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


def _host_of(opening: Opening) -> str:
    """The account's own host. The token is sent nowhere else."""
    text = opening.settings.get("domain", "").strip().lower().removeprefix("https://").split("/")[0]
    host = text if "." in text else f"{text}.pipedrive.com"
    if not HOST.fullmatch(host):
        raise SetupError("That is no company domain of Pipedrive.", advice=DOMAIN)
    return host


def _token_of(opening: Opening) -> str:
    token = opening.secrets.get("token", "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise SetupError("That is no API token of Pipedrive.", advice=TOKEN)
    return token


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, at most `size` at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


def rows_of(answer: Row) -> list[Row]:
    """The rows of an answer."""
    data = answer.get("data")
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def row_of(answer: Row) -> Row:
    """The only row of an answer."""
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def unless_gone(act: Callable[[], Row], gone: frozenset[str]) -> Row | None:
    """What a call answers; None when what it is about is not there."""
    try:
        return act()
    except RejectedError as error:
        if error.vendor_code in gone:
            return None
        raise


def _date(answer: httpx.Response) -> datetime | None:
    """The time by Pipedrive's clock."""
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
