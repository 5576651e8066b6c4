"""`leadline serve`: two processes, collector and application, started, watched, started again when one dies."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import httpx

from leadline.kernel.errors import ServerUnreachableError
from leadline.project.one_port import COLLECT_PORT, VARIABLE

READY_SECONDS = 90.0
POLL_SECONDS = 0.1
RESTART_SECONDS = 1.0
DRAIN_SECONDS = 45.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Addresses:
    """Where the parts listen. `collect_port` None: the application collects too."""

    host: str
    port: int
    collect_port: int | None

    @property
    def pages(self) -> str:
        """The application's address."""
        return f"http://{self.host}:{self.port}"

    @property
    def collector(self) -> str:
        """The collector's address."""
        return f"http://{self.host}:{self.collect_port or self.port}"


class Supervisor:
    """Owns the child processes; when it leaves, they have left."""

    def __init__(self, data: Path, addresses: Addresses) -> None:
        self._addresses = addresses
        self._environment = {**os.environ, "LEADLINE_DATA": str(data)}
        self._commands = self._commands_of(data, addresses)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        for name in self._commands:
            self._start(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(DRAIN_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()

    def wait_until_ready(self) -> None:
        """Until both parts answer that they are ready.

        Raises:
            ServerUnreachableError: one of them has stopped, or is not ready in time.
        """
        until = time.monotonic() + READY_SECONDS
        with httpx.Client(timeout=2.0) as client:  # one: making it costs as much as a hundred questions
            for address in {self._addresses.collector, self._addresses.pages}:
                while not self._stopping.is_set() and not _is_ready(client, address):
                    self._check_alive()
                    if time.monotonic() > until:
                        raise ServerUnreachableError(f"{address} was not ready within {READY_SECONDS:.0f} s.")
                    time.sleep(POLL_SECONDS)

    def supervise(self) -> None:
        """Until a signal: a part that dies is started again."""
        while not self._stopping.wait(POLL_SECONDS):
            for name, child in list(self._children.items()):
                if child.poll() is not None:
                    logger.error("The %s ended with %s; it is started again", name, child.returncode)
                    time.sleep(RESTART_SECONDS)
                    self._start(name)

    def _commands_of(self, data: Path, addresses: Addresses) -> dict[str, list[str]]:
        here = ["--parent", str(os.getpid()), "--host", addresses.host, "--port"]
        application = [sys.executable, "-m", "leadline.project.server", *here, str(addresses.port)]
        if addresses.collect_port is None:
            self._environment[VARIABLE] = "1"
            return {"application": application}
        self._environment[COLLECT_PORT] = str(addresses.collect_port)
        collector = [sys.executable, "-m", "leadline.tracking.collector", "--data", str(data)]
        return {"collector": [*collector, *here, str(addresses.collect_port)], "application": application}

    def _start(self, name: str) -> None:
        self._children[name] = subprocess.Popen(self._commands[name], env=self._environment, start_new_session=True)

    def _check_alive(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ServerUnreachableError(
                    f"The {name} stopped while starting.", advice="Its message stands above; is the port taken?"
                )

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature of a handler
        self._stopping.set()


def _is_ready(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(f"{address}/readyz").status_code == 200
    except httpx.HTTPError:
        return False
