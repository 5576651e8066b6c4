"""Stage 1 of 6: the spool. Raw requests on disk before they are acknowledged, in sealed, append-only segment files."""

from leadline.tracking.spool.frames import CorruptFrame, key_id
from leadline.tracking.spool.record import SpoolRecord, decode_record, encode_record
from leadline.tracking.spool.segments import (
    closed_segments,
    oldest_waiting,
    read_segment,
    remove_segment,
    segment_bytes_waiting,
)
from leadline.tracking.spool.writer import SpoolWriter

__all__ = [
    "CorruptFrame",
    "SpoolRecord",
    "SpoolWriter",
    "closed_segments",
    "decode_record",
    "encode_record",
    "key_id",
    "oldest_waiting",
    "read_segment",
    "remove_segment",
    "segment_bytes_waiting",
]
