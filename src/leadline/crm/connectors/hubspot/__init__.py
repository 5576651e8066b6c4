"""HubSpot, over its dated API. docs/how-to/crm-hubspot.md is for whoever sets it up."""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind, Setting
from leadline.crm.connectors.hubspot.connector import HubSpotConnector

__all__ = ["KIND", "HubSpotConnector"]

KIND = ConnectorKind(
    name="hubspot",
    label="HubSpot",
    object_name="contacts",
    settings=(
        Setting(
            "key",
            "Service key",
            "In HubSpot: Development, Keys, Service keys. It begins with pat- and needs the scopes of the guide.",
            secret=True,
        ),
        Setting(
            "same_email",
            "A contact that has the e-mail address already",
            "link: it becomes the lead's contact. refuse: the lead is parked, and says which contact it is.",
            required=False,
            default="link",
        ),
        Setting(
            "conversions",
            "Conversions",
            "notes: a note at the contact. events: custom events, which take an Enterprise subscription.",
            required=False,
            default="notes",
        ),
    ),
    can=frozenset({Can.READ, Can.DESCRIBE, Can.MAKE_FIELDS, Can.EVENTS, Can.DEALS}),
    batch=100,
    rate=(8.0, 10),
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=HubSpotConnector,
    guide="crm-hubspot.md",
)
