"""`--one-port`: the collector inside the application, for hosts that give one port, at the latency the docs state."""

import os
from pathlib import Path

from django.conf import settings

from leadline.privacy.current_keys import CurrentKeys
from leadline.tracking.collector.app import Application, create_app
from leadline.tracking.collector.authentication import Keyring
from leadline.tracking.collector.options import options_from_environment
from leadline.tracking.collector.state import StateKeeper
from leadline.tracking.spool.writer import SpoolWriter

VARIABLE = "LEADLINE_ONE_PORT"
COLLECT_PORT = "LEADLINE_COLLECT_PORT"
"""Tells the application the port of the collector beside it, which its pages show."""


def collector_beside_pages() -> Application | None:
    """The collector's application when this process is to serve it too."""
    if os.environ.get(VARIABLE) != "1":
        return None
    data = Path(settings.DATA)
    writer = SpoolWriter(data / "spool", CurrentKeys(data, "spool").newest)
    state = StateKeeper(writer, data)
    state.start()

    def shut_down() -> None:
        writer.close()
        state.stop()

    return create_app(
        writer,
        Keyring(data / "keyring.json"),
        state=state,
        on_shutdown=shut_down,
        options=options_from_environment(),
    )
