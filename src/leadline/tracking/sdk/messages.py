"""Segment messages, judged by the rules of Leadline's door before they leave: what is accepted here is stored there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict
from uuid import UUID, uuid4

import msgspec

from leadline.tracking.ids import usable_id
from leadline.tracking.moments import BadTimestampError, parse_micros
from leadline.tracking.sdk.context import RequestContext
from leadline.tracking.sdk.errors import InvalidMessageError, NobodyError

MAX_MESSAGE_BYTES = 32 * 1024
MAX_DEPTH = 20
"""The collector's own limits; a test holds them together."""

Id = str | int | UUID | None


class Common(TypedDict, total=False):
    """What every call takes.

    anonymous_id: the visitor, where the user is not known or just became known.
    timestamp: when it happened; an aware datetime or ISO 8601 text; default now.
    context: laid over the context of the request.
    message_id: default a new UUID. The same id again is the same event again.
    """

    anonymous_id: Id
    timestamp: datetime | str | None
    context: Mapping[str, Any] | None
    message_id: str | None


class Packed(msgspec.Struct, frozen=True, gc=False):
    """A message as it will travel: JSON, at most `MAX_MESSAGE_BYTES`."""

    message_id: str
    payload: bytes

    def opened(self) -> dict[str, Any]:
        """The message itself, for people who want to know what was dropped."""
        message: dict[str, Any] = msgspec.json.decode(self.payload)
        return message


# As a number and not as text: amounts are decimals, and a tracking plan asks for numbers.
_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder().decode
UNREADABLE = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)
"""What encoding raises, and decoding what was encoded: unknown types, lone surrogates, decimals that are no numbers."""


def compose(
    kind: str, user_id: Id, own: Mapping[str, object], common: Common, request: RequestContext | None, now: datetime
) -> dict[str, object]:
    """One message of a kind with its own fields, the common ones, and what the request says.

    Raises:
        NobodyError: nobody is named.
        InvalidMessageError: a field is of a wrong kind.
        TypeError: an argument that no call takes.
    """
    if unknown := common.keys() - Common.__annotations__.keys():
        raise TypeError(f"unexpected arguments: {', '.join(sorted(unknown))}")
    given = common.get("anonymous_id")
    user, visitor = identifier("user_id", user_id), identifier("anonymous_id", given)
    if request is not None and kind != "alias":
        user, visitor = request.people(user, visitor)
    if user is None and visitor is None:
        raise NobodyError("The message is about nobody.", advice="Give a user_id or an anonymous_id.")
    message: dict[str, object] = {"type": kind, "messageId": message_id(common.get("message_id")), **own}
    message["timestamp"] = moment(common.get("timestamp"), now)
    message |= {name: value for name, value in (("userId", user), ("anonymousId", visitor)) if value is not None}
    if context := _context(common.get("context"), request):
        message["context"] = context
    return message


def pack(message: Mapping[str, object]) -> Packed:
    """The message as bytes; from here on, changes of what the caller gave don't matter.

    Raises:
        InvalidMessageError: it is no JSON, too large or too deep.
    """
    try:
        payload = _encode(message)
        deepest = max(map(depth, _decode(payload).values()))
    except UNREADABLE as error:
        advice = "Give text, numbers, booleans, dates, lists and mappings of these."
        raise InvalidMessageError(f"The message does not fit into JSON: {error}.", advice=advice) from error
    if len(payload) > MAX_MESSAGE_BYTES:
        raise InvalidMessageError(f"The message has {len(payload):,} bytes; 32 KB are allowed.")
    if deepest > MAX_DEPTH:
        raise InvalidMessageError(f"The message is nested more than {MAX_DEPTH} levels deep.")
    return Packed(str(message["messageId"]), payload)


def depth(value: Any) -> int:
    """Levels of nesting, found level by level; a little more than `MAX_DEPTH` at most."""
    if type(value) is not dict and type(value) is not list:
        return 0
    level, found = [value], 0
    while level and found <= MAX_DEPTH:
        parts = [part for each in level for part in (each.values() if type(each) is dict else each)]
        level = [part for part in parts if type(part) is dict or type(part) is list]
        found += 1
    return found


def identifier(name: str, value: Id) -> str | None:
    """An id as text; None stays None.

    Raises:
        InvalidMessageError: it names nobody (blank, zeros, `null`, `anonymous`): many people would become one.
    """
    if value is None:
        return None
    try:
        usable = usable_id(str(value) if isinstance(value, UUID) else value)
    except ValueError:  # whole numbers of thousands of digits
        usable, value = None, "a number too large"
    if usable is None:
        shown = repr(value)[:60]
        raise InvalidMessageError(f"{name} is {shown}, which names nobody.", advice="Leave it out when it is unknown.")
    return usable


def required(name: str, value: Id) -> str:
    """An id that must be there."""
    usable = identifier(name, value)
    if usable is None:
        raise InvalidMessageError(f"{name} is missing.")
    return usable


def named(name: str, value: object) -> str:
    """A name that says something.

    Raises:
        InvalidMessageError: it is no text, or blank.
    """
    if not isinstance(value, str) or not value.replace("\0", "").strip():
        raise InvalidMessageError(f"{name} is {str(value)[:40]!r}; it must be text that is not blank.")
    return value


def mapping(name: str, value: Mapping[str, Any] | None) -> dict[str, Any]:
    """Properties or traits; none are an empty mapping."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidMessageError(f"{name} is a {type(value).__name__}; it must be a mapping.")
    return dict(value)


def message_id(given: str | None) -> str:
    """The id of a message: given, or new."""
    return str(uuid4()) if given is None else named("message_id", given)


def moment(given: datetime | str | None, now: datetime) -> str:
    """A timestamp in ISO 8601, UTC.

    Raises:
        InvalidMessageError: it has no zone, cannot be read, or is before the year 2000.
    """
    if given is None:
        return now.isoformat()
    if isinstance(given, datetime) and given.tzinfo is None:
        raise InvalidMessageError("timestamp has no time zone.", advice="Use datetime.now(UTC) or timezone.now().")
    try:
        text = given.astimezone(UTC).isoformat() if isinstance(given, datetime) else given
        parse_micros(text)
    except (BadTimestampError, OverflowError) as error:
        raise InvalidMessageError(f"timestamp {error}.") from error
    return text


def _context(given: Mapping[str, Any] | None, request: RequestContext | None) -> dict[str, Any]:
    own = mapping("context", given)
    return {**request.context, **own} if request is not None else own
