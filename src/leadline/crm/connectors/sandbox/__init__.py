"""The sandbox CRM, which lives in Leadline's own database: to try everything out before a real CRM is connected.

Its records stand in `SandboxRecord`; sales works them on the page /crm/sandbox.
"""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind
from leadline.crm.connectors.sandbox.connector import OBJECT, SandboxConnector
from leadline.crm.connectors.sandbox.words import STATUSES

__all__ = ["KIND", "SandboxConnector"]

KIND = ConnectorKind(
    name="sandbox",
    label="Sandbox CRM",
    object_name=OBJECT,
    settings=(),
    can=frozenset({Can.READ, Can.DESCRIBE, Can.EVENTS, Can.DEALS}),
    batch=200,
    rate=(1000.0, 1000),
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=SandboxConnector,
    guide="crm-sandbox.md",
    statuses=STATUSES,
)
