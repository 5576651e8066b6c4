"""Contacts of a fake HubSpot, what was written to it, and conversions to tell it."""

from connector_cast import quote

from leadline.crm.records import OutgoingEvent
from leadline.crm.testing.hubspot import HubSpotServer
from leadline.crm.testing.hubspot_tables import Tables


def contact(tables: Tables, **values: str) -> str:
    """One more contact; its id."""
    return tables.make(tables.contacts, values).id


def writes(hubspot: HubSpotServer, action: str) -> list[dict[str, object]]:
    """The bodies that were sent to paths with this end."""
    return [body for path, body in hubspot.bodies if path.endswith(action)]


def event(key: str, contact: str) -> OutgoingEvent:
    """A conversion of a contact."""
    return quote(key, contact, "contact")
