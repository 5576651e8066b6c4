"""An installation in a folder of its own, for every test of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline_cast import Installation

Make = Callable[[str], Installation]


@pytest.fixture
def make(tmp_path: Path, settings: Any, db: None) -> Iterator[Make]:  # noqa: ARG001  # the database is what it is for
    """Makes installations that share the record store, one folder each."""
    made: list[Installation] = []

    def installation(name: str) -> Installation:
        settings.DATA = tmp_path / name
        made.append(Installation(tmp_path / name))
        return made[-1]

    yield installation
    for each in made:
        each.engine.close()


@pytest.fixture
def place(make: Make) -> Installation:
    return make("data")
