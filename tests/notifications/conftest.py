"""An installation, people to tell, a mail server and a web server on loopback."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "pipeline"))  # the installation of the pipeline's tests

from mail_cast import Inbox, mail_server
from notify_cast import Captured, Receiver
from pipeline_cast import Installation

from leadline.accounts.models import User


@pytest.fixture
def place(tmp_path: Path, settings: Any, db: None) -> Iterator[Installation]:  # noqa: ARG001  # the database is what it is for
    settings.DATA = tmp_path / "data"
    made = Installation(tmp_path / "data")
    yield made
    made.engine.close()


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    """What arrives by mail."""
    with mail_server(settings) as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """What arrives at a webhook."""
    with Receiver() as found:
        yield found


@pytest.fixture
def sam(db: None) -> User:  # noqa: ARG001  # the user is a row
    return User.objects.create_user("sam@leadline.test", "sound-the-depth-9", name="Sam Sales", role=User.Role.SALES)


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch) -> Captured:
    """What services would be posted."""
    return Captured(monkeypatch)
