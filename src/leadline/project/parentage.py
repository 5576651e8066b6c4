"""Granian's worker does not outlive the process that started it; under another ASGI server nothing happens."""

import os

from leadline.kernel.processes import die_with_parent

PARENT = "LEADLINE_SERVER_PROCESS"


def die_with_server() -> None:
    """To be called in the worker, once it runs."""
    if parent := os.environ.get(PARENT):
        die_with_parent(int(parent))
