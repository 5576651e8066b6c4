"""A key is made on the page of a real server, an event is sent with it, and it appears on the live page."""

import json
import re
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.leadline_process import Folder, Server
from visits import REPORT_VIOLATIONS

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "jose@leadline.test", "sound-the-depth-9"
PATIENCE_MILLISECONDS = 30_000
STOP_SECONDS = 15.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all, each with a source of its own; one sends events."""
    folder = Folder(tmp_path_factory.mktemp("live") / "data")
    made = folder.run("users", "create", EMAIL, "--role", "administrator", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    with Server(folder) as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(chromium: Browser, server: Server, complaints: list[str]) -> Iterator[Page]:
    """Somebody's signed-in window."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.add_init_script(REPORT_VIOLATIONS)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server.pages}/accounts/login/")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/accounts/" not in address)
    yield page
    context.close()


def send(server: Server, key: str, route: str, **message: Any) -> int:
    """What any client does."""
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}
    body = json.dumps(message).encode()
    request = urllib.request.Request(f"{server.collector}/v1/{route}", body, headers)  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # loopback
        return int(answer.status)


def make_key(page: Page, address: str, name: str) -> str:
    """A source and its key, made on the pages."""
    page.goto(f"{address}/sources")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the source").click()
    page.get_by_role("button", name="Make a write key").click()
    key = page.locator("#new-key").inner_text()
    expect(page.locator("#first-event")).to_contain_text(key)
    return key


def test_an_event_appears_as_it_arrives(server: Server, page: Page, complaints: list[str]) -> None:
    key = make_key(page, server.pages, "website")
    expect(page.locator("#first-event")).to_contain_text(f"{server.collector}/v1/page")
    page.goto(f"{server.pages}/live")
    state, rows = page.locator("#live-state"), page.locator("#live-rows > li")
    expect(state).to_have_text("Live")
    expect(page.locator("#live-empty")).to_be_visible()

    who = {"userId": "usr-20384821"}
    assert send(server, key, "page", **who, name="Pricing", context={"page": {"path": "/pricing"}}) == 200
    expect(rows).to_have_count(1, timeout=PATIENCE_MILLISECONDS)
    expect(rows.first).to_contain_text(re.compile(r"website\s*Pricing /pricing\s*u…4821\s*Stored"))
    expect(page.locator("#live-empty")).to_be_hidden()

    send(server, key, "track", **who, event="Quote Requested", properties={"seats": "four", "tier": "small"})
    expect(rows.first).to_contain_text("Quarantined", timeout=PATIENCE_MILLISECONDS)
    rows.first.locator("summary").click()
    expect(rows.first.locator("pre")).to_contain_text('"tier": "small"')

    page.get_by_role("button", name="Pause").click()
    send(server, key, "page", **who, name="Contact")
    expect(state).to_have_text("Paused, 1 waiting", timeout=PATIENCE_MILLISECONDS)
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Go on").click()
    expect(rows.first).to_contain_text("Contact")

    page.get_by_label("From").select_option("website")
    expect(page).to_have_url(re.compile(r"source=website"))
    expect(rows).to_have_count(3)
    page.get_by_role("link", name="Quarantined", exact=True).and_(page.locator(".choice a")).click()
    expect(rows).to_have_count(1)
    assert complaints == []


def test_the_server_stops_at_once_under_open_streams_and_the_page_comes_back(server: Server, page: Page) -> None:
    make_key(page, server.pages, "shop")
    page.goto(f"{server.pages}/live")
    expect(page.locator("#live-state")).to_have_text("Live")
    assert server.stop() < STOP_SECONDS
    expect(page.locator("#live-state")).to_have_text("Connecting again…")
    server.start().wait_until_ready()
    expect(page.locator("#live-state")).to_have_text("Live", timeout=PATIENCE_MILLISECONDS)


def test_the_filter_says_what_is_shown_also_after_going_back(server: Server, page: Page, complaints: list[str]) -> None:
    make_key(page, server.pages, "courses")
    page.goto(f"{server.pages}/live")
    chosen = page.locator("select[name=source]")
    chosen.select_option("courses")
    page.wait_for_url("**/live?source=courses")
    page.go_back()
    page.wait_for_url("**/live")
    expect(chosen).to_have_value("")
    assert complaints == []
