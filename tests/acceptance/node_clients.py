"""JavaScript clients from the npm registry, as locked in `clients/`."""

import hashlib
import os
import shutil
import subprocess
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.python_clients import CLIENTS, Sending, job_of, start

MODULES = CLIENTS / "node_modules"
INSTALL_SECONDS = 300


def node_modules() -> Path:
    """The folder of installed packages. Skips by name where they can't be had; without npm it fails in CI."""
    if shutil.which("npm") is None:
        reason = "npm is missing: apt-get install npm"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    stamp = MODULES / ".leadline"
    locked = hashlib.sha256((CLIENTS / "package-lock.json").read_bytes()).hexdigest()
    with (CLIENTS / "package-lock.json").open() as lock:
        flock(lock, LOCK_EX)  # the tests run in several processes
        if not stamp.exists() or stamp.read_text() != locked:
            _install()
            stamp.write_text(locked)
    return MODULES


def _install() -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            command, cwd=CLIENTS, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the packages of npm could not be installed in {INSTALL_SECONDS} s")
    if done.returncode:  # a package that moved is not our fault
        pytest.skip(f"the packages of npm could not be installed: {done.stderr.strip()[-200:]}")


def send(
    driver: str, host: str, key: str, calls: int | None, pause: float = 0.0, until: Path | None = None, **options: Any
) -> Sending:
    """Start a program of `clients/` under Node.js that makes calls as `python_clients.send` says, and ends."""
    return start(["node", driver], job_of(host, key, calls, pause, until, options))
