"""The command on data folders of their own. Most tests call `main` in this process, on a record store that forgets what
they did; what a process' life is about calls the real program."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from tests.leadline_process import Folder, Server

os.environ["COLUMNS"] = "200"  # before the command's console looks at it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests on `filled`: pytest-django makes the tables only when a test says that it needs them, and such a
    test run alone would find none."""
    for item in items:
        if "filled" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)


@dataclass
class InProcess(Folder):
    """A data folder; commands run in this process, through the same `main` as the program's."""

    def run(self, *arguments: str, stdin: str = "", seconds: float = 0) -> "subprocess.CompletedProcess[str]":  # noqa: ARG002  # as the program takes it
        from leadline.cli.main import main
        from leadline.cli.session import start_django

        start_django.cache_clear()
        said, complained = StringIO(), StringIO()
        with (
            mock.patch.object(django_settings, "DATA", self.data),
            mock.patch.dict(os.environ, {"LEADLINE_DATA": str(self.data)}),
            mock.patch.object(sys, "argv", ["leadline", *arguments]),
            mock.patch.object(sys, "stdin", StringIO(stdin)),
            mock.patch.object(sys, "stdout", said),
            mock.patch.object(sys, "stderr", complained),
        ):
            code = _exit_code(main)
        start_django.cache_clear()
        return subprocess.CompletedProcess(list(arguments), code, said.getvalue(), complained.getvalue())


def _exit_code(main: Any) -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@contextmanager
def _forgotten(blocker: Any) -> Iterator[None]:
    """What is written inside is taken back at the end."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def folder(tmp_path: Path, db: None) -> InProcess:  # noqa: ARG001  # the record store behind it
    return InProcess(tmp_path / "data")


@pytest.fixture(scope="session")
def new_data(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,  # noqa: ARG001  # the tables
    django_db_blocker: Any,
) -> Callable[[Path], Path]:
    """Makes data folders with the tables of this process's record store, which a new process takes seconds to make."""
    tables = tmp_path_factory.mktemp("tables") / "records.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(tables)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)

    def made(data: Path) -> Path:
        data.mkdir(mode=0o700)
        shutil.copyfile(tables, data / tables.name)
        (data / tables.name).chmod(0o600)
        return data

    return made


@pytest.fixture
def own_process(tmp_path: Path, new_data: Callable[[Path], Path]) -> Folder:
    return Folder(new_data(tmp_path / "data"))


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,  # noqa: ARG001  # the tables
    django_db_blocker: Any,
) -> Iterator[InProcess]:
    """A demonstration of 40 people, for tests that only read."""
    with _forgotten(django_db_blocker):
        folder = InProcess(tmp_path_factory.mktemp("filled") / "data")
        done = folder.run("demo", "--leads", "40", "--days", "20")
        assert done.returncode == 0, done.stderr
        yield folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, new_data: Callable[[Path], Path]) -> Iterator[Server]:
    """A running server."""
    with Server(Folder(new_data(tmp_path_factory.mktemp("served") / "data"))) as server:
        yield server
