"""A real browser in front of the real pages."""

import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))  # the cast of the pages

import time_machine
import web_cast as cast
from analytics_history import three_weeks
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from kept_history import KeptHistories, served
from pipeline_cast import Installation
from playwright.sync_api import Browser, expect, sync_playwright
from tracker_stage import collector, open_tab, site, tab_context, until  # noqa: F401  # fixtures of the tracker's tests
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


@pytest.fixture(scope="session")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptHistories]:
    """What happens once, for all who begin with it."""
    kept = KeptHistories(tmp_path_factory.mktemp("histories"))
    yield kept
    kept.close()


@pytest.fixture
def history(
    transactional_db: None,  # noqa: ARG001  # rows
    histories: KeptHistories,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Installation]:
    """A platform that is three weeks old, served."""
    with served(histories.installation(_three_weeks, tmp_path), monkeypatch) as installation:
        yield installation


def _three_weeks(installation: Installation) -> None:
    cast.published()
    three_weeks(installation)


@pytest.fixture(scope="session")
def answering() -> Iterator[set[threading.Thread]]:
    """What of the live server answers somebody just now. Not those who hold a stream: they never end."""
    found: set[threading.Thread] = set()
    serve, respond = ThreadedWSGIServer.process_request_thread, WSGIHandler.get_response

    def noted(server: ThreadedWSGIServer, *connection: Any) -> None:
        found.add(threading.current_thread())
        try:
            serve(server, *connection)
        finally:
            found.discard(threading.current_thread())

    def unless_it_streams(handler: WSGIHandler, request: HttpRequest) -> HttpResponseBase:
        response = respond(handler, request)
        if response.headers.get("Content-Type") == "text/event-stream":
            found.discard(threading.current_thread())
        return response

    with (
        mock.patch.object(ThreadedWSGIServer, "process_request_thread", noted),
        mock.patch.object(WSGIHandler, "get_response", unless_it_streams),
    ):
        yield found


@pytest.fixture
def visit(chromium: Browser, live_server: Any, answering: set[threading.Thread]) -> Iterator[Open]:
    """Opens windows; fails when one of them had errors on its console or broke the content security policy.

    It ends when the pages' last requests are answered: the rows are emptied next, which they would be in the way of.
    """
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
    until(lambda: not answering, "end of the pages' requests")
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
