"""What an account is, and what is not there yet."""

from collections.abc import Iterator

from leadline.crm.connectors.hubspot.calls import CONTACTS, DEALS, VERSION, HubSpotAPI
from leadline.crm.connectors.hubspot.owners import PATH as OWNERS
from leadline.crm.connectors.hubspot.properties import Properties
from leadline.crm.errors import CredentialsError
from leadline.crm.records import About

NO_KEY = "Contacts have no property Leadline ID yet: it is made with Leadline's fields, or by the first run."
NO_DEALS = "The service key may not read deals (crm.objects.deals.read): they do not come back."
NO_OWNERS = "The service key may not read owners (crm.objects.owners.read): whom a lead belongs to does not come back."


def about(api: HubSpotAPI, properties: Properties) -> About:
    """Sign in, and look around.

    Raises:
        CRMError: it does not work.
    """
    account = api.account()
    api.call("GET", f"/crm/objects/{VERSION}/{CONTACTS}", params={"limit": 1})
    number = str(account.get("portalId", ""))
    name = f"{number} ({account.get('uiDomain') or 'app.hubspot.com'})"
    return About("HubSpot", VERSION, name, "a service key", tuple(_notes(api, properties)))


def _notes(api: HubSpotAPI, properties: Properties) -> Iterator[str]:
    if not properties.has_key:
        yield NO_KEY
    if not _may_read(api, f"/crm/objects/{VERSION}/{DEALS}"):
        yield NO_DEALS
    if not _may_read(api, OWNERS):
        yield NO_OWNERS


def _may_read(api: HubSpotAPI, path: str) -> bool:
    try:
        api.call("GET", path, params={"limit": 1})
    except CredentialsError:
        return False
    return True


def address(api: HubSpotAPI, number: str) -> str:
    """Where a contact is opened in a browser."""
    account = api.account()
    return f"https://{account.get('uiDomain') or 'app.hubspot.com'}/contacts/{account['portalId']}/record/0-1/{number}"
