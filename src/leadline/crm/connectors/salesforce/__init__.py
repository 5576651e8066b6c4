"""Salesforce, over its REST API and Bulk API 2.0. docs/how-to/crm-salesforce.md is for whoever sets it up."""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind, Setting
from leadline.crm.connectors.salesforce.connector import SalesforceConnector
from leadline.crm.connectors.salesforce.names import LEAD

__all__ = ["KIND", "SalesforceConnector"]

KIND = ConnectorKind(
    name="salesforce",
    label="Salesforce",
    object_name=LEAD,
    settings=(
        Setting("url", "My Domain", "Setup, My Domain: https://company.my.salesforce.com"),
        Setting("client_id", "Consumer Key", "Of the External Client App: Settings, OAuth Settings."),
        Setting(
            "client_secret",
            "Consumer Secret",
            "For the client credentials flow, with a Run-As user. Not needed with a private key.",
            secret=True,
            required=False,
        ),
        Setting(
            "private_key",
            "Private key",
            "For the JWT bearer flow: the PEM file whose certificate the app has. Not needed with a secret.",
            secret=True,
            required=False,
        ),
        Setting("username", "Username", "For the JWT bearer flow: whom the app signs in as.", required=False),
        Setting("version", "API version", "Another one than ours, such as 66.0.", required=False),
        Setting("currency", "Currency", "Of amounts, in an org with one currency only: EUR.", required=False),
        Setting(
            "lost_reason",
            "Lost reason",
            "The field of opportunities that says why a deal was lost, such as Loss_Reason__c.",
            required=False,
        ),
    ),
    can=frozenset({Can.READ, Can.DESCRIBE, Can.MAKE_FIELDS, Can.EVENTS, Can.DEALS}),
    batch=10_000,
    rate=(10.0, 20),
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=SalesforceConnector,
    guide="crm-salesforce.md",
    every=300,
    statuses=(),
)
