"""What is posted: JSON messages with an id that stays the same however often they are sent. Pure."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from leadline.crm.hashing import hash_of, plain
from leadline.crm.records import Outgoing, OutgoingEvent

NAMES = uuid.UUID("5e6f3c1a-4b0e-5d0e-9a54-6c6561646c69")
"""The namespace of message ids."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        id: the receiver knows by it what it had before. body: JSON.
    """

    id: str
    body: str


def lead_message(row: Outgoing) -> Message:
    """A lead as it should stand. The id is of the lead and its values: the same news has the same id."""
    data = {"external_id": row.external_id, "fields": plain(row.whole), "changed": sorted(row.values)}
    return _message(f"{row.external_id}:{hash_of(row.whole)}", "lead.upserted", data)


def conversion_message(event: OutgoingEvent) -> Message:
    """A conversion, once by its key."""
    data = {
        "key": event.key,
        "external_id": event.remote_id,
        "name": event.name,
        "label": event.label,
        "occurred_at": event.occurred_at.isoformat(),
        "amount": None if event.amount is None else str(event.amount),
        "currency": event.currency or None,
        "properties": plain(event.properties),
    }
    return _message(event.key, "lead.converted", data)


def trial_message() -> Message:
    """What a test of the connection posts; the receiver answers 2xx and does nothing."""
    return Message(str(uuid.uuid4()), _json("leadline.test", {}))


def _message(name: str, kind: str, data: dict[str, Any]) -> Message:
    return Message(str(uuid.uuid5(NAMES, name)), _json(kind, data))


def _json(kind: str, data: dict[str, Any]) -> str:
    return json.dumps({"type": kind, "data": data}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
