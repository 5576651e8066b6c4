"""How fast a CRM may be called: a token bucket that learns from what the vendor's answers say.

Pure but for waiting, which is a function that tests replace.
"""

import threading
import time
from collections.abc import Callable

SLOWEST_PER_SECOND = 0.02
MOST_WAIT_SECONDS = 120.0
SHORTEST_WAIT_SECONDS = 0.001  # a shorter one can be nothing by the clock, and be waited for without end


class Limits:
    """Calls per second, with a burst. `take` waits until a call may be made.

    Args:
        per_second: tokens that come back each second.
        burst: tokens there are at most.
    """

    def __init__(
        self,
        per_second: float,
        burst: int,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._burst = per_second, float(burst)
        self._usual_rate, self._usual_burst = self._rate, self._burst
        self._now, self._sleep = now, sleep
        self._tokens, self._at, self._not_before = self._burst, now(), 0.0
        self._lock = threading.Lock()

    @property
    def per_second(self) -> float:
        """Calls a second that it allows now."""
        return self._rate

    def take(self) -> float:
        """Wait for a token. Returns the seconds that it took."""
        waited = 0.0
        while (pause := self._try()) > 0:
            self._sleep(pause)
            waited += pause
        return waited

    def _try(self) -> float:
        """0 when a token was taken, else how long until there may be one."""
        with self._lock:
            now = self._now()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            if now < self._not_before:
                return max(self._not_before - now, SHORTEST_WAIT_SECONDS)
            if self._tokens >= 1:
                self._tokens -= 1
                return 0.0
            return max((1 - self._tokens) / self._rate, SHORTEST_WAIT_SECONDS)

    def hold(self, seconds: float) -> None:
        """The vendor said to come back in so many seconds: nobody calls before, and from then on at half the pace."""
        with self._lock:
            self._not_before = max(self._not_before, self._now() + min(seconds, MOST_WAIT_SECONDS))
            self._rate = max(self._rate / 2, SLOWEST_PER_SECOND)
            self._tokens = min(self._tokens, 1.0)

    def rest(self, seconds: float) -> None:
        """There is nothing to ask for so long (a job is at work there): nobody calls before, and the pace stays."""
        with self._lock:
            self._not_before = max(self._not_before, self._now() + min(seconds, MOST_WAIT_SECONDS))

    def learn(self, remaining: int, seconds: float) -> None:
        """The vendor says that `remaining` calls are left for the next `seconds`: spread them."""
        if seconds <= 0:
            return
        with self._lock:
            self._rate = min(self._usual_rate, max(remaining / seconds, SLOWEST_PER_SECOND))
            self._tokens = min(self._tokens, float(max(remaining, 0)))

    def recover(self) -> None:
        """A call went well: the pace comes back, a tenth at a time."""
        with self._lock:
            self._rate = min(self._usual_rate, self._rate + self._usual_rate / 10)
