"""Pipedrive, over its API v2. docs/how-to/crm-pipedrive.md is for whoever sets it up."""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind, Setting
from leadline.crm.connectors.pipedrive.connector import PipedriveConnector

__all__ = ["KIND", "PipedriveConnector"]

KIND = ConnectorKind(
    name="pipedrive",
    label="Pipedrive",
    object_name="persons",
    settings=(
        Setting("domain", "Company domain", "The part before .pipedrive.com in the address of your account."),
        Setting(
            "token",
            "API token",
            "In Pipedrive: the account menu, Company settings, Personal preferences, API. Of a user of Leadline's own.",
            secret=True,
        ),
    ),
    can=frozenset({Can.READ, Can.DESCRIBE, Can.MAKE_FIELDS, Can.EVENTS, Can.DEALS}),
    batch=50,
    rate=(6.0, 6),  # with these, at most 18 calls in two seconds, of the 20 that the smallest plan allows
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=PipedriveConnector,
    guide="crm-pipedrive.md",
    every=900,
)
