"""Throwaway PostgreSQL clusters, from the server programs of the system; never as root."""

import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.leadline_process import free_port

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
MISSING = "PostgreSQL's server programs are missing: apt-get install postgresql"


def is_installed() -> bool:
    """Whether there is a server to start."""
    return PROGRAMS is not None and (PROGRAMS / "initdb").exists()


@dataclass
class Cluster:
    """A cluster in `folder`, on loopback and on a socket there. Its user is `user`, without a password."""

    folder: Path
    user: str = "leadline"
    port: int = field(default_factory=free_port)

    @property
    def data(self) -> str:
        return f"{self.folder}/cluster"

    def make(self) -> None:
        """An empty cluster."""
        give_to_server_user(self.folder)
        run("initdb", "-D", self.data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", self.data, "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def create(self, database: str) -> None:
        run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, database)

    def stop(self, how: str = "immediate") -> None:
        run("pg_ctl", "-D", self.data, "-m", how, "stop")


def run(program: str, *arguments: str) -> None:
    """One of the server's programs."""
    assert PROGRAMS is not None
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # PostgreSQL refuses to run as root
    command = [*prefix, str(PROGRAMS / program), *arguments]
    with tempfile.TemporaryFile("w+") as told:  # no pipe: the server that pg_ctl starts would hold it open
        done = subprocess.run(command, stdout=told, stderr=told, check=False, cwd="/")
        told.seek(0)
        assert done.returncode == 0, told.read()


def give_to_server_user(folder: Path) -> None:
    """Let the server's user own a folder, when it is another than ours."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
