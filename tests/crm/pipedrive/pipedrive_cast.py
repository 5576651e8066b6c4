"""Persons of a fake Pipedrive, and conversions to tell it."""

from typing import Any

from connector_cast import quote

from leadline.crm.records import OutgoingEvent
from leadline.crm.testing.pipedrive_tables import Row, Tables


def person(tables: Tables, name: str = "", owner: int = 71, **values: Any) -> Row:
    """One more person; `name` is our id of its lead, "" for a stranger."""
    custom = {"custom_fields": {tables.code("Leadline ID"): name}} if name else {}
    return tables.make({**custom, **values}, owner)


def emails(*values: str) -> list[Row]:
    """Addresses, the first one before the others."""
    return [{"value": each, "primary": at == 0, "label": "work"} for at, each in enumerate(values)]


def event(key: str, person: str) -> OutgoingEvent:
    """A conversion of a person."""
    return quote(key, person, "person")
