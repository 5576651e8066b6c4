"""An installation in a folder of its own, for every test of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import transaction
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


@pytest.fixture(scope="module")
def shared_place(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,  # noqa: ARG001  # the tables
    django_db_blocker: Any,
) -> Iterator[Installation]:
    """One for all tests of a module, which only read what was put into it; what is written is taken back at the end."""
    data = tmp_path_factory.mktemp("shared") / "data"
    with django_db_blocker.unblock(), transaction.atomic(), mock.patch.object(django_settings, "DATA", data):
        place = Installation(data)
        yield place
        place.engine.close()
        transaction.set_rollback(True)
