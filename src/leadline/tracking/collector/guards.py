"""What a source allows beside its key: web origins, and a rate."""

import math
import time
from collections.abc import Callable, Sequence

from leadline.tracking.collector.authentication import KeyEntry
from leadline.tracking.collector.requests import Headers, RefusedError

BURST_SECONDS = 2

Ticks = Callable[[], float]


def origin_allowed(origin: str, allowed: Sequence[str]) -> bool:
    """Whether a page's origin is among those of a source: equal, or below one that starts with `*.`.

    `https://*.example.com` allows every subdomain over https, and not example.com itself.
    """
    origin = origin.strip().lower().rstrip("/")
    return any(_matches(origin, pattern) for pattern in allowed)


def _matches(origin: str, pattern: str) -> bool:
    scheme, star, domain = pattern.partition("://*.")
    if not star:
        return origin == pattern
    return origin.startswith(f"{scheme}://") and origin.endswith(f".{domain}") and "@" not in origin


class RateLimits:
    """A token bucket for each source, of this process: `rate` requests a second, two seconds' worth at once."""

    def __init__(self, ticks: Ticks = time.monotonic) -> None:
        self._ticks = ticks
        self._buckets: dict[int, tuple[float, float]] = {}  # source: tokens left, and when that was

    def wait_seconds(self, source: int, rate: int) -> int:
        """0 when a request may pass (which takes a token), else whole seconds until one may."""
        now = self._ticks()
        full = float(rate * BURST_SECONDS)
        left, then = self._buckets.get(source, (full, now))
        left = min(full, left + (now - then) * rate)
        self._buckets[source] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) / rate))


class Gate:
    """Lets requests of a source pass or not."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits

    def admit(self, entry: KeyEntry, headers: Headers) -> None:
        """Return when the request may pass. A request without Origin, which is no page's, passes the list of origins.

        Raises:
            RefusedError: from a page that may not send with this key, or too many a second.
        """
        origin = headers.get(b"origin")
        if entry.origins and origin is not None and not origin_allowed(origin.decode("latin-1"), entry.origins):
            raise RefusedError(
                403,
                "origin_not_allowed",
                "Pages of this origin may not send with this write key.",
                "Add the origin to the event source, or leave its list of origins empty.",
            )
        if entry.rate and (wait := self._limits.wait_seconds(entry.source, entry.rate)):
            message = f"The event source takes {entry.rate} requests a second."
            raise RefusedError(429, "rate_limited", message, "Send larger batches, or raise the source's rate.", wait)
