"""Segment's messages as they come over the wire, decoded leniently: one odd field must not cost the event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from leadline.tracking.spool.record import SpoolRecord

MAX_EVENT_BYTES = 32 * 1024
KINDS = frozenset({"track", "identify", "page", "screen", "group", "alias"})
SHORT_ROUTES = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}
BATCH_ROUTES = frozenset({"batch", "b", "import"})


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


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message on its way to becoming an event, or the reason why it can't.

    Attributes:
        position: its place within the segment, from 0.
        raw: its JSON as it came.
        message: None when it is not a JSON object.
    """

    position: int
    record: SpoolRecord
    raw: bytes
    message: Message | None
    sent_at: Any = None
    fault: str = ""
    context: Mapping[str, object] = field(default_factory=dict)


_decode_message = msgspec.json.Decoder(Message).decode
_decode_batch = msgspec.json.Decoder(Batch).decode


def unpack(record: SpoolRecord, first_position: int) -> Iterator[Envelope]:
    """The messages of one spool record, in order."""
    if record.route not in BATCH_ROUTES:
        yield _open(record, first_position, record.body, None, {})
        return
    try:
        batch = _decode_batch(record.body)
    except msgspec.MsgspecError as error:
        yield Envelope(first_position, record, record.body, None, fault=str(error))
        return
    context = batch.context if isinstance(batch.context, dict) else {}
    for place, raw in enumerate(batch.batch):
        yield _open(record, first_position + place, bytes(raw), batch.sent_at, context)


def _open(record: SpoolRecord, position: int, raw: bytes, sent_at: Any, context: Mapping[str, object]) -> Envelope:
    try:
        message = _decode_message(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        return Envelope(position, record, raw, None, fault=str(error))
    if message.type is None:
        message.type = SHORT_ROUTES.get(record.route, record.route)
    return Envelope(position, record, raw, message, message.sent_at or sent_at, context=context)
