"""The command on data folders of their own: most tests call it in this process' children, a few beside a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline_process import Folder, Server


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A demonstration of 40 people, for tests that only read."""
    folder = Folder(tmp_path_factory.mktemp("filled") / "data")
    done = folder.run("demo", "--leads", "40", "--days", "20")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with the events of one file."""
    folder = Folder(tmp_path_factory.mktemp("served") / "data")
    with Server(folder) as server:
        yield server
