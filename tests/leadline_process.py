"""Real `leadline` processes on a data folder of their own: for the tests of the command line and for acceptance."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from leadline.kernel.errors import ServerUnreachableError
from leadline.pipeline import control

LEADLINE = str(Path(sys.executable).with_name("leadline"))
READY_SECONDS = 60.0


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port at once."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def wait_until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for something that happens in another process."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)


def answers(url: str) -> int:
    """The status that a GET gets; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # loopback
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@dataclass
class Folder:
    """A data folder, and the command run on it."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "LEADLINE_DATA": str(self.data), "COLUMNS": "200", **self.settings}

    def run(self, *arguments: str, stdin: str = "", seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """`leadline ARGUMENTS`."""
        return subprocess.run(
            [LEADLINE, *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def json(self, *arguments: str, seconds: float = 120) -> Any:
        """What `leadline ARGUMENTS --json` prints."""
        done = self.run(*arguments, "--json", seconds=seconds)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, command: str, **arguments: Any) -> Any:
        """What the running server answers: as `leadline` asks it, without the second that a process takes to start."""
        return control.call(self.data, command, arguments, lambda *_: None)

    def is_loaded(self) -> bool:
        """Whether the running server has stored and scored all that it accepted."""
        try:
            status = self.ask("status")
        except ServerUnreachableError:  # it is being started again
            return False
        done = status["stored"] + status["duplicates"] + status["quarantined"]
        return bool(status["accepted"] == done and status["spool_lag_seconds"] == 0)

    def python(self, program: str) -> str:
        """What a program says that works on this folder by Python."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        return ran.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command, left running; it writes into `<data>.log`."""
        with Path(f"{self.data}.log").open("a") as log:
            return subprocess.Popen(
                [LEADLINE, *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                text=True,
            )


@dataclass
class Server:
    """`leadline serve` on free ports; stopped when the block ends, however it ends."""

    folder: Folder
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    collect_port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str] | None" = None

    @property
    def pages(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def collector(self) -> str:
        return f"http://127.0.0.1:{self.collect_port}"

    def start(self) -> Self:
        ports = ("--port", str(self.port), "--collect-port", str(self.collect_port))
        self.process = self.folder.start("serve", *ports, *self.options)
        return self

    def wait_until_ready(self) -> Self:
        wait_until(self._is_ready, READY_SECONDS, f"{self.folder.data} serves")
        return self

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, Path(f"{self.folder.data}.log").read_text()[-3000:]
        return answers(f"{self.pages}/readyz") == 200 == answers(f"{self.collector}/readyz")

    def collector_workers(self) -> list[int]:
        """The processes that answer clients, as the collector itself says."""
        path = self.folder.data / "collector.json"
        try:
            found = json.loads(path.read_text())["workers"]
        except FileNotFoundError:
            return []
        return [int(pid) for pid in found if Path(f"/proc/{pid}").exists()]

    def kill(self) -> None:
        """SIGKILL, to the supervisor alone: its children have to notice by themselves."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 60) -> float:
        """SIGTERM; how long it took, in seconds."""
        assert self.process is not None
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(seconds)
        return time.monotonic() - began

    def has_left(self) -> bool:
        """Whether nothing of it listens any more."""
        return is_free(self.port) and is_free(self.collect_port)

    def __enter__(self) -> Self:
        return self.start().wait_until_ready()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
