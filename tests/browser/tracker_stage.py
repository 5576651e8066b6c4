"""A web site, a stand-in for the collector on another origin, and a browser whose clock and attention are told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from leadline.tracking.browser import tracker_script

NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
CSP = (
    "default-src 'none'; script-src 'self' {collector}; connect-src {collector}; img-src data:; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'"
)
PAGE = """<!doctype html><html lang="en"><head><title>Pricing</title><link rel="icon" href="data:,">
<script src="/before.js"></script>
<script async src="{collector}/t.js" data-write-key="KEY" {attributes}></script></head><body>{body}</body></html>"""
PRETENCE = """
  const now = {visible: true, focused: true};
  Object.defineProperty(document, "visibilityState", {get: () => now.visible ? "visible" : "hidden"});
  document.hasFocus = () => now.focused;
  window.pretend = (changes) => {
    Object.assign(now, changes);
    if ("visible" in changes) document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
    if ("focused" in changes) dispatchEvent(new Event(now.focused ? "focus" : "blur"));
  };
  window.touch = () => dispatchEvent(new Event("pointermove"));
"""
ON_DEVICE = "() => Object.fromEntries(Object.keys(localStorage).map((key) => [key, localStorage[key]]))"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: Any


@dataclass
class Collector:
    """What came in, and what is to be answered next (200 when nothing is)."""

    address: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    preflights: int = 0
    delay_seconds: float = 0

    def sent(self, name: str) -> list[dict[str, Any]]:
        """The accepted messages of a type, or of an event's name, in the order of their time: two requests of a page
        may arrive in any."""
        found = [message for message in self.accepted if name in (message["type"], message.get("event"))]
        return sorted(found, key=lambda message: str(message.get("timestamp", "")))

    def wait(self, name: str, number: int = 1) -> list[dict[str, Any]]:
        until(lambda: len(self.sent(name)) >= number, f"{number} of {name}")
        return self.sent(name)


class _Collect(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _answer(self, 200, tracker_script(), {"Content-Type": "text/javascript; charset=utf-8"})

    def do_OPTIONS(self) -> None:
        self.server.owner.preflights += 1
        _answer(self, 200, b"", {})

    def do_POST(self) -> None:
        collector: Collector = self.server.owner
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        collector.paths.append(self.path)
        collector.types.append(self.headers["Content-Type"])
        collector.requests.append(body)
        status, headers = collector.answers.pop(0) if collector.answers else (200, {})
        time.sleep(collector.delay_seconds)
        origin = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        if status == 200:
            collector.accepted += [{**message, "batch_context": body["context"]} for message in body["batch"]]
        _answer(self, status, b'{"success": true}', {**origin, **headers})

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


@dataclass
class Site:
    """Any path is the same page, with these attributes on its script tag, and this script before it."""

    address: str = ""
    attributes: str = ""
    body: str = "<h1>Pricing</h1>"
    before: str = ""
    html: str = ""
    collector: str = ""

    def page(self) -> str:
        return self.html or PAGE.format(collector=self.collector, attributes=self.attributes, body=self.body)


class _Serve(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: Site = self.server.owner
        if self.path == "/before.js":
            _answer(self, 200, site.before.encode(), {"Content-Type": "text/javascript"})
        else:
            headers = {"Content-Type": "text/html", "Content-Security-Policy": CSP.format(collector=site.collector)}
            _answer(self, 200, site.page().encode(), headers)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


def _answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    try:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
    except OSError:
        handler.close_connection = True  # the page is gone


def until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still no {what}"
        time.sleep(0.01)


def _serve(handler: type[BaseHTTPRequestHandler], owner: Any) -> Iterator[Any]:
    server = _Server(("127.0.0.1", 0), handler)
    server.owner = owner
    owner.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield owner
    server.shutdown()
    server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    yield from _serve(_Collect, Collector())


@pytest.fixture
def site(collector: Collector) -> Iterator[Site]:
    yield from _serve(_Serve, Site(collector=collector.address))


@dataclass
class Tab:
    """One page. Its clock stands still from noon on, but for what the test lets pass."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def call(self, method: str, *values: object) -> None:
        self.page.evaluate("([method, ...values]) => leadline[method](...values)", [method, *values])

    def let_pass(self, seconds: float) -> None:
        self.page.clock.run_for(round(seconds * 1000))

    def on_device(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate(ON_DEVICE)
        return found

    def visitor(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self.on_device()["leadline:visitor"])
        return known


OpenTab = Callable[..., Tab]


@pytest.fixture
def tab_context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    context.set_default_timeout(30_000)
    context.add_init_script(PRETENCE)
    yield context
    context.close()


@pytest.fixture
def open_tab(tab_context: BrowserContext, site: Site) -> Iterator[OpenTab]:
    """Opens a tab on the site, its tracker loaded. Fails when a page had errors, or its security policy was broken."""
    tabs: list[Tab] = []

    def open_one(path: str = "/pricing", *, still: bool = True, script: str = "", **options: Any) -> Tab:
        tab = Tab(tab_context.new_page())
        tabs.append(tab)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on("console", lambda message: tab.complaints.append(message.text) if _is_bad(message) else None)
        if still and len(tabs) == 1:  # one clock for all tabs
            tab.page.clock.install(time=NOON - timedelta(seconds=9))
            tab.page.clock.pause_at(NOON)
        tab.page.add_init_script(script)
        tab.page.goto(site.address + path, **options)
        return tab

    yield open_one
    complaints = [text for tab in tabs for text in tab.complaints]
    assert not complaints, complaints


def _is_bad(message: Any) -> bool:
    expected = ("status of 4", "status of 5", "net::ERR_")  # the answers that a test asked for
    return message.type in {"error", "warning"} and not any(part in message.text for part in expected)
