"""Sends what is due, several channels at once and each by itself: one that hangs keeps no other waiting.

Threads only hand messages over; claiming and settling are done by whoever calls.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

from leadline.notifications import deliveries
from leadline.notifications.addresses import MAIL
from leadline.notifications.deliveries import Parcel
from leadline.notifications.models import Channel
from leadline.notifications.services import Fate, Outcome
from leadline.pipeline import mail
from leadline.pipeline.notifying.handing_over import hand_over

THREADS = 8
HandOver = Callable[[Parcel], Outcome]


class Courier:
    """Call `collect` and `send_due` again and again, from one thread."""

    def __init__(self, hand_over: HandOver = hand_over) -> None:
        self._hand_over = hand_over
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="notifications")
        self._under_way: dict[int, tuple[Parcel, Future[Outcome]]] = {}

    def send_due(self, now: datetime) -> int:
        """Give each channel that is free its next message. Returns how many were handed over."""
        return sum(self._begin(channel, now) for channel in may_be_sent(now) if channel.pk not in self._under_way)

    def collect(self, now: datetime) -> int:
        """Settle what has come to an end. Returns how many did."""
        ended = [each for each in self._under_way.values() if each[1].done()]
        for parcel, future in ended:
            deliveries.settle(parcel, _outcome(future), now)
            del self._under_way[parcel.channel]
        return len(ended)

    def finish(self, now: datetime, seconds: float) -> None:
        """Wait for what is under way: what has not ended by then may have arrived, what did not begin waits."""
        for _, future in self._under_way.values():
            future.cancel()
        wait([future for _, future in self._under_way.values()], timeout=seconds)
        self.collect(now)
        self._pool.shutdown(wait=False)

    def _begin(self, channel: Channel, now: datetime) -> bool:
        parcel = deliveries.claim(channel, now)
        if parcel is None:
            return False
        self._under_way[channel.pk] = parcel, self._pool.submit(self._hand_over, parcel)
        return True


def may_be_sent(now: datetime) -> list[Channel]:
    """Channels to send to now. Mail waits, and counts no attempt, while no mail server is set up."""
    return [row for row in deliveries.open_channels(now) if row.service != MAIL or mail.is_configured()]


def deliver(now: datetime, hand_over: HandOver = hand_over) -> int:
    """Send everything that is due, one after the other. Returns how many messages left."""
    left = 0
    for channel in may_be_sent(now):
        while (parcel := deliveries.claim(channel, now)) is not None:
            outcome = hand_over(parcel)
            deliveries.settle(parcel, outcome, now)
            left += outcome.fate is Fate.SENT
    return left


def _outcome(future: Future[Outcome]) -> Outcome:
    if future.cancelled():
        return Outcome(Fate.LATER, "Leadline stopped before this was sent.")
    return future.result()
