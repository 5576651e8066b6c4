"""What can go wrong between a call and the collector.

    LeadlineError
    ├── TerminalError
    │   ├── InvalidMessageError    raised at the caller: this message could never be stored
    │   │   └── NobodyError        it names nobody
    │   ├── DeliveryRefusedError   the server does not want it: a wrong key or address, a broken request
    │   └── TrackerClosedError     the tracker was shut down before
    └── TransientError
        ├── QueueFullError         more waits than the tracker may hold
        └── ServerUnreachableError
            └── DeliveryFailedError  tried for long, and given up

A background tracker raises the first only, and tells the others to `on_error`; a synchronous one raises all.
"""

from typing import ClassVar

from leadline.kernel.errors import ServerUnreachableError, TerminalError, TransientError


class InvalidMessageError(TerminalError):
    """The arguments of a call make no message that could be stored."""

    code: ClassVar[str] = "invalid_message"


class NobodyError(InvalidMessageError):
    """A message names nobody, and no request says who asks."""


class DeliveryRefusedError(TerminalError):
    """The server answered that it will never take these messages.

    Attributes:
        status: the HTTP status of the answer.
    """

    code: ClassVar[str] = "delivery_refused"

    def __init__(self, message: str, *, status: int, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.status = status


class TrackerClosedError(TerminalError):
    """A message came after the tracker was shut down."""

    code: ClassVar[str] = "tracker_closed"


class QueueFullError(TransientError):
    """More messages wait than the tracker may hold in memory."""

    code: ClassVar[str] = "queue_full"


class DeliveryFailedError(ServerUnreachableError):
    """The server did not take the messages within the time that the tracker tries for."""

    code: ClassVar[str] = "delivery_failed"
