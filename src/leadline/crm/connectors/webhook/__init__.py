"""A signed webhook, for everything that has no connector of its own. docs/how-to/crm-webhook.md is for the receiver."""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind, Setting
from leadline.crm.connectors.webhook.connector import WebhookConnector

__all__ = ["KIND", "WebhookConnector"]

KIND = ConnectorKind(
    name="webhook",
    label="Signed webhook",
    object_name="lead",
    settings=(
        Setting("url", "Address", "Where messages are posted to: https://crm.example.com/leadline"),
        Setting(
            "secret",
            "Signing secret",
            "What the receiver checks signatures with (Standard Webhooks): whsec_ and the output of "
            "'openssl rand -base64 32'.",
            secret=True,
        ),
    ),
    can=frozenset({Can.EVENTS}),
    batch=50,
    rate=(20.0, 20),
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=WebhookConnector,
    guide="crm-webhook.md",
)
