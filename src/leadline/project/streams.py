"""Ending the live page's streams when the server stops. Its own process is told by a signal that is ignored wherever
nobody listens, so that a worker which is still starting takes no harm."""

import asyncio
import os
import signal
from contextlib import suppress

from leadline.kernel.errors import ServerUnreachableError

END_STREAMS = signal.SIGURG


def end_streams_of(process: int | None) -> None:
    """Have a worker process end its streams; one that has left has none."""
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, END_STREAMS)


def listen_for_the_end() -> None:
    """To be called in the worker's event loop. Other ASGI servers send no such signal; their streams end with the
    connection."""
    with suppress(NotImplementedError, RuntimeError, ValueError):  # a loop or a thread that takes no signals
        asyncio.get_running_loop().add_signal_handler(END_STREAMS, _close_feed)


def _close_feed() -> None:
    from leadline.pipeline import runtime

    with suppress(ServerUnreachableError):  # not started: no streams
        runtime.running().engine.live.close()
