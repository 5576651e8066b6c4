"""One server per data folder, and no child outlives its parent."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.kernel.errors import AlreadyRunningError, ConfigurationError
from leadline.pipeline.ownership import FolderLock, owner_of
from leadline.project.records import database_settings


def test_a_second_owner_is_refused_with_the_first_ones_process_id(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        assert owner_of(tmp_path) == os.getpid()
        with pytest.raises(AlreadyRunningError, match=f"Process {os.getpid()} has"):
            FolderLock(tmp_path)
    assert owner_of(tmp_path) is None
    with FolderLock(tmp_path):
        pass


def test_an_owner_that_was_killed_owns_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        owner.kill()
    assert owner_of(tmp_path) is None


OWNER = """
import pathlib, sys, time
from leadline.pipeline.ownership import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]))
print("mine", flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
print(child.pid, flush=True)
time.sleep(60)
"""
CHILD = """
import sys, time
from leadline.kernel.processes import die_with_parent
die_with_parent(int(sys.argv[1]))
open(sys.argv[1] + ".ready", "w").close()
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does it on Linux only")
def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, cwd=tmp_path)
    try:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        _until((tmp_path / f"{parent.pid}.ready").exists)
    finally:
        parent.kill()
        parent.communicate()
    _until(lambda: not _alive(child))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does it on Linux only")
def test_a_child_whose_parent_died_before_it_could_say_so_dies_at_once() -> None:
    code = "from leadline.kernel.processes import die_with_parent; die_with_parent(1 << 22); print('still here')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-9, b"")


def test_records_live_where_their_url_says() -> None:
    assert database_settings("", Path("/d"))["NAME"] == Path("/d/records.sqlite3")
    found = database_settings("postgresql://kim:p%40ss@db.example:5433/leads", Path("/d"))
    assert [found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "leads",
        "kim",
        "p@ss",
        "db.example",
        "5433",
    ]
    with pytest.raises(ConfigurationError, match="postgresql://"):
        database_settings("mysql://x", Path("/d"))


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
