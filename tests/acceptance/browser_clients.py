"""A real Chromium, and a web site of another origin than the collector's that serves the clients and the pages."""

import functools
import http.server
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.acceptance.faults import Proxy
from tests.acceptance.installation import Installation, delivered, wait_for_calls
from tests.acceptance.node_clients import node_modules
from tests.acceptance.python_clients import CLIENTS

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-blink-features=AutomationControlled"]  # as in a person's browser: posthog-js is silent in others
FLAGS += ["--disable-sync", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
PAGES = CLIENTS / "pages"
MODULES, JOB = "/modules", "/* JOB */"
PAUSE_MS = 500
"""Between two calls of a page that goes on calling."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Without it the tests are skipped, in CI they fail."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


class Site:
    """A web site on a free port: the packages of npm under /modules, and what a test puts there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / MODULES.strip("/")).symlink_to(node_modules())
        handler = functools.partial(_Quiet, directory=str(root))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def put(self, name: str, text: str) -> str:
        """The address of a page that says this."""
        (self._root / name).write_text(text)
        return f"{self.origin}/{name}"

    def put_page(self, name: str, **job: Any) -> str:
        """The address of a page of `clients/pages`, which finds its job in `job`."""
        for script in PAGES.glob("*.js"):
            self.put(script.name, script.read_text())
        return self.put(f"{name}.html", (PAGES / f"{name}.html").read_text().replace(JOB, json.dumps(job)))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


@dataclass
class Window:
    """One browser window: whom it asked for what, and what its pages complained about."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def watch(self) -> Self:
        self.page.context.on("request", lambda request: self._note(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        return self

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"}:
            self.hosts.add(parts.netloc)

    def asked(self) -> set[str]:
        """Every host that anything was requested from, up to now."""
        self.page.wait_for_timeout(100)  # the browser tells of requests only while it is listened to
        return self.hosts


@contextmanager
def window(browser: Browser) -> Iterator[Window]:
    """A fresh window with storage of its own, that does not say that a program drives it."""
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.version} Safari/537.36"
    )
    context = browser.new_context(user_agent=agent)
    try:
        yield Window(context.new_page()).watch()
    finally:
        context.close()


def host_of(origin: str) -> str:
    return urlsplit(origin).netloc


def call_through_a_restart_and_a_kill(page: Page, installation: Installation, proxy: Proxy, seconds: float) -> int:
    """How many numbered calls a page made that went on calling, whatever happened to its collector; each step waits for
    some to be acknowledged, for so long at most."""
    page.evaluate(f"void (window.calling = send(0, Infinity, {PAUSE_MS}))")
    wait_for_calls(proxy, 5, seconds)
    for happens in (installation.restart, installation.kill):
        happens()
        wait_for_calls(proxy, len(delivered(proxy)) + 5, seconds)
    made = int(page.evaluate("() => { window.enough = true; return window.calling; }"))
    wait_for_calls(proxy, made, seconds)
    return made
