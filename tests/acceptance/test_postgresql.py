"""The record store on PostgreSQL: a throwaway cluster on a Unix socket.

Bound: one minute.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.leadline_process import Folder, free_port

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
pytestmark = pytest.mark.postgres


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty database."""
    if PROGRAMS is None or not (PROGRAMS / "initdb").exists():
        message = "PostgreSQL's server programs are missing: apt-get install postgresql"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="leadline-pg-"))  # pytest's own folder is closed to the server's user
    port = free_port()
    try:
        _give_to_server_user(folder)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        _run("initdb", "-D", f"{folder}/cluster", "-U", "leadline", "-A", "trust", "-E", "UTF8", "--locale=C")
        _run("pg_ctl", "-D", f"{folder}/cluster", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            _run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "leadline", "records")
            yield f"postgresql://leadline@127.0.0.1:{port}/records"
        finally:
            _run("pg_ctl", "-D", f"{folder}/cluster", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    assert PROGRAMS is not None
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # PostgreSQL refuses to run as root
    command = [*prefix, str(PROGRAMS / program), *arguments]
    with tempfile.TemporaryFile("w+") as told:  # no pipe: the server that pg_ctl starts would hold it open
        done = subprocess.run(command, stdout=told, stderr=told, check=False, cwd="/")
        told.seek(0)
        assert done.returncode == 0, told.read()


def _give_to_server_user(folder: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def test_the_demonstration_works_with_its_records_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql})
    done = folder.run("demo", "--leads", "100", "--days", "30", seconds=180)
    assert done.returncode == 0, done.stderr
    status = folder.json("status")
    assert status["stored"] > 500
    assert status["accepted"] == status["stored"] + status["duplicates"] + status["quarantined"]
    assert sum(status["by_stage"].values()) == status["leads"] > 50
    lead = folder.json("leads", "--limit", "1")[0]
    assert folder.json("explain", str(lead["id"]))["total"] == lead["total"]
    assert not (folder.data / "records.sqlite3").exists()
    assert next(f for f in folder.json("doctor") if f["check"] == "record store")["text"] == "postgresql"
