"""Two ways of delivering: a thread in the background, or the caller itself."""

import logging
from collections.abc import Sequence
from threading import RLock, Thread, current_thread
from typing import Protocol

from leadline.kernel.errors import LeadlineError
from leadline.tracking.sdk.courier import Courier, Patience
from leadline.tracking.sdk.errors import DeliveryFailedError, QueueFullError, TrackerClosedError
from leadline.tracking.sdk.messages import Packed
from leadline.tracking.sdk.outbox import Outbox, OutboxLimits
from leadline.tracking.sdk.processes import at_end_of_child, watch
from leadline.tracking.sdk.reports import Reports
from leadline.tracking.sdk.retries import RetryPolicy
from leadline.tracking.sdk.stats import Stats
from leadline.tracking.sdk.transport import HttpTransport

_log = logging.getLogger("leadline.sdk")


class Delivery(Protocol):
    """What a tracker does with its messages."""

    @property
    def stats(self) -> Stats:
        """Figures so far."""

    def accept(self, packed: Packed) -> None:
        """Take a message over."""

    def skip(self, error: LeadlineError) -> None:
        """Count a message that can't be sent."""

    def flush(self, seconds: float | None) -> bool:
        """Wait until all that was accepted is settled; True when nothing was lost since the last time."""

    def shutdown(self, seconds: float) -> bool:
        """The same, and accept nothing more."""


class Nowhere:
    """The delivery of a tracker that is switched off."""

    stats = Stats()

    def accept(self, packed: Packed) -> None:
        """Forget it."""

    def skip(self, error: LeadlineError) -> None:
        """Nothing is counted."""

    def flush(self, seconds: float | None) -> bool:  # noqa: ARG002  # the protocol's
        """Nothing waits."""
        return True

    def shutdown(self, seconds: float) -> bool:  # noqa: ARG002  # the protocol's
        """Nothing waits."""
        return True


class Background:
    """Messages wait in memory; one thread sends them. The thread starts with the first message of each process."""

    def __init__(
        self, transport: HttpTransport, policy: RetryPolicy, limits: OutboxLimits, reports: Reports, exit_seconds: float
    ) -> None:
        self._transport, self._policy, self._limits, self._reports = transport, policy, limits, reports
        self.exit_seconds = exit_seconds
        self._begin()
        watch(self)

    def _begin(self) -> None:
        self._outbox = Outbox(self._limits)
        self._thread: Thread | None = None
        self._starting = RLock()

    def renew(self) -> None:
        """In a forked child: what waits is the parent's to send, and so are its connections, locks and figures."""
        was_closed, self._inherited = self._outbox.is_closed, self._transport  # kept, so that nothing closes it here
        self._begin()
        self._transport = self._transport.renewed()
        if was_closed:
            self._outbox.close(0)

    @property
    def stats(self) -> Stats:
        """Figures of this process."""
        return self._outbox.stats

    def accept(self, packed: Packed) -> None:
        """Queue it. Never waits for the network and never raises: what has no place is reported."""
        if self._outbox.put(packed):
            self._ensure_thread()
        elif self._outbox.is_closed:
            self._reports.lost(closed(), [packed])
        else:
            advice = "The server is slow or down, or max_queue is too small."
            self._reports.lost(QueueFullError("The tracker's queue is full.", advice=advice), [packed])

    def skip(self, error: LeadlineError) -> None:
        """Count it as dropped."""
        self._outbox.skipped()
        self._reports.skipped(error)

    def flush(self, seconds: float | None) -> bool:
        """Send now what waits; never inside `on_error`, where the sending thread would wait for itself."""
        if self._thread is current_thread():
            return False
        if self._outbox.stats.queued:
            self._ensure_thread()
        return self._outbox.wait_until_settled(seconds)

    def shutdown(self, seconds: float) -> bool:
        """Send what waits within these seconds, end the thread, report the rest as lost. A second call does nothing."""
        with self._starting:
            self._outbox.close(seconds)
            thread = self._thread
        if thread is None:
            self._send_all()
        elif thread is not current_thread():
            thread.join(max(self._outbox.remaining(), 0))
        if left := self._outbox.abandon():
            advice = "Give shutdown more time, or see why the collector is slow."
            self._reports.lost(
                DeliveryFailedError("The tracker was shut down before all was sent.", advice=advice), left
            )
        return self._outbox.stats.dropped == 0

    def _ensure_thread(self) -> None:
        thread = self._thread
        if thread is not None and thread.is_alive():
            return
        with self._starting:
            is_alive = self._thread is not None and self._thread.is_alive()
            if not is_alive and not self._outbox.is_closed:
                self._start_thread()

    def _start_thread(self) -> None:
        thread = Thread(target=self._send_all, name="leadline-sender", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # no more threads, or the interpreter ends: shutdown sends what waits
            self._reports.trouble(str(error))
            return
        self._thread = thread
        at_end_of_child(self)

    def _send_all(self) -> None:
        """The thread: batch after batch, until the outbox is closed and empty."""
        outbox, transport = self._outbox, self._transport
        courier = Courier(transport, self._policy, outbox, self._on_retry)
        while batch := outbox.take():
            self._send(outbox, courier, batch)
        transport.close()

    def _send(self, outbox: Outbox, courier: Courier, batch: Sequence[Packed]) -> None:
        error: LeadlineError | None = None
        try:
            courier.deliver(batch)
        except LeadlineError as fault:
            error = fault
        except Exception as fault:  # noqa: BLE001  # a thread that dies loses all that comes later
            _log.exception("the event tracker failed at a batch")
            error = DeliveryFailedError(f"The batch could not be sent ({type(fault).__name__}: {fault}).")
        if outbox.finish(batch, delivered=error is None):
            if error is not None:  # told before flush returns
                self._reports.lost(error, batch)
            outbox.settle(batch)

    def _on_retry(self, reason: str) -> None:
        self._outbox.retried()
        self._reports.trouble(reason)


class Direct:
    """The caller sends, and knows how it ended."""

    def __init__(self, transport: HttpTransport, policy: RetryPolicy, reports: Reports) -> None:
        self._transport, self._policy, self._reports = transport, policy, reports
        self.exit_seconds = 0.0
        self._is_closed = False
        self._begin()
        watch(self)

    def _begin(self) -> None:
        self._sent = self._dropped = self._retried = 0
        self._counting = RLock()

    def renew(self) -> None:
        """In a forked child: connections and figures of its own."""
        self._inherited = self._transport
        self._begin()
        self._transport = self._transport.renewed()

    @property
    def stats(self) -> Stats:
        """Figures of this process."""
        with self._counting:
            return Stats(0, self._sent, self._dropped, self._retried)

    def accept(self, packed: Packed) -> None:
        """Returns when the server has it.

        Raises:
            DeliveryRefusedError, DeliveryFailedError, TrackerClosedError: it has not.
        """
        if self._is_closed:
            raise closed()
        try:
            Courier(self._transport, self._policy, Patience(), self._on_retry).deliver([packed])
        except LeadlineError:
            self._count(dropped=1)
            raise
        self._count(sent=1)

    def skip(self, error: LeadlineError) -> None:
        """Count it as dropped."""
        self._count(dropped=1)
        self._reports.skipped(error)

    def flush(self, seconds: float | None) -> bool:  # noqa: ARG002  # the protocol's
        """Nothing ever waits."""
        return True

    def shutdown(self, seconds: float) -> bool:  # noqa: ARG002  # the protocol's
        """Close the connections."""
        self._is_closed = True
        self._transport.close()
        return True

    def _on_retry(self, reason: str) -> None:
        self._count(retried=1)
        self._reports.trouble(reason)

    def _count(self, sent: int = 0, dropped: int = 0, retried: int = 0) -> None:
        with self._counting:
            self._sent, self._dropped = self._sent + sent, self._dropped + dropped
            self._retried += retried


def closed() -> TrackerClosedError:
    """The error of a message that comes too late."""
    return TrackerClosedError("The tracker was shut down.", advice="Make it live as long as the process that uses it.")
