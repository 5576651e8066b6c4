"""Requests as they come off the wire: bounded reading, bounded decompression, and just enough parsing."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

GZIP_MAGIC = b"\x1f\x8b"
INFLATE_STEP = 1 << 18
MOST_CHUNKS = 20_000
"""Each costs a tenth of a millisecond; in pieces of 1,400 bytes the largest body has 3,000."""
MOST_MEMBERS = 100
"""Of a gzip body: each costs a copy of what follows it, so that a body of nothing else would take seconds."""
MAX_PARAMETERS = 200

Receive = Callable[[], Awaitable[dict[str, Any]]]
Headers = Mapping[bytes, bytes]


@dataclass(frozen=True)
class Limits:
    """What a collector takes. Sizes in bytes; Segment's own 500 KB and 2,500 events a batch lie far below.

    `body_bytes` holds for the body as sent and as decompressed; `reading_bytes` for all bodies being read at once;
    `body_seconds` for reading one.
    """

    body_bytes: int = 4 << 20
    body_seconds: float = 30.0
    batch_events: int = 10_000
    reading_bytes: int = 64 << 20
    retry_after_seconds: int = 5


class RefusedError(Exception):
    """A request gets an error instead of 200: `status`, and the three parts of the JSON body.

    `retry_after` is in seconds; without it 429 and 503 name the limits' own.
    """

    def __init__(self, status: int, code: str, message: str, detail: str = "", retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.detail = status, code, message, detail
        self.retry_after = retry_after


def query_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a request's query, the first where one is repeated.

    Raises:
        RefusedError: there are too many.
    """
    return parameters(scope.get("query_string", b""))


def parameters(encoded: bytes) -> dict[str, str]:
    """The parameters of a query or of a form. Raises RefusedError when there are too many."""
    try:
        pairs = parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        message = f"There are more than {MAX_PARAMETERS} parameters."
        raise RefusedError(400, "invalid_query", message, "Send a JSON body.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


class DisconnectedError(Exception):
    """The client went away before its request was complete: there is nobody to answer."""


class BatchBody(msgspec.Struct):
    """A batch, its events left undecoded: one bad event must not fail the others."""

    batch: list[msgspec.Raw]
    writeKey: object = None  # noqa: N815  (the wire's name)


class MessageBody(msgspec.Struct):
    """A single message; everything but the key is left to the loader."""

    writeKey: object = None  # noqa: N815  (the wire's name)


_decode_batch = msgspec.json.Decoder(BatchBody).decode
_decode_message = msgspec.json.Decoder(MessageBody).decode


class BodyReader:
    """Reads bodies, counting what is held by unfinished ones, so that slow clients can't fill the memory."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held_bytes = 0

    async def read(self, receive: Receive, headers: Headers) -> bytes:
        """The body, decompressed. Raises RefusedError when it is too large, broken, or too much is being read."""
        announced = headers.get(b"content-length", b"0")
        if len(announced) > 6 and int(announced) > self._limits.body_bytes:
            raise too_large(self._limits)
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                body = await self._read(receive)
        except TimeoutError:
            raise RefusedError(429, "too_slow", "The body did not come in time.", "Send smaller batches.") from None
        if len(body) > self._limits.body_bytes:
            raise too_large(self._limits)
        return inflate(body, self._limits) if body.startswith(GZIP_MAGIC) else body

    async def _read(self, receive: Receive) -> bytes:
        event = await receive()
        if event.get("more_body") or event["type"] != "http.request":
            return await self._read_rest(event, receive)
        body: bytes = event.get("body", b"")
        return body

    async def _read_rest(self, event: dict[str, Any], receive: Receive) -> bytes:
        content = bytearray()
        held = 0
        try:
            for _ in range(MOST_CHUNKS):
                chunk = self._chunk(event)
                content += chunk
                held += len(chunk)
                self.held_bytes += len(chunk)
                self._check(held)
                if not event.get("more_body"):
                    return bytes(content)
                event = await receive()
            raise RefusedError(400, "too_many_chunks", "The body comes in too many pieces.", "Send larger ones.")
        finally:
            self.held_bytes -= held

    def _chunk(self, event: dict[str, Any]) -> bytes:
        if event["type"] != "http.request":
            raise DisconnectedError
        chunk: bytes = event.get("body", b"")
        return chunk

    def _check(self, held: int) -> None:
        if held > self._limits.body_bytes:
            raise too_large(self._limits)
        if self.held_bytes > self._limits.reading_bytes:
            raise RefusedError(429, "busy", "Too many bodies are being read at once.", "Try again in a few seconds.")


def too_large(limits: Limits) -> RefusedError:
    """The answer to a body over the limit."""
    return RefusedError(
        400,
        "payload_too_large",
        f"The body is larger than {limits.body_bytes} bytes.",
        "Send smaller batches; the limit holds after decompression.",
    )


def inflate(body: bytes, limits: Limits) -> bytes:
    """Gunzip (also several members in a row) without ever holding more than the limit and one step.

    Raises:
        RefusedError: it is damaged or cut short, or grows over the limit.
    """
    content = bytearray()
    members = 0
    try:
        while body:
            body = _inflate_member(body, content, limits)
            members += 1
            if members > MOST_MEMBERS:
                raise zlib.error(f"there are more than {MOST_MEMBERS} members")
    except zlib.error as error:
        raise RefusedError(400, "malformed_gzip", "The body is not valid gzip.", str(error)) from None
    return bytes(content)


def _inflate_member(body: bytes, content: bytearray, limits: Limits) -> bytes:
    member = zlib.decompressobj(wbits=31)
    while not member.eof:
        step = member.decompress(body, INFLATE_STEP)
        content += step
        if len(content) > limits.body_bytes:
            raise too_large(limits)
        body = member.unconsumed_tail
        if not step and not body and not member.eof:
            raise zlib.error("the data ends before the end of the stream")
    return member.unused_data


def parse_batch(body: bytes, limits: Limits) -> tuple[int, object]:
    """How many events a batch holds, and its writeKey.

    Raises:
        RefusedError: not JSON in UTF-8, not an object, no batch, too many events.
    """
    check_text(body)
    try:
        parsed = _decode_batch(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise explain(error, body) from None
    if len(parsed.batch) > limits.batch_events:
        message = f"The batch has {len(parsed.batch)} events; the limit is {limits.batch_events}."
        raise RefusedError(400, "too_many_events", message, "Send smaller batches.")
    return len(parsed.batch), parsed.writeKey


def parse_message(body: bytes) -> object:
    """The writeKey of a single message.

    Raises:
        RefusedError: not JSON in UTF-8, or not an object.
    """
    check_text(body)
    try:
        return _decode_message(body).writeKey
    except (msgspec.MsgspecError, RecursionError) as error:
        raise explain(error, body) from None


def check_text(body: bytes) -> None:
    """What is skipped as raw JSON is not checked for UTF-8 otherwise.

    Raises:
        RefusedError: the body is not UTF-8.
    """
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            place = _place(body, error.start)
            raise RefusedError(400, "malformed_json", f"The body is not UTF-8 ({error.reason}).", place) from None


def explain(error: Exception, body: bytes) -> RefusedError:
    """What is wrong with a body, and where."""
    text = str(error)
    if isinstance(error, RecursionError):
        return RefusedError(400, "malformed_json", "The JSON is nested too deeply.", "A thousand levels is too many.")
    if isinstance(error, msgspec.ValidationError):
        return RefusedError(400, "invalid_body", f"{text}.", "A batch is an object with a list named batch.")
    _, found, rest = text.partition("(byte ")
    offset = int(rest.rstrip(")")) if found else len(body)
    return RefusedError(400, "malformed_json", f"{text}.", _place(body, offset))


def _place(body: bytes, offset: int) -> str:
    line = body.count(b"\n", 0, offset) + 1
    column = offset - body.rfind(b"\n", 0, offset)
    return f"byte {offset}, line {line}, column {column}"
