"""What an account is, and what is not there yet."""

from collections.abc import Iterator

from leadline.crm.connectors.pipedrive.calls import V1, V2, PipedriveAPI
from leadline.crm.connectors.pipedrive.deals import PATH as DEALS
from leadline.crm.connectors.pipedrive.fields import Fields
from leadline.crm.errors import CredentialsError
from leadline.crm.records import About

VERSION = "v2"
NO_KEY = "Persons have no field Leadline ID yet: it is made with Leadline's fields, or by the first run."
NO_DEALS = "The token's user sees no deals: they do not come back."
NO_USERS = "The token's user may not list users: whom a person belongs to does not come back."


def about(api: PipedriveAPI, fields: Fields) -> About:
    """Sign in, and look around.

    Raises:
        CRMError: it does not work.
    """
    me = api.me()
    account = f"{me.get('company_name') or api.host} ({api.host})"
    return About(
        "Pipedrive", VERSION, account, str(me.get("email") or me.get("name") or ""), tuple(_notes(api, fields))
    )


def _notes(api: PipedriveAPI, fields: Fields) -> Iterator[str]:
    if not fields.has_key:
        yield NO_KEY
    if not _may_read(api, f"{V2}/{DEALS}"):
        yield NO_DEALS
    if not _may_read(api, f"{V1}/users"):
        yield NO_USERS


def _may_read(api: PipedriveAPI, path: str) -> bool:
    try:
        api.call("GET", path, params={"limit": 1})
    except CredentialsError:
        return False
    return True
