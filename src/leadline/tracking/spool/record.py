"""What one frame of the spool holds: a request as it came, and who sent it."""

import msgspec


class SpoolRecord(msgspec.Struct, frozen=True, array_like=True):
    """One accepted request, undecoded, so that a mistake in validation can be repaired by replay.

    `source` is the event source's id; `received_micros` counts microseconds since 1970 (UTC); `route` is one of
    batch, track, identify, page, screen, group, alias, import, posthog (its events in any of its envelopes) and replay
    (a batch of repaired messages); `body` is the request's JSON, decompressed, otherwise as it came; `headers` holds
    user-agent, sec-gpc, dnt, anonymousid and sentat when the client sent them, and internal when the client's address,
    which is not kept, is one of our own.
    """

    source: int
    received_micros: int
    route: str
    body: bytes
    headers: dict[str, str] = {}


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(SpoolRecord)

encode_record = _encoder.encode
"""A record as MessagePack bytes: the payload that `SpoolWriter.append` takes."""


def decode_record(payload: bytes) -> SpoolRecord:
    """The inverse of `encode_record`.

    Raises:
        msgspec.MsgspecError: the payload is not a record.
    """
    return _decoder.decode(payload)
