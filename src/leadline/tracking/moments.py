"""When something happened, given clocks that are wrong.

Segment's rule: timestamp = receivedAt - (sentAt - originalTimestamp). The difference between two readings of the
client's clock is right even when the clock is not. A client can still claim the future: clamped to the arrival.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from leadline.kernel.clock import EPOCH, to_micros

EARLIEST_MICROS = to_micros(datetime(2000, 1, 1, tzinfo=UTC))
LONGEST = 64
DAY_SECONDS = 86_400


class BadTimestampError(ValueError):
    """A timestamp that cannot be read, or from before 2000."""


def parse_micros(value: Any) -> int:
    """ISO 8601 text as microseconds since 1970; without a zone it is UTC.

    Raises:
        BadTimestampError: it is something else.
    """
    if not isinstance(value, str):
        raise BadTimestampError(f"is a {type(value).__name__} and not ISO 8601 text")
    try:
        moment = datetime.fromisoformat(value.strip() if len(value) <= LONGEST else "")
    except ValueError as error:
        raise BadTimestampError("is not ISO 8601") from error  # what was sent could be anything: it is kept sealed
    micros = _micros(moment)
    if micros < EARLIEST_MICROS:
        raise BadTimestampError("is before the year 2000")
    return micros


def occurred_micros(timestamp: Any, sent_at: Any, received_micros: int) -> int:
    """When it happened: corrected for the client's clock when it says when it sent, never after it arrived.

    Raises:
        BadTimestampError: `timestamp` cannot be read. An unreadable `sent_at` is ignored.
    """
    if timestamp is None:
        return received_micros
    original = parse_micros(timestamp)
    sent = _short_sent(sent_at) if isinstance(sent_at, str) and len(sent_at) <= LONGEST else None
    corrected = original if sent is None else received_micros - max(sent - original, 0)
    return max(min(corrected, received_micros), EARLIEST_MICROS)


def _micros(moment: datetime) -> int:
    """`to_micros`, quicker: dividing a timedelta costs more than the rest of reading a timestamp."""
    since = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) - EPOCH
    return (since.days * DAY_SECONDS + since.seconds) * 1_000_000 + since.microseconds


@lru_cache(maxsize=256)
def _short_sent(value: str) -> int | None:
    """Cached, since the messages of a batch were sent at once."""
    try:
        return parse_micros(value)
    except BadTimestampError:
        return None
