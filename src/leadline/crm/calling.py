"""The calls of one run: too many are waited out, failures are counted, and an outage ends the run."""

from collections.abc import Callable
from typing import TypeVar

from leadline.crm.backoff import pause
from leadline.crm.breaker import Breaker, after_failure, after_success
from leadline.crm.errors import RateLimitedError, RemoteTransientError
from leadline.kernel.clock import Clock

TRIES = 6
"""Of one call that the vendor finds to be too many."""
LONGEST_WAIT_SECONDS = 60.0
"""In a run; who is asked to wait for longer lets the next run do it."""

Answer = TypeVar("Answer")


class OutageError(RemoteTransientError):
    """The CRM does not answer: the run ends, and the circuit opens."""


class Calls:
    """Makes calls and minds the breaker.

    Args:
        roll: random numbers in [0, 1).

    Attributes:
        before: is called before each call; it may raise.
    """

    def __init__(
        self,
        breaker: Breaker,
        clock: Clock,
        sleep: Callable[[float], None],
        roll: Callable[[], float],
    ) -> None:
        self.breaker = breaker
        self.before: Callable[[], None] = lambda: None
        self._clock, self._sleep, self._roll = clock, sleep, roll

    @property
    def is_out(self) -> bool:
        """Whether the circuit has opened: nothing more is called."""
        return self.breaker.closed_until is not None

    def ask(self, call: Callable[[], Answer]) -> Answer:
        """The answer of a call.

        Raises:
            OutageError: no answer, and too often in a row.
            RemoteTransientError: no answer.
            CRMError: a terminal one, as the connector raised it.
        """
        if self.is_out:
            raise OutageError("The CRM stopped answering.", advice="It is tried again by itself.")
        try:
            answer = self._patiently(call)
        except RemoteTransientError as error:
            raise self._failed(error) from error
        self.breaker = after_success()
        return answer

    def _patiently(self, call: Callable[[], Answer]) -> Answer:
        for attempt in range(1, TRIES):
            self.before()
            try:
                return call()
            except RateLimitedError as error:
                if (error.retry_after or 0.0) > LONGEST_WAIT_SECONDS:
                    raise
                jitter = pause(attempt, self._roll(), base=1.0, longest=LONGEST_WAIT_SECONDS)
                self._sleep((error.retry_after or 0.0) + jitter)
        self.before()
        return call()

    def _failed(self, error: RemoteTransientError) -> RemoteTransientError:
        wait = error.retry_after if isinstance(error, RateLimitedError) else None
        self.breaker = after_failure(self.breaker, self._clock(), self._roll(), wait)
        if not self.is_out:
            return error
        return OutageError(error.message, advice=error.advice, vendor_code=error.vendor_code)
