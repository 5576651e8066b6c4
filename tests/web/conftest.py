"""Signed-in browsers without a window, and an engine's answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.pipeline import reading, runtime
from leadline.pipeline.engine import Engine


@pytest.fixture
def sales(db: None) -> User:  # noqa: ARG001  # the user is a row
    cast.published()
    return cast.user(User.Role.SALES, name="Jose Reyes")


@pytest.fixture
def browser(sales: User) -> Client:
    """Somebody from sales, signed in."""
    return signed_in(sales)


@pytest.fixture
def marketing_browser(db: None) -> Client:  # noqa: ARG001  # the user is a row
    return signed_in(cast.user(User.Role.MARKETING))


@pytest.fixture
def admin_browser(db: None) -> Client:  # noqa: ARG001  # the user is a row
    return signed_in(cast.user(User.Role.ADMINISTRATOR))


@pytest.fixture
def engine(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:  # noqa: ARG001  # rows
    """An open installation, as the application has it."""
    engine = Engine.open(tmp_path)
    monkeypatch.setattr(runtime, "_running", None)
    runtime.use(engine)
    yield engine
    runtime.running().control.stop()
    engine.close()


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Explanations and timelines of the cast."""
    monkeypatch.setattr(reading, "explain", cast.explanation)
    monkeypatch.setattr(reading, "timeline", cast.timeline)


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client
