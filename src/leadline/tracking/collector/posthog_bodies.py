"""PostHog's bodies: JSON that may be gzipped, in base64, or a field of a form; with the key in one of several places.

The spellings are those that its clients send (research: posthog-js `request.ts`, PostHog's `capture` service).
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from leadline.tracking.collector.requests import (
    GZIP_MAGIC,
    Limits,
    RefusedError,
    check_text,
    explain,
    inflate,
    parameters,
)
from leadline.tracking.collector.surrogates import may_hold_halves, without_halves

WRAPPINGS = 4  # a form, base64, gzip, and base64 around all of it
FORM_FIELD = b"data="
FORM_LOOK = 256
MILLISECOND_DIGITS = 13  # from 2001 to 2286
UNREADABLE = (msgspec.MsgspecError, RecursionError)


class Opened(NamedTuple):
    """A PostHog request: its JSON, how many events are in it, its key, and the ids of its events."""

    body: bytes
    events: int
    key: object
    uuids: Sequence[object]

    def results(self) -> bytes:
        """The answer of the route that wants one result for each event: all are kept."""
        return msgspec.json.encode({"results": {str(each): {"result": "ok"} for each in self.uuids if each}})


class _Head(msgspec.Struct):
    """What of an envelope or an event is read here. The events themselves are left to the loader."""

    batch: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    api_key: object = None
    token: object = None
    prefixed_token: object = msgspec.field(default=None, name="$token")
    uuid: object = None
    properties: msgspec.Raw = msgspec.Raw()


class _Properties(msgspec.Struct):
    token: object = None


_decode_head = msgspec.json.Decoder(_Head).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_properties = msgspec.json.Decoder(_Properties).decode


def open_posthog(body: bytes, query: Mapping[str, str], limits: Limits) -> Opened:
    """What is in a request to a PostHog route: one event, a list of them, or an envelope with a batch.

    Raises:
        RefusedError: it is no JSON of these shapes, too large, or its events have different keys.
    """
    content = unwrap(body, query, limits)
    if may_hold_halves(content):
        content = without_halves(content)
    check_text(content)
    try:
        head, events = _split(content)
    except UNREADABLE as error:
        raise explain(error, content) from None
    if len(events) > limits.batch_events:
        message = f"The batch has {len(events)} events; the limit is {limits.batch_events}."
        raise RefusedError(400, "too_many_events", message, "Send smaller batches.")
    heads = [_head_of(event) for event in events]
    key = _own_key(head) if head is not None else None
    return Opened(content, len(events), key or _only_key(heads), [each.uuid for each in heads])


def unwrap(body: bytes, query: Mapping[str, str], limits: Limits) -> bytes:
    """The JSON inside a body, which is known by its first bytes and not by what the request says of it.

    Raises:
        RefusedError: there is none.
    """
    content = body or query.get("data", "").encode()
    if query.get("compression") == "lz64":
        advice = "Update posthog-js, or set disable_compression."
        raise RefusedError(400, "unsupported_compression", "Bodies compressed as lz64 are not read.", advice)
    for _ in range(WRAPPINGS):
        start = content[:FORM_LOOK].lstrip()
        if start.startswith((b"{", b"[")) or not start:
            break
        content = _unwrapped(content, start, limits)
    return content


def _unwrapped(content: bytes, start: bytes, limits: Limits) -> bytes:
    if content.startswith(GZIP_MAGIC):
        return inflate(content, limits)
    if FORM_FIELD in start:
        return parameters(content.strip()).get("data", "").encode()
    return decoded_base64(content)


def decoded_base64(content: bytes) -> bytes:
    """The bytes behind base64, also the kind for addresses, without padding, or with its + read as blanks.

    Raises:
        RefusedError: it is neither JSON nor base64.
    """
    text = content.strip().replace(b" ", b"+").translate(_to_standard).rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        message = "The body is neither JSON nor gzip nor base64."
        raise RefusedError(400, "malformed_json", message, f"{error}.") from None


_to_standard = bytes.maketrans(b"-_", b"+/")


def sent_at_of(query: Mapping[str, str]) -> bytes | None:
    """When a client says in its query that it sent, in milliseconds since 1970, as ISO 8601; None without it."""
    text = query.get("sent_at") or query.get("_") or ""
    if not (text.isascii() and text.isdigit() and len(text) == MILLISECOND_DIGITS):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC).isoformat().encode()


def _split(content: bytes) -> tuple[_Head | None, Sequence[bytes | msgspec.Raw]]:
    """The envelope, if there is one, and the JSON of the events."""
    if content[:FORM_LOOK].lstrip().startswith(b"["):
        return None, _decode_list(content)
    head = _decode_head(content)
    return (None, [content]) if isinstance(head.batch, msgspec.UnsetType) else (head, head.batch)


def _head_of(event: bytes | msgspec.Raw) -> _Head:
    """An event's head; that of one which can't be read, and costs the others nothing, is empty."""
    try:
        return _decode_head(event)
    except UNREADABLE:
        return _Head()


def _own_key(head: _Head) -> str | None:
    keys = (head.api_key, head.token, head.prefixed_token, _token_in(head.properties))
    return next((key for key in keys if isinstance(key, str) and key), None)


def _token_in(properties: msgspec.Raw) -> object:
    try:
        return _decode_properties(properties).token
    except UNREADABLE:
        return None


def _only_key(heads: Iterable[_Head]) -> str | None:
    keys = {key for head in heads if (key := _own_key(head))}
    if len(keys) > 1:
        advice = "Send the events of each project in a request of their own."
        raise RefusedError(400, "several_write_keys", "The events have different keys.", advice)
    return next(iter(keys), None)
