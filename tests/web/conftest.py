"""Signed-in browsers without a window, and an engine's answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    return cast.signed_in(sales)


@pytest.fixture
def marketing_browser(db: None) -> Client:  # noqa: ARG001  # the user is a row
    return cast.signed_in(cast.user(User.Role.MARKETING))


@pytest.fixture
def admin_browser(db: None) -> Client:  # noqa: ARG001  # the user is a row
    return cast.signed_in(cast.user(User.Role.ADMINISTRATOR))


@pytest.fixture
def engine(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:  # noqa: ARG001  # rows
    """An open installation, as the application has it."""
    engine = Engine.open(tmp_path)
    monkeypatch.setattr(runtime, "_running", None)
    runtime.use(engine)
    yield engine
    runtime.running().control.stop()
    engine.close()


class ListReader(Client):
    """A browser that reads lists as they are now: the cast writes rows without telling the engine."""

    engine: Engine

    def generic(self, *given: Any, **named: Any) -> Any:
        """As before, after noting that anything may have changed."""
        self.engine.changes.note_everybody()
        return super().generic(*given, **named)


@pytest.fixture
def list_browser(sales: User, engine: Engine) -> ListReader:
    """Somebody from sales, who looks at lists."""
    reader = ListReader()
    reader.engine = engine
    reader.force_login(sales)
    return reader


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Explanations and timelines of the cast."""
    monkeypatch.setattr(reading, "explain", cast.explanation)
    monkeypatch.setattr(reading, "timeline", cast.timeline)
