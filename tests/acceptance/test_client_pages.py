"""The pages of docs/how-to/clients are run as they stand there, but for the address and the write key.

Bound: two minutes.
"""

import json
import os
import re
import subprocess
from html import escape
from pathlib import Path

import pytest
from tests.acceptance.browser_clients import MODULES, Site, Window, host_of
from tests.acceptance.faults import Proxy
from tests.acceptance.installation import Installation, Source
from tests.acceptance.node_clients import node_modules
from tests.acceptance.python_clients import CLIENTS, POSTHOG, RUDDER, SEGMENT, interpreter_with
from tests.acceptance.wire_bodies import message_id, messages
from tests.leadline_process import Folder, wait_until

PAGES = Path(__file__).parents[2] / "docs" / "how-to" / "clients"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PIN = re.compile(r"^(?:pip|npm) install (\S+?)(?:==|@)([\d.]+)$", re.MULTILINE)
ADDRESS, HOST = "https://events.example.com", "events.example.com"
SECONDS = 120.0

PYTHON = {"segment-python": SEGMENT[0], "rudder-python": RUDDER, "posthog-python": POSTHOG}
IMPORTS = {
    "@segment/analytics-next": "/analytics-next.mjs",
    "@rudderstack/analytics-js/bundled": f"{MODULES}/@rudderstack/analytics-js/dist/npm/modern/bundled/esm/index.mjs",
    "posthog-js/dist/module.full.no-external": f"{MODULES}/posthog-js/dist/module.full.no-external.js",
}
"""Where a page without a build step finds what the examples import."""
UMD = f"{MODULES}/@segment/analytics-next/dist/umd/index.js"
BROWSER = {"analytics-next": ["page identify track", "track"], "rudder-js": ["page identify track"]}


def blocks(page: str, *languages: str) -> list[str]:
    text = (PAGES / f"{page}.md").read_text()
    return [code for language, code in BLOCK.findall(text) if language in languages]


def adapted(code: str, source: Source, proxy: Proxy) -> str:
    """The code with the placeholders of the docs replaced."""
    code = code.replace('protocol: "https"', 'protocol: "http"').replace(ADDRESS, proxy.address)
    return code.replace(HOST, proxy.host).replace("WRITE_KEY", source.key)


def kinds(proxy: Proxy) -> list[str]:
    """The types of Segment's messages, the names of PostHog's; one that was sent again is the same message."""
    sent = {message_id(message): message for message in messages(proxy.exchanges)}
    return sorted(message.get("type") or message["event"] for message in sent.values())


def assert_stored(installation: Installation, source: Source, proxy: Proxy) -> None:
    """All that the code sent, and nothing else."""
    ids = {message_id(message) for message in messages(proxy.exchanges)}
    assert {each.told for each in proxy.exchanges} == {200}
    assert set(installation.stored(source)) == installation.keys(source, ids)


def test_every_page_is_run_here() -> None:
    run = {*PYTHON, *BROWSER, "curl", "analytics-node", "posthog-js", "snippet", "pixel-in-mail"}
    assert {path.stem for path in PAGES.glob("*.md")} == run


def test_the_pages_install_what_the_tests_run() -> None:
    tested = json.loads((CLIENTS / "package.json").read_text())["devDependencies"]
    tested |= dict(client.pin.split("==") for client in PYTHON.values())
    found = [pin for path in sorted(PAGES.glob("*.md")) for pin in PIN.findall(path.read_text())]
    assert len(found) >= 8
    assert [(name, version) for name, version in found if tested.get(name) != version] == []


def test_curl(installation: Installation, source: Source, proxy: Proxy) -> None:
    (code,) = blocks("curl", "sh")
    _run(["bash", "-ec", code.replace(ADDRESS, proxy.address)], Path.cwd(), WRITE_KEY=source.key)
    assert kinds(proxy) == ["Tool Used", "identify", "page"]
    assert_stored(installation, source, proxy)


@pytest.mark.parametrize("page", PYTHON)
def test_python(installation: Installation, source: Source, proxy: Proxy, tmp_path: Path, page: str) -> None:
    interpreter = interpreter_with(PYTHON[page].pin)
    (code,) = blocks(page, "python")
    (tmp_path / "example.py").write_text(adapted(code, source, proxy))
    _run([str(interpreter), "example.py"], tmp_path)
    assert kinds(proxy) in (["identify", "track"], ["$set", "Quote Requested"])
    assert_stored(installation, source, proxy)


def test_node(installation: Installation, source: Source, proxy: Proxy) -> None:
    node_modules()
    (code,) = blocks("analytics-node", "js")
    _run(["node", "--input-type=module", "-e", adapted(code, source, proxy)], CLIENTS)
    assert kinds(proxy) == ["identify", "track"]
    assert_stored(installation, source, proxy)


@pytest.mark.parametrize("page", BROWSER)
def test_page(installation: Installation, source: Source, proxy: Proxy, site: Site, shown: Window, page: str) -> None:
    expected: list[str] = []
    for code, sent in zip(blocks(page, "js"), BROWSER[page], strict=True):
        expected += sent.split()
        shown.page.goto(_as_page(site, adapted(code, source, proxy)))
        wait_until(lambda: len(kinds(proxy)) >= len(expected), SECONDS, "all is sent")  # noqa: B023  # called at once
        _settle(shown, proxy)
    assert kinds(proxy) == sorted(expected)
    assert shown.asked() == {host_of(site.origin), proxy.host}
    assert shown.errors == []
    assert_stored(installation, source, proxy)


def test_posthog_js(installation: Installation, source: Source, proxy: Proxy, site: Site, shown: Window) -> None:
    (code,) = blocks("posthog-js", "js")
    shown.page.goto(_as_page(site, adapted(code, source, proxy)))
    wait_until(lambda: {"$pageview", "$identify", "Tool Used"} <= set(kinds(proxy)), SECONDS, "all is sent")
    _settle(shown, proxy)
    assert shown.asked() == {host_of(site.origin), proxy.host}
    assert shown.errors == []
    assert_stored(installation, source, proxy)


def test_snippet(site: Site, shown: Window, tmp_path: Path) -> None:
    umd = node_modules() / "@segment" / "analytics-next" / "dist" / "umd"
    installation = Installation(Folder(tmp_path / "data", {"LEADLINE_ANALYTICS_JS": str(umd)}))
    source = installation.source()
    try:
        with Proxy(installation.port) as proxy:
            shown.page.goto(_as_html(site, adapted("".join(blocks("snippet", "html")), source, proxy)))
            wait_until(lambda: len(kinds(proxy)) == 3, SECONDS, "all is sent")
            _settle(shown, proxy)
            assert kinds(proxy) == ["identify", "page", "track"]
            assert f"/analytics.js/v1/{source.key}/analytics.min.js" in {each.path for each in proxy.exchanges}
            assert shown.asked() == {host_of(site.origin), proxy.host}
            assert shown.errors == []
            assert_stored(installation, source, proxy)
    finally:
        installation.stop()


def test_pixel(installation: Installation, source: Source, proxy: Proxy, site: Site, shown: Window) -> None:
    (code,) = blocks("pixel-in-mail", "html")
    address = _as_html(site, adapted(code, source, proxy))
    for _ in range(2):  # a mail that is opened twice
        shown.page.goto(address)
        assert shown.page.evaluate("document.images[0].complete && document.images[0].naturalWidth") == 1
    assert [(each.method, each.told) for each in proxy.exchanges] == [("GET", 200)] * 2
    assert dict(installation.stored(source)) == dict.fromkeys(installation.keys(source, ["welcome-u-1"]), 1)


def _run(command: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _as_page(site: Site, code: str) -> str:
    """A page that runs a module, and finds the packages that it imports."""
    site.put("analytics-next.mjs", "export const AnalyticsBrowser = window.AnalyticsNext.AnalyticsBrowser;")
    imports = f'<script type="importmap">{json.dumps({"imports": IMPORTS})}</script>'
    umd = f'<script src="{UMD}"></script>' if "analytics-next" in code else ""
    return _as_html(site, f'{imports}{umd}<script type="module">{code}</script>')


def _as_html(site: Site, inside: str) -> str:
    title = escape("Pricing")
    head = f'<!doctype html><html lang="en"><head><title>{title}</title><link rel="icon" href="data:,"></head>'
    return site.put("index.html", f"{head}<body>{inside}</body></html>")


def _settle(shown: Window, proxy: Proxy) -> None:
    """Until every request was answered, and whatever else the client may ask for was asked for."""
    shown.page.wait_for_timeout(1000)
    wait_until(lambda: all(each.told for each in proxy.exchanges), SECONDS, "every request is answered")
