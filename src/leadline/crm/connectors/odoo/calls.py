"""Calls of Odoo's JSON-2 API: `POST /json/2/MODEL/METHOD`, and what its refusals mean.

Odoo answers 500 to what the caller got wrong (an unknown field: `builtins.ValueError`) as well as to its own troubles,
and 404 both for a record and for a model that is not there; the name of the exception tells them apart.
"""

from typing import Any

import httpx

from leadline.crm.connector import Opening
from leadline.crm.errors import CRMError, RejectedError, SetupError, UnreachableError
from leadline.crm.http import RemoteAPI, Said

NOT_FOUND, REDIRECT, WRONG = 404, 300, 400
BUSY = ("psycopg2.", "builtins.ConnectionError", "odoo.sql_db.PoolError", "odoo.exceptions.ConcurrencyError")
NO_FIELD = "Invalid field"
ADDRESS = "Check the address: it must be the one that Odoo opens at, and Odoo has to be 19 or later."
OURS = "Look at the mapping: it names a field that Odoo does not have. Make it there, or take it out."


class OdooAPI:
    """The API of one database, as the user whose key we have."""

    def __init__(self, opening: Opening) -> None:
        self.url = base_of(opening.settings["url"])
        key, database = opening.secrets["key"], opening.settings.get("database", "")
        headers = {"Authorization": f"bearer {key}", **({"X-Odoo-Database": database} if database else {})}
        self._api = RemoteAPI(
            self.url, opening.limits, opening.clock, lambda: headers, said, transport=opening.transport
        )

    def call(self, model: str, method: str, **arguments: Any) -> Any:
        """What a method answers.

        Raises:
            CRMError: Odoo refused, or did not answer.
        """
        return self.answer(model, method, **arguments).json()

    def answer(self, model: str, method: str, **arguments: Any) -> httpx.Response:
        """The same with its headers."""
        try:
            return self._api.call("POST", f"/json/2/{model}/{method}", json=arguments)
        except CRMError as error:
            raise meaning(error) from error

    def version(self) -> str:
        """What the server says it is, as in "19.0"; no key is needed for it."""
        try:
            return str(self._api.call("GET", "/web/version").json()["version"])
        except (ValueError, KeyError, TypeError) as error:
            raise SetupError(f"{self.url} is not an Odoo that we can speak to.", advice=ADDRESS) from error
        except CRMError as error:
            raise meaning(error) from error

    def close(self) -> None:
        """Let connections go."""
        self._api.close()


def base_of(url: str) -> str:
    """An address as people copy it, without what the browser shows behind the server's name."""
    parts = httpx.URL(url.strip() if "://" in url else f"https://{url.strip()}")
    path = parts.path.split("/odoo")[0].split("/web")[0].rstrip("/")
    return str(parts.copy_with(path=path or "/", query=None, fragment=None)).rstrip("/")


def said(answer: httpx.Response) -> Said:
    """An error answer: `{"name", "message", "arguments", "context", "debug"}`; `debug` is a traceback and left out."""
    try:
        body = answer.json()
        return Said(code=str(body["name"]), message=str(body["message"]).strip().replace("\n", " "))
    except (ValueError, KeyError, TypeError):
        return Said(code=str(answer.status_code))


def meaning(error: CRMError) -> CRMError:
    """What a refusal comes to; an error whose kind is clear stays as it is."""
    if not isinstance(error, RejectedError):
        return error
    code, message = error.vendor_code, error.message
    if code.startswith(BUSY):
        return UnreachableError(message, advice="It is tried again by itself.", vendor_code=code)
    if NO_FIELD in message:
        return SetupError(message, advice=OURS, vendor_code=code)
    if "the model " in message and "does not exist" in message:
        advice = "Install the CRM app in Odoo." if "crm." in message else ADDRESS
        return SetupError(message, advice=advice, vendor_code=code)
    if code.isdigit():  # not a word of Odoo's: a page, a redirect, a proxy
        return SetupError(message, advice=ADDRESS, vendor_code=code)
    return error
