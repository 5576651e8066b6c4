"""Segment's messages as they come over the wire, decoded leniently: one odd field must not cost the event."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from leadline.tracking.posthog import segment_message
from leadline.tracking.spool.record import SpoolRecord

MAX_EVENT_BYTES = 32 * 1024
MAX_DEPTH = 20
KINDS = frozenset({"track", "identify", "page", "screen", "group", "alias"})
SHORT_ROUTES = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}
BATCH_ROUTES = frozenset({"batch", "b", "import", "replay"})
POSTHOG_ROUTE = "posthog"
ANONYMOUS_ID_HEADER, SENT_AT_HEADER = "anonymousid", "sentat"
"""RudderStack's: who it is, in base64, and when it was sent; the body's own win."""
NO_CONTEXT: Mapping[str, object] = {}
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises: not JSON, not UTF-8, nested beyond the interpreter's stack."""


class Message(msgspec.Struct, rename="camel", gc=False):
    """One message. Fields that may be anything are `Any` and judged later, so that a reason can be given."""

    type: Any = None
    event: Any = None
    name: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    previous_id: Any = None
    group_id: Any = None
    message_id: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    properties: Any = None
    traits: Any = None
    context: Any = None


class Batch(msgspec.Struct, rename="camel", gc=False):
    """The envelope of several messages; `context` is merged into each."""

    batch: list[msgspec.Raw]
    sent_at: Any = None
    context: Any = None


class PosthogBatch(msgspec.Struct, gc=False):
    """PostHog's envelope of several events; without a batch it is an event itself."""

    batch: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    sent_at: Any = None
    historical_migration: Any = None


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """One message on its way to becoming an event, or the reason why it can't.

    Attributes:
        position: its place within the segment, from 0.
        raw: its JSON as it came; of a PostHog event that of the message it stands for.
        message: None when it is not a JSON object.
    """

    position: int
    record: SpoolRecord
    raw: bytes
    message: Message | None
    sent_at: Any = None
    fault: str = ""
    context: Mapping[str, object] = NO_CONTEXT


_decode_message = msgspec.json.Decoder(Message).decode
_decode_batch = msgspec.json.Decoder(Batch).decode
_decode_posthog = msgspec.json.Decoder(PosthogBatch).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def unpack(record: SpoolRecord, first_position: int) -> Iterator[Envelope]:
    """The messages of one spool record, in order. Never raises: what can't be read is an envelope with a fault."""
    if record.route == POSTHOG_ROUTE:
        yield from _unpack_posthog(record, first_position)
        return
    sent_at = record.headers.get(SENT_AT_HEADER)
    if record.route not in BATCH_ROUTES:
        kind = SHORT_ROUTES.get(record.route, record.route)
        yield _open(record, first_position, record.body, sent_at, NO_CONTEXT, kind)
        return
    try:
        batch = _decode_batch(record.body)
    except UNREADABLE as error:
        yield Envelope(first_position, record, record.body, None, fault=str(error))
        return
    context = _shared_context(batch.context)
    for position, raw in enumerate(batch.batch, first_position):
        yield _open(record, position, bytes(raw), batch.sent_at or sent_at, context, None)


def _unpack_posthog(record: SpoolRecord, first_position: int) -> Iterator[Envelope]:
    """One event, a list of them, or an envelope with a batch."""
    try:
        sent_at, events = _posthog_events(record)
    except UNREADABLE as error:
        yield Envelope(first_position, record, record.body, None, fault=str(error))
        return
    for position, raw in enumerate(events, first_position):
        try:
            translated = _translate(raw, record)
        except UNREADABLE as error:
            yield Envelope(position, record, bytes(raw), None, fault=str(error))
        else:
            yield _open(record, position, translated, sent_at, NO_CONTEXT, None)


def _posthog_events(record: SpoolRecord) -> tuple[Any, Sequence[bytes | msgspec.Raw]]:
    """When they were sent, and the JSON of each. Events brought over from elsewhere (`historical_migration`) have the
    times that they have: the client's clock says nothing of them."""
    body, sent_at = record.body, record.headers.get(SENT_AT_HEADER)
    if body[:1].isspace():
        body = body.lstrip()
    if body.startswith(b"["):
        return sent_at, _decode_list(body)
    envelope = _decode_posthog(body)
    sent_at = None if envelope.historical_migration is True else envelope.sent_at or sent_at
    return sent_at, [body] if isinstance(envelope.batch, msgspec.UnsetType) else envelope.batch


def _translate(raw: bytes | msgspec.Raw, record: SpoolRecord) -> bytes:
    event = _decode_object(raw)
    return msgspec.json.encode(segment_message(event, record.received_micros, record.headers.get("user-agent", "")))


def depth(value: Any, limit: int = MAX_DEPTH) -> int:
    """Levels of nesting, found level by level, so that nothing exhausts the stack; at most `limit` + 1."""
    level, found = [value], 0
    while level and found <= limit:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = [item for item in inner if isinstance(item, dict | list)]
        found += 1
    return found


def _open(
    record: SpoolRecord, position: int, raw: bytes, sent_at: Any, context: Mapping[str, object], kind: str | None
) -> Envelope:
    try:
        message = _decode_message(raw)
    except UNREADABLE as error:
        return Envelope(position, record, raw, None, fault=str(error))
    if message.type is None:
        message.type = kind
    if not message.anonymous_id and ANONYMOUS_ID_HEADER in record.headers:
        message.anonymous_id = _decoded_id(record.headers[ANONYMOUS_ID_HEADER])
    return Envelope(position, record, raw, message, message.sent_at or sent_at, "", context)


def _decoded_id(header: str) -> str | None:
    try:
        return base64.b64decode(header, validate=True).decode() or None
    except ValueError:  # neither base64 nor UTF-8
        return None


def _shared_context(context: Any) -> Mapping[str, object]:
    """A batch's context; an odd one is left out and costs none of its messages."""
    return context if isinstance(context, dict) and context and depth(context) <= MAX_DEPTH else NO_CONTEXT
