"""A real page in a real browser that loads @segment/analytics-next, unmodified but for the address."""

import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.leadline_process import Folder, Server, wait_until

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run"]
CLIENTS = Path(__file__).parent / "clients"
BUNDLE = "node_modules/@segment/analytics-next/dist/umd"
PAGE = """<!doctype html><html lang="en"><title>Pricing</title><link rel="icon" href="data:,">
<script src="/umd/index.js"></script>
<script>
  const analytics = AnalyticsNext.AnalyticsBrowser.load({{
    writeKey: "{key}",
    cdnSettings: {{
      integrations: {{"Segment.io": {{apiKey: "{key}", apiHost: "{host}/v1", protocol: "http"}}}},
      metrics: {{sampleRate: 0}},
    }},
  }});
  window.arrived = (async () => {{
    await analytics.page("Pricing");
    await analytics.track("Tool Used", {{tool: "quote-calculator", completed: true}});
    await analytics.identify("amelia-hart", {{email: "amelia.hart@northgatedental.example", firstName: "Amelia"}});
    await analytics.group("northgate", {{name: "Northgate Dental Group", employees: 38}});
    await analytics.track("Quote Requested", {{quote_id: "q-1", seats: 4, roles: ["bookkeeper"]}});
    return true;
  }})();
</script><h1>Pricing</h1></html>"""


@pytest.fixture(scope="session")
def client_bundle() -> Path:
    """The package from the npm registry, as locked beside this file. Skipped by name where it cannot be had."""
    if shutil.which("npm") is None:
        reason = "npm is missing: apt-get install npm"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, check=False)
    if done.returncode:  # a package that moved is not our fault
        pytest.skip(f"@segment/analytics-next could not be installed: {done.stderr.strip()[-200:]}")
    return CLIENTS / BUNDLE


@pytest.fixture
def site(client_bundle: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web site of its own origin that serves the client and, once written, the page."""
    root = tmp_path / "site"
    root.mkdir()
    (root / "umd").symlink_to(client_bundle)
    handler = functools.partial(_Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", root
    server.shutdown()
    server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


def test_events_of_a_real_page_arrive_and_make_a_lead(folder: Folder, site: tuple[str, Path]) -> None:
    origin, root = site
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        (root / "index.html").write_text(PAGE.format(key=key, host=f"127.0.0.1:{server.collect_port}"))
        assert _open(origin), "the page says that its events were delivered"
        wait_until(lambda: folder.json("events", "count")["count"] == 5, 30, "all five events are stored")
        wait_until(lambda: folder.json("leads"), 30, "somebody has a score")
        leads = folder.json("leads")
    assert [lead["user_id"] for lead in leads] == ["amelia-hart"], "the visitor became the known lead"
    assert leads[0]["stage"] == "qualified"


def _open(address: str) -> bool:
    """Open the page and wait until the client was answered for everything it sent."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(address)
        delivered = page.evaluate("window.arrived")
        page.wait_for_load_state("networkidle")
        browser.close()
    assert not complaints
    return bool(delivered)
