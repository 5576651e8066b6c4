"""Fixtures of the tracking tests."""

from pathlib import Path

import pytest
from tracking_cast import Office


@pytest.fixture
def office(tmp_path: Path, db: None) -> Office:  # noqa: ARG001  # opens the database
    """A desk with an empty record store."""
    return Office(tmp_path)
