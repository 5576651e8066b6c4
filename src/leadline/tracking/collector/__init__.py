"""Stage 1 of 6: the collector. Segment-compatible HTTP that answers 200 once a request is on disk, and not before.

It imports no Django: kernel, spool and key derivation are all it needs, so that it starts fast and stays small.
"""

from leadline.tracking.collector.app import create_app
from leadline.tracking.collector.authentication import Keyring
from leadline.tracking.collector.requests import Limits
from leadline.tracking.collector.server import serve_collector
from leadline.tracking.collector.state import CollectorState, read_state

__all__ = ["CollectorState", "Keyring", "Limits", "create_app", "read_state", "serve_collector"]
