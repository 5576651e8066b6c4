"""A message that means the same by itself as it did inside its request."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.tracking.wire import ANONYMOUS_ID_HEADER, SENT_AT_HEADER, UNREADABLE, Envelope, Message

NOTHING: Mapping[str, Any] = {}
TOLD_BY_HEADER = frozenset({ANONYMOUS_ID_HEADER, SENT_AT_HEADER})


def standalone(envelope: Envelope) -> bytes:
    """A message as JSON, with the type that its route gave it, the time of sending and the context of its batch, and
    the id in its request's headers. What can't be read stays as it came."""
    message = envelope.message
    if message is None:
        return envelope.raw
    try:
        body = msgspec.json.decode(envelope.raw)
    except UNREADABLE:  # a field that no message has is not read with the rest
        return envelope.raw
    added = _surroundings(message, envelope, body)
    return msgspec.json.encode(body | added) if added else envelope.raw


def headers_beside(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of a request that its message needs beside it once it stands alone."""
    return {name: value for name, value in headers.items() if name not in TOLD_BY_HEADER}


def context_of(message: Message, envelope: Envelope) -> Mapping[str, Any]:
    """A message's context, its batch's merged in."""
    own = message.context if isinstance(message.context, dict) else NOTHING
    return {**envelope.context, **own} if envelope.context else own


def _surroundings(message: Message, envelope: Envelope, body: Mapping[str, object]) -> dict[str, object]:
    added: dict[str, object] = {}
    if body.get("type") is None and message.type is not None:
        added["type"] = message.type
    if not body.get("anonymousId") and message.anonymous_id:
        added["anonymousId"] = message.anonymous_id
    if envelope.sent_at is not None and not body.get("sentAt"):
        added["sentAt"] = envelope.sent_at
    if envelope.context:
        added["context"] = context_of(message, envelope)
    return added
