"""When to send again, and when not to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto

SUCCESS = 200
WORTH_ANOTHER_TRY = frozenset({404, 408, 425, 429})
"""Of the refusals. A proxy answers 404 while the collector behind it restarts."""
BACKGROUND_SECONDS = 1800.0  # as long as Segment's client waits for a server that says Retry-After
SYNCHRONOUS_SECONDS = 60.0
MOST_DOUBLINGS = 10


class Verdict(Enum):
    """What an answer means for the messages."""

    DELIVERED = auto()
    REFUSED = auto()
    AGAIN = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one request.

    Attributes:
        status: of HTTP; 0 when the network failed.
        reason: in words, for the log.
        retry_after: seconds that the server asks for.
        confirmed: whether the body says that it was a collector that answered.
    """

    status: int
    reason: str = ""
    retry_after: float | None = None
    confirmed: bool = False

    @property
    def verdict(self) -> Verdict:
        """Delivered is a confirmed 200 and nothing else: a stranger's 200 must not lose events."""
        if self.status == SUCCESS and self.confirmed:
            return Verdict.DELIVERED
        if 300 <= self.status < 500 and self.status not in WORTH_ANOTHER_TRY:
            return Verdict.REFUSED
        return Verdict.AGAIN


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long. Times in seconds; `max_retries` None means as often as the time allows."""

    give_up_after: float = BACKGROUND_SECONDS
    max_retries: int | None = None
    first: float = 0.5
    longest: float = 30.0
    longest_asked: float = 300.0

    def delay(self, retry: int, retry_after: float | None, chance: float) -> float:
        """Seconds before a retry (from 1): exponential with full jitter; or what the server asked for, up to
        `longest_asked`, and a little more, so that not all clients come back at once. `chance` is from 0 to 1."""
        if retry_after is not None:
            return min(max(retry_after, 0.0), self.longest_asked) + chance * self.first
        return chance * min(self.longest, self.first * 2.0 ** min(retry - 1, MOST_DOUBLINGS))

    def allows(self, retry: int, elapsed: float) -> bool:
        """Whether this retry may start so many seconds after the first attempt."""
        return elapsed <= self.give_up_after and (self.max_retries is None or retry <= self.max_retries)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from a Retry-After header in either form; None when there is none that can be read."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    ahead = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    return float(max(ahead.total_seconds(), 0.0))
