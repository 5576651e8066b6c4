"""Messages that come as the address of an image: from mails, where neither scripts nor POST exist."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.tracking.collector.posthog_bodies import decoded_base64
from leadline.tracking.collector.requests import Limits, RefusedError, explain

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
DEEPEST = 8
RESERVED = frozenset({"data", "writeKey", "type"})

_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def pixel_message(kind: str, query: Mapping[str, str], limits: Limits) -> tuple[bytes, object]:
    """The message that a pixel's query stands for, as JSON, and its write key.

    `data` is the whole message as base64 of its JSON (Segment); else each parameter is a field, and dots lead into
    objects: `properties.mail=welcome` (RudderStack, and Segment without base64). The path says what kind it is.

    Raises:
        RefusedError: `data` is no JSON object.
    """
    message = _from_data(query["data"], limits) if query.get("data") else {}
    for name, value in query.items():
        if name not in RESERVED:
            _put(message, name.split("."), value)
    key = query.get("writeKey") or message.get("writeKey")
    try:
        return msgspec.json.encode(message | {"type": kind}), key
    except (RecursionError, UnicodeEncodeError) as error:
        raise explain(RecursionError(str(error)), b"") from None


def _from_data(text: str, limits: Limits) -> dict[str, Any]:
    content = text.encode()
    if not text.lstrip().startswith("{"):
        content = decoded_base64(content)
    if len(content) > limits.body_bytes:
        raise RefusedError(400, "payload_too_large", "The pixel's data is too large.", "Send it by POST.")
    try:
        return _decode_object(content)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise explain(error, content) from None


def _put(message: dict[str, Any], path: list[str], value: str) -> None:
    """Set a field, making the objects on the way; deeper than any message needs, it is left out."""
    if len(path) > DEEPEST:
        return
    for step in path[:-1]:
        inner = message.get(step)
        if not isinstance(inner, dict):
            inner = message[step] = {}
        message = inner
    message[path[-1]] = value
