"""Stage 1 of 6, on the platform's side: events from Python code to a collector.

Imports neither Django nor a database; httpx is loaded when a tracker is made. The middlewares lie beside it, in
`django` and `asgi`.
"""

from leadline.tracking.sdk.errors import (
    DeliveryFailedError,
    DeliveryRefusedError,
    InvalidMessageError,
    QueueFullError,
    TrackerClosedError,
)
from leadline.tracking.sdk.stats import Stats
from leadline.tracking.sdk.tracker import EventTracker

__all__ = [
    "DeliveryFailedError",
    "DeliveryRefusedError",
    "EventTracker",
    "InvalidMessageError",
    "QueueFullError",
    "Stats",
    "TrackerClosedError",
]
