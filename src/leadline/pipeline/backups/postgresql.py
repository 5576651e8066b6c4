"""PostgreSQL's own programs for dumping and restoring a database, with the address and password of the settings."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from leadline.kernel.errors import TerminalError

POLL_SECONDS = 0.2
LONGEST_WORDS = 300
Database = Mapping[str, Any]
"""Django's entry of DATABASES."""
ADDRESS = ("HOST", "PORT", "USER", "PASSWORD")
"""Of these; the programs read each from a variable of that name with PG in front."""


class PostgreSQLError(TerminalError):
    """pg_dump or pg_restore failed, with its own words."""

    code = "postgresql"


def require(program: str) -> None:
    """Refuse early when one of the programs is not there.

    Raises:
        PostgreSQLError: it is not.
    """
    if shutil.which(program) is None:
        advice = "Install PostgreSQL's client programs, of the server's version or newer."
        raise PostgreSQLError(f"The program {program} is not there.", advice=advice)


def dump(database: Database, path: Path, snapshot: str, waiting: Callable[[], None]) -> None:
    """Dump the database as an exported snapshot shows it, in pg_dump's own format.

    Raises:
        PostgreSQLError: it failed.
    """
    path.touch(0o600)
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}"]
    _run("pg_dump", options, database, waiting)


def restore(database: Database, path: Path, waiting: Callable[[], None]) -> None:
    """Put a dump into an empty database: all of it, or nothing.

    Raises:
        PostgreSQLError: it failed.
    """
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", [*options, f"--dbname={database['NAME']}", str(path)], database, waiting)


def _run(program: str, options: Sequence[str], database: Database, waiting: Callable[[], None]) -> None:
    require(program)
    given = {f"PG{key}": str(database[key]) for key in ADDRESS if database.get(key)}
    command = [str(shutil.which(program)), *options]
    with subprocess.Popen(
        command, env={**os.environ, **given, "PGDATABASE": str(database["NAME"])}, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            words = _words(running, waiting)
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        advice = "Its version must be the server's or newer." if "version" in words else ""
        raise PostgreSQLError(f"{program} failed: {words.strip()[-LONGEST_WORDS:]}", advice=advice)


def _words(running: "subprocess.Popen[str]", waiting: Callable[[], None]) -> str:
    while True:
        try:
            return running.communicate(timeout=POLL_SECONDS)[1]
        except subprocess.TimeoutExpired:
            waiting()
