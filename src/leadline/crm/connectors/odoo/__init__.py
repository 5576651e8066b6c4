"""Odoo 19 and later, over its JSON-2 API. docs/how-to/crm-odoo.md is for whoever sets it up."""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind, Setting
from leadline.crm.connectors.odoo.connector import LEAD, OdooConnector

__all__ = ["KIND", "OdooConnector"]

KIND = ConnectorKind(
    name="odoo",
    label="Odoo",
    object_name=LEAD,
    settings=(
        Setting("url", "Address", "Where you open Odoo: https://company.odoo.com"),
        Setting(
            "key",
            "API key",
            "In Odoo: your picture, My Preferences, Security, Add API Key. Best of a user of its own.",
            secret=True,
        ),
        Setting("database", "Database", "Only where one address has several databases.", required=False),
    ),
    can=frozenset({Can.READ, Can.DESCRIBE, Can.MAKE_FIELDS, Can.EVENTS, Can.DEALS}),
    batch=200,
    rate=(20.0, 20),
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=OdooConnector,
    guide="crm-odoo.md",
)
