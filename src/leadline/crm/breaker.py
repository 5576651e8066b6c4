"""The circuit breaker of a connection. Pure.

Closed, calls go through and failures in a row are counted; with `THRESHOLD` of them it opens until a moment that backs
off with jitter. Then one call may try (half open): it closes the circuit, or opens it for longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leadline.crm.backoff import pause

THRESHOLD = 3
SHORTEST_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """Attributes:
    failures: of whole calls, in a row.
    closed_until: nothing is called before; None while calls may go through.
    """

    failures: int = 0
    closed_until: datetime | None = None

    def blocks(self, now: datetime) -> bool:
        """Whether nothing may be called now."""
        return self.closed_until is not None and now < self.closed_until


def after_success() -> Breaker:
    """The breaker after a call that went well."""
    return Breaker()


def after_failure(breaker: Breaker, now: datetime, roll: float, retry_after: float | None = None) -> Breaker:
    """The breaker after a call that got no answer.

    Args:
        roll: a random number in [0, 1).
        retry_after: seconds that the vendor asked for, which open it at once.
    """
    failures = breaker.failures + 1
    if failures < THRESHOLD and retry_after is None:
        return Breaker(failures)
    wait = max(SHORTEST_SECONDS, pause(max(failures - THRESHOLD, 0) + 1, roll), retry_after or 0.0)
    return Breaker(failures, now + timedelta(seconds=wait))
