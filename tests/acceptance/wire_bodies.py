"""What clients put on the wire, read independently of the collector: bodies to messages with ids and numbers."""

import base64
import gzip
import json
import urllib.parse
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tests.acceptance.faults import Exchange

NUMBER = "n"  # the property in which a test numbers its calls
GZIP = b"\x1f\x8b"


def messages(exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """Every message of every request, as often as it was sent."""
    return [message for each in exchanges if each.carries_events for message in _messages(each.body)]


def message_id(message: Mapping[str, Any]) -> str:
    """Segment's `messageId`, PostHog's `uuid`."""
    return str(message.get("messageId") or message["uuid"])


def ids_by_number(exchanges: Iterable[Exchange]) -> dict[int, set[str]]:
    """The ids under which each numbered call was sent: more than one would be stored more than once."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for message in messages(exchanges):
        number = number_of(message)
        if number is not None:
            found[number].add(message_id(message))
    return dict(found)


def number_of(message: Mapping[str, Any]) -> int | None:
    """The number that the test gave this call; None for what the client sends by itself."""
    context = message.get("context") or {}
    for holder in (message.get("properties"), message.get("traits"), context.get("traits"), message.get("$set")):
        if isinstance(holder, dict) and NUMBER in holder:
            return int(holder[NUMBER])
    person = (message.get("properties") or {}).get("$set") or {}
    return int(person[NUMBER]) if NUMBER in person else None


def document(body: bytes) -> Any:
    """The JSON of a body, whichever way it is packed."""
    if body.startswith(GZIP):
        body = gzip.decompress(body)
    if body.startswith(b"data="):
        body = base64.b64decode(urllib.parse.parse_qs(body.decode())["data"][0])
    return json.loads(body)


def _messages(body: bytes) -> list[dict[str, Any]]:
    found = document(body)
    if isinstance(found, list):
        return found
    return list(found["batch"]) if "batch" in found else [found]
