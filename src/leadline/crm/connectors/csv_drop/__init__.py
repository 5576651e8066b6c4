"""Files of comma-separated values in a folder: the simplest way out. docs/how-to/crm-csv.md says how to read them."""

from pathlib import Path

from leadline.crm.connector import Can, ConnectorKind, Setting
from leadline.crm.connectors.csv_drop.connector import CSVDropConnector

__all__ = ["KIND", "CSVDropConnector"]

KIND = ConnectorKind(
    name="csv_drop",
    label="CSV files in a folder",
    object_name="lead",
    settings=(
        Setting("folder", "Folder", "An absolute path on the machine of Leadline, which its user may write to."),
    ),
    can=frozenset({Can.EVENTS}),
    batch=2_000,
    rate=(100.0, 100),
    mapping=Path(__file__).with_name("mapping.yaml").read_text(encoding="utf-8"),
    open=CSVDropConnector,
    guide="crm-csv.md",
)
