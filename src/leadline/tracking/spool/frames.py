"""The spool's file format: one segment header, then sealed frames.

Segment header, 32 bytes, little-endian:
    magic ``LLSP`` | version u16 | reserved u16 | key id 4 bytes | salt 16 bytes | CRC-32 of the 28 bytes before u32

Frame: a 20-byte header, then the ciphertext:
    magic ``\\xf5LLf`` | ciphertext length u32 | sequence u64 | CRC-32 of the 16 bytes before u32

The ciphertext is AES-256-GCM under the segment's own key, HKDF-SHA256(spool key, salt); the nonce is the sequence, the
associated data is the frame's header. A sequence is never used twice in a segment, not even after a failed write.
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leadline.kernel.errors import ConfigurationError, CorruptFrameError

VERSION = 1
SEGMENT_MAGIC = b"LLSP"
FRAME_MAGIC = b"\xf5LLf"
SEGMENT_HEADER_BYTES = 32
FRAME_HEADER_BYTES = 20
TAG_BYTES = 16
MAXIMUM_PAYLOAD = 64 << 20  # a header that claims more is damaged

_segment_fields = struct.Struct("<4sHH4s16s")
_frame_fields = struct.Struct("<4sIQ")
_crc = struct.Struct("<I")


@dataclass(frozen=True)
class CorruptFrame:
    """A stretch of a segment that does not open; `raw` is its bytes as they are on disk, still sealed.

    `sequence` is -1 where the header itself is damaged; `offset` counts bytes from the start of the file.
    """

    sequence: int
    offset: int
    reason: str
    raw: bytes


@dataclass(frozen=True)
class FrameSpan:
    """Where a frame lies in a segment. `intact` says that its header is valid and the file holds all of it."""

    sequence: int
    offset: int
    end: int
    intact: bool


def key_id(key: bytes) -> bytes:
    """Four bytes by which a segment names the spool key it was sealed under."""
    return hashlib.sha256(key).digest()[:4]


def segment_key(key: bytes, salt: bytes) -> bytes:
    """The key of one segment (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"leadline:spool-segment").derive(key)


def key_id_of(header: bytes) -> bytes:
    """The id of the key that a segment with this header is sealed under.

    Raises:
        CorruptFrameError: the header is damaged.
    """
    return _parse_segment_header(header)[0]


class FrameSealer:
    """Seals payloads of one new segment, in order. Not thread-safe: the writer's thread owns it."""

    def __init__(self, key: bytes) -> None:
        salt = os.urandom(16)
        fields = _segment_fields.pack(SEGMENT_MAGIC, VERSION, 0, key_id(key), salt)
        self.header = fields + _crc.pack(zlib.crc32(fields))
        self.sequence = 0
        self._encrypt = AESGCM(segment_key(key, salt)).encrypt

    def seal(self, payload: bytes) -> tuple[bytes, bytes]:
        """The frame's header and ciphertext."""
        sequence = self.sequence
        self.sequence = sequence + 1
        fields = _frame_fields.pack(FRAME_MAGIC, len(payload) + TAG_BYTES, sequence)
        header = fields + _crc.pack(zlib.crc32(fields))
        return header, self._encrypt(sequence.to_bytes(12, "little"), payload, header)


class FrameOpener:
    """Opens the frames of one segment with whichever of the keys it was sealed under.

    Raises:
        CorruptFrameError: the segment's header is damaged, so that nothing in it can be opened.
        ConfigurationError: none of the keys is the one it was sealed under.
    """

    def __init__(self, segment: bytes, keys: Sequence[bytes]) -> None:
        name, salt = _parse_segment_header(segment)
        matching = next((key for key in keys if key_id(key) == name), None)
        if matching is None:
            raise ConfigurationError(
                f"The spool was sealed under the key {name.hex()}, which is not among the secret keys.",
                advice="Put the old key back into secret_keys, after the newest one, until the spool is loaded.",
            )
        self._decrypt = AESGCM(segment_key(matching, salt)).decrypt

    def open(self, segment: bytes, span: FrameSpan) -> bytes:
        """The payload of a frame. Raises CorruptFrameError when it was altered."""
        body = span.offset + FRAME_HEADER_BYTES
        nonce = span.sequence.to_bytes(12, "little")
        try:
            return self._decrypt(nonce, segment[body : span.end], segment[span.offset : body])
        except InvalidTag:
            raise CorruptFrameError("The frame does not decrypt.", advice="It was altered or half written.") from None


def _parse_segment_header(segment: bytes) -> tuple[bytes, bytes]:
    fields = segment[: SEGMENT_HEADER_BYTES - 4]
    if segment[SEGMENT_HEADER_BYTES - 4 : SEGMENT_HEADER_BYTES] != _crc.pack(zlib.crc32(fields)):
        raise CorruptFrameError("The segment's header is damaged.")
    magic, version, _, name, salt = _segment_fields.unpack(fields)
    if magic != SEGMENT_MAGIC or version != VERSION:
        raise CorruptFrameError(f"The segment has the unknown version {version}.")
    return name, salt


def frame_spans(segment: bytes) -> Iterator[FrameSpan]:
    """Every stretch of a segment after its header: whole frames, and what lies between them where bytes are damaged."""
    offset = min(SEGMENT_HEADER_BYTES, len(segment))
    while offset < len(segment):
        span = _span_at(segment, offset)
        yield span
        offset = span.end


def whole_frames_end(segment: bytes) -> int:
    """The offset behind the last whole frame with a valid header; 0 when there is none."""
    return max((span.end for span in frame_spans(segment) if span.intact), default=0)


def _span_at(segment: bytes, offset: int) -> FrameSpan:
    parsed = _parse_frame_header(segment, offset)
    if parsed is None:
        return FrameSpan(-1, offset, _next_header(segment, offset + 1), intact=False)
    length, sequence = parsed
    end = offset + FRAME_HEADER_BYTES + length
    if end > len(segment):
        return FrameSpan(sequence, offset, _next_header(segment, offset + 1), intact=False)
    return FrameSpan(sequence, offset, end, intact=True)


def _next_header(segment: bytes, offset: int) -> int:
    while (offset := segment.find(FRAME_MAGIC, offset)) >= 0:
        if _parse_frame_header(segment, offset) is not None:
            return offset
        offset += 1
    return len(segment)


def _parse_frame_header(segment: bytes, offset: int) -> tuple[int, int] | None:
    fields = segment[offset : offset + FRAME_HEADER_BYTES - 4]
    crc = segment[offset + FRAME_HEADER_BYTES - 4 : offset + FRAME_HEADER_BYTES]
    if len(crc) < 4 or crc != _crc.pack(zlib.crc32(fields)):
        return None
    magic, length, sequence = _frame_fields.unpack(fields)
    plausible = magic == FRAME_MAGIC and TAG_BYTES <= length <= MAXIMUM_PAYLOAD + TAG_BYTES
    return (length, sequence) if plausible else None
