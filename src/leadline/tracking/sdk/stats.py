"""What a tracker has done so far."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stats:
    """Messages of this process; a forked child begins at zero.

    Attributes:
        queued: waiting or on their way.
        sent: acknowledged by the server.
        dropped: given up, refused, or without a place in the queue.
        retried: requests that were sent again.
    """

    queued: int = 0
    sent: int = 0
    dropped: int = 0
    retried: int = 0
