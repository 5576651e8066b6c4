"""Python programs as their makers ship them, each version in a virtual environment of its own, made by pip, which the
next run on this machine finds again."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parent / "clients"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leadline-test-programs"
INSTALL_SECONDS = 300


@dataclass(frozen=True)
class PythonClient:
    """A distribution at a version, and the program in `clients/` that sends with it."""

    pin: str
    driver: str
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.pin


SEGMENT_OPTIONS = {"upload_size": 10, "upload_interval": 0.1, "max_retries": 12, "timeout": 5}
SEGMENT = [
    PythonClient(f"segment-analytics-python=={version}", "segment_python.py", SEGMENT_OPTIONS)
    for version in ("2.4.0", "2.3.6", "2.2.3")
]
RUDDER = PythonClient("rudder-sdk-python==2.1.9", "rudder_python.py", SEGMENT_OPTIONS)
POSTHOG_OPTIONS = {"flush_at": 10, "flush_interval": 0.1, "max_retries": 12, "timeout": 5}
POSTHOG = PythonClient("posthog==7.91.1", "posthog_python.py", POSTHOG_OPTIONS)


def interpreter_with(pin: str) -> Path:
    """The interpreter of an environment that has this distribution. Skips by name where it can't be had."""
    folder = CACHE / hashlib.sha256(f"{pin} {sys.version} {sys.prefix}".encode()).hexdigest()[:16]
    interpreter, done = folder / "bin" / "python", folder / "installed"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder)
            _install(interpreter, pin)
            done.write_text(pin)
    return interpreter


def _install(interpreter: Path, pin: str) -> None:
    ours = [sys.executable, "-m", "pip", "--python", str(interpreter)]  # one of its own takes five seconds to make
    command = [*ours, "install", "--quiet", "--disable-pip-version-check", pin]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{pin} could not be installed in {INSTALL_SECONDS} s")
    if done.returncode:  # a package that moved is not our fault
        pytest.skip(f"{pin} could not be installed: {done.stderr.strip()[-200:]}")


@dataclass
class Sending:
    """A client at work in a process of its own."""

    process: "subprocess.Popen[str]"

    def result(self, seconds: float) -> dict[str, Any]:
        """Wait until it is done; what it says of itself."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            raise
        assert self.process.returncode == 0, err
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        return found

    def stop(self) -> None:
        """End it, and let go of its pipes, or a failure here would be told once more of tests to come."""
        with self.process:
            self.process.kill()


def send(
    client: PythonClient, host: str, key: str, calls: int | None, pause: float = 0.0, until: Path | None = None,
    **options: Any,
) -> Sending:  # fmt: skip
    """Start a client that makes `calls` calls, `pause` seconds apart, flushes and ends.

    Args:
        calls: how many; None: as many as it can until there is a file at `until`.
    """
    job = job_of(host, key, calls, pause, until, {**client.options, **options})
    return start([str(interpreter_with(client.pin)), str(CLIENTS / client.driver)], job)


def job_of(
    host: str, key: str, calls: int | None, pause: float, until: Path | None, options: dict[str, Any]
) -> dict[str, Any]:
    """What a driver is told."""
    assert (calls is None) != (until is None), "it has to end"
    told = {"host": host, "key": key, "calls": calls, "pause": pause, "options": options}
    return {**told, "until": until and str(until)}


def start(command: list[str], job: dict[str, Any]) -> Sending:
    """A driver gets its job as JSON in its last argument and prints its result as the last line."""
    process = subprocess.Popen(
        [*command, json.dumps(job)],
        cwd=CLIENTS,
        env={name: value for name, value in os.environ.items() if not name.startswith(("LEADLINE_", "PYTHON"))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    return Sending(process)
