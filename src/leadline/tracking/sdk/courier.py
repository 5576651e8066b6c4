"""Brings one batch to the collector: attempt after attempt, until it is taken, refused or given up."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import random
from typing import Protocol

from leadline.tracking.sdk.errors import DeliveryFailedError, DeliveryRefusedError
from leadline.tracking.sdk.messages import Packed
from leadline.tracking.sdk.retries import Answer, RetryPolicy, Verdict


class Transport(Protocol):
    """One attempt to deliver."""

    def send(self, batch: Sequence[Packed], longest: float) -> Answer:
        """Send once; take at most `longest` seconds."""


class Pacing(Protocol):
    """Who says how long a delivery may wait."""

    def pause(self, seconds: float) -> None:
        """Wait, or less when the tracker is being shut down."""

    def remaining(self) -> float:
        """Seconds until the work must be done; infinite while nobody shuts down."""


class Patience:
    """The pacing of a synchronous tracker: nobody interrupts it."""

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def remaining(self) -> float:
        """For ever."""
        return float("inf")


@dataclass(frozen=True)
class Courier:
    """Delivers batches under a policy.

    Attributes:
        on_retry: told why, before each wait.
        monotonic, chance: time in seconds, and a number from 0 to 1; arguments for the sake of tests.
    """

    transport: Transport
    policy: RetryPolicy
    pacing: Pacing
    on_retry: Callable[[str], None]
    monotonic: Callable[[], float] = field(default=time.monotonic)
    chance: Callable[[], float] = field(default=random)

    def deliver(self, batch: Sequence[Packed]) -> None:
        """Returns when the server has acknowledged the batch.

        Raises:
            DeliveryRefusedError: the server will never take it.
            DeliveryFailedError: the time or the number of retries is used up.
        """
        began, retry, last = self.monotonic(), 0, ""
        while self.pacing.remaining() > 0:
            answer = self.transport.send(batch, self.pacing.remaining())
            if answer.verdict is Verdict.DELIVERED:
                return
            if answer.verdict is Verdict.REFUSED:
                raise refused(answer)
            retry, last = retry + 1, answer.reason
            delay = self.policy.delay(retry, answer.retry_after, self.chance())
            if not self.policy.allows(retry, self.monotonic() - began + delay):
                break
            self.on_retry(last)
            self.pacing.pause(delay)
        raise failed(retry, last)


def refused(answer: Answer) -> DeliveryRefusedError:
    """The error of a terminal answer, with what to do about it."""
    advice = "The messages are dropped."
    if answer.status == 401:
        advice = "Check the write key: it is unknown or was revoked."
    elif answer.status < 400:
        advice = "Give the tracker the address that this one redirects to."
    return DeliveryRefusedError(f"The collector refused: {answer.reason}.", status=answer.status, advice=advice)


def failed(attempts: int, reason: str) -> DeliveryFailedError:
    """The error of giving up."""
    told = f"{attempts} attempts, the last: {reason}" if attempts else "the tracker was shut down before the first"
    return DeliveryFailedError(
        f"The collector was not reached ({told}).", advice="Check that it runs, then send again."
    )
