"""When something happened, given clocks that are wrong.

Segment's rule: timestamp = receivedAt - (sentAt - originalTimestamp). The difference between two readings of the
client's clock is right even when the clock is not. A client can still claim the future: clamped to the arrival.
"""

from datetime import UTC, datetime
from typing import Any

from leadline.kernel.clock import to_micros

EARLIEST_MICROS = to_micros(datetime(2000, 1, 1, tzinfo=UTC))


class BadTimestampError(ValueError):
    """A timestamp that cannot be read, or from before 2000."""


def parse_micros(value: Any) -> int:
    """ISO 8601 text as microseconds since 1970; without a zone it is UTC.

    Raises:
        BadTimestampError: it is something else.
    """
    if not isinstance(value, str):
        raise BadTimestampError(f"{value!r} is not ISO 8601 text")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadTimestampError(f"{value[:40]!r} is not ISO 8601") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    micros = to_micros(moment)
    if micros < EARLIEST_MICROS:
        raise BadTimestampError(f"{value[:40]!r} is before the year 2000")
    return micros


def occurred_micros(timestamp: Any, sent_at: Any, received_micros: int) -> int:
    """When it happened: corrected for the client's clock when it says when it sent, never after it arrived.

    Raises:
        BadTimestampError: `timestamp` cannot be read. An unreadable `sent_at` is ignored.
    """
    if timestamp is None:
        return received_micros
    original = parse_micros(timestamp)
    sent = _readable(sent_at)
    corrected = original if sent is None else received_micros - max(sent - original, 0)
    return max(min(corrected, received_micros), EARLIEST_MICROS)


def _readable(value: Any) -> int | None:
    try:
        return parse_micros(value)
    except BadTimestampError:
        return None
