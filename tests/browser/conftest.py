"""A real browser in front of the real pages."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))  # the cast of the pages

import time_machine
import web_cast as cast
from analytics_history import three_weeks
from django.conf import settings as django_settings
from django.test import Client
from pipeline_cast import Installation
from playwright.sync_api import Browser, expect, sync_playwright
from tracker_stage import collector, open_tab, site, tab_context  # noqa: F401  # fixtures of the tracker's tests
from visits import REPORT_VIOLATIONS, Open, Visit

from leadline.accounts.models import User
from leadline.pipeline import reading, runtime
from leadline.pipeline.engine import Engine

expect.set_options(timeout=30_000)  # a machine that does much else is slow, not wrong
WEDNESDAY = datetime(2026, 5, 6, 15, 0, tzinfo=UTC)
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Without it these tests are skipped, in CI they fail."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    # Playwright keeps an event loop in this thread, which Django takes for a reason to refuse the ORM
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def wednesday() -> Iterator[None]:
    """An afternoon of a working day: who waits in vain is overdue, whatever day it is."""
    with time_machine.travel(WEDNESDAY, tick=True):
        yield


@pytest.fixture
def platform(transactional_db: None, wednesday: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:  # noqa: ARG001  # rows
    """People, and what the engine says of them."""
    monkeypatch.setattr(reading, "explain", cast.explanation)
    monkeypatch.setattr(reading, "timeline", cast.timeline)
    return dict(cast.platform())


@pytest.fixture
def engine(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:  # noqa: ARG001  # rows
    """An open installation, as the application has it."""
    engine = Engine.open(tmp_path)
    monkeypatch.setattr(runtime, "_running", None)
    runtime.use(engine)
    yield engine
    runtime.running().control.stop()
    engine.close()


@pytest.fixture
def history(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:  # noqa: ARG001  # rows
    """A platform that is three weeks old, served."""
    cast.published()
    installation = Installation(tmp_path)
    three_weeks(installation)
    monkeypatch.setattr(runtime, "_running", None)
    runtime.use(installation.engine)
    yield installation
    runtime.running().control.stop()
    installation.engine.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Open]:
    """Opens windows; fails when one of them had errors on its console or broke the content security policy."""
    visits: list[Visit] = []

    def open_window(who: User | None = None, **options: Any) -> Visit:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.add_init_script(REPORT_VIOLATIONS)
        if who is not None:
            context.add_cookies([_session(who, live_server.url)])
        visited = Visit(context.new_page(), live_server.url)
        visited.page.on("console", lambda message: _note(visited, message.type, message.text))
        visited.page.on("pageerror", lambda error: _note(visited, "error", str(error)))
        visits.append(visited)
        return visited

    yield open_window
    complaints = [complaint for each in visits for complaint in each.complaints]
    for each in visits:
        each.page.context.close()
    assert complaints == []


LEFT = ("htmx:sendAbort", "htmx:afterRequest")
"""A page that is left ends what it was loading, and htmx says so on the console. What fails says `sendError` or
`responseError`."""


def _note(visited: Visit, kind: str, text: str) -> None:
    if kind in {"error", "warning"} and not text.startswith(LEFT):
        visited.complaints.append(text)


def _session(who: User, address: str) -> Any:
    client = Client()
    client.force_login(who)
    return {"name": django_settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": address}
