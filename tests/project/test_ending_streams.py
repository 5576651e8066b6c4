"""A server that stops ends the live page's streams first: Granian waits for every open answer."""

import asyncio
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from leadline.pipeline import runtime
from leadline.pipeline.live import LiveFeed
from leadline.project.streams import END_STREAMS, end_streams_of, listen_for_the_end


def test_streams_end_on_the_servers_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = LiveFeed()
    monkeypatch.setattr(runtime, "_running", SimpleNamespace(engine=SimpleNamespace(live=feed)))

    async def serve() -> None:
        listen_for_the_end()
        end_streams_of(os.getpid())
        await feed.wait(feed.last, seconds=10)
        asyncio.get_running_loop().remove_signal_handler(END_STREAMS)

    asyncio.run(serve())
    assert feed.closed


def test_the_signal_comes_before_the_pipeline_and_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_running", None)

    async def serve() -> None:
        listen_for_the_end()
        end_streams_of(os.getpid())
        await asyncio.sleep(0.05)
        asyncio.get_running_loop().remove_signal_handler(END_STREAMS)

    asyncio.run(serve())


def test_a_worker_that_does_not_listen_yet_takes_no_harm() -> None:
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as worker:
        end_streams_of(worker.pid)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(0.3)
        worker.send_signal(signal.SIGKILL)
    end_streams_of(worker.pid)  # it has left
    end_streams_of(None)
