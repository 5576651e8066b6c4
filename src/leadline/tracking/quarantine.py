"""Messages that were acknowledged but could not become events: kept whole and sealed, to be repaired and replayed."""

from collections.abc import Sequence

import msgspec

from leadline.kernel.clock import from_micros
from leadline.tracking.chunks import CHUNK
from leadline.tracking.models import EventSource, QuarantinedMessage
from leadline.tracking.normalise import Rejection
from leadline.tracking.spool.frames import CorruptFrame
from leadline.tracking.wire import UNREADABLE, depth

UNDECODABLE = "undecodable"
DEEPEST_BODY = 100
"""A body nested deeper is kept as bytes: sealing one as JSON takes the interpreter's stack."""


def rejected_frame(frame: CorruptFrame, position: int, received_micros: int) -> Rejection:
    """A frame of the spool that does not open; its source is not known, and it came in after `received_micros`."""
    reason = f"Frame {frame.sequence}: {frame.reason}"
    return Rejection(position, 0, received_micros, "corrupt_frame", reason, "", frame.raw)


def quarantine(segment: str, rejections: Sequence[Rejection]) -> None:
    """Keep the rejections of a segment; those that are kept already stay as they are."""
    if not rejections:
        return
    sources = set(EventSource.objects.values_list("pk", flat=True))
    rows = [
        QuarantinedMessage(
            segment=segment,
            position=rejection.position,
            source_id=rejection.source if rejection.source in sources else None,
            received_at=from_micros(rejection.received_micros),
            code=rejection.code,
            reason=rejection.reason,
            name=rejection.name,
            body=kept_body(rejection.raw),
            headers=dict(rejection.headers) or None,
        )
        for rejection in rejections
    ]
    QuarantinedMessage.objects.bulk_create(  # not ignore_conflicts: SQLite would ignore every other fault of a row too
        rows,
        update_conflicts=True,
        unique_fields=["segment", "position"],
        update_fields=["position"],
        batch_size=CHUNK,
    )


def kept_body(raw: bytes) -> object:
    """A message as the JSON that is sealed; {"undecodable": hex} when it can't be read."""
    try:
        body = msgspec.json.decode(raw)
    except UNREADABLE:
        return {UNDECODABLE: raw.hex()}
    return body if depth(body, DEEPEST_BODY) <= DEEPEST_BODY else {UNDECODABLE: raw.hex()}
