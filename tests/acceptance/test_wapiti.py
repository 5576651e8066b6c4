"""Wapiti, a scanner of web applications, finds nothing on the running demonstration, and what is there elsewhere.

It comes from the package index into an environment of its own, since it needs other versions than Leadline does; where
it can't be had the tests are skipped. Bound: two minutes and a half.
"""

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from tests.acceptance.demonstration import Demonstration
from tests.acceptance.python_clients import interpreter_with

WAPITI = "wapiti3==3.2.3"
MODULES = "cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,xss"
"""Not those that ask somebody in the network (ssrf, xxe), nor those that try lists of other products' files."""
SCAN_SECONDS, MODULE_SECONDS = 30, 5
MANY = 50
"""Addresses that somebody who is signed in sees; nobody sees about 15."""
OFF_LIMITS = ("/accounts/logout*", "/accounts/password/*", "/you/*", "/users/*", "*/erase*", "*/logout*", "/audit/*")
"""Where it would sign itself out, or take minutes."""
EXPECTED: Mapping[str, str] = {
    "Strict Transport Security (HSTS)": "the demonstration speaks http on loopback; with https it is sent",
    "Secure Flag cookie": "likewise: with an https address cookies are Secure",
    "HttpOnly Flag cookie": "a page's script reads its own choice of colours and time zone; the session's has it",
}
"""What it finds and why that is none."""


@pytest.fixture(scope="session")
def wapiti() -> Path:
    """The scanner's program."""
    return interpreter_with(WAPITI).with_name("wapiti")


def scan(
    wapiti: Path, address: str, folder: Path, cookies: str = "", pages: int = 1
) -> dict[str, list[dict[str, Any]]]:
    """What a scan found, by kind of vulnerability; kinds without a find are left out.

    Args:
        pages: how many addresses it is to have seen at least.
    """
    report = folder / "report.json"
    limits = ["--level", "1", "--depth", "3", "--max-links-per-page", "40", "--max-files-per-dir", "15"]
    limits += ["--max-scan-time", str(SCAN_SECONDS), "--max-attack-time", str(MODULE_SECONDS), "--max-parameters", "12"]
    where = ["--url", f"{address}/", "--scope", "folder", "--store-session", str(folder), "--store-config", str(folder)]
    off_limits = [word for path in OFF_LIMITS for word in ("--exclude", f"{address}{path}")]
    told = ["--format", "json", "--output", str(report), "--no-bugreport", "--verbose", "0", "--flush-session"]
    signed_in = ["--cookie-value", cookies] if cookies else []
    command = [str(wapiti), *where, "--module", MODULES, *limits, *off_limits, *told, *signed_in]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert report.exists(), ran.stdout[-2000:] + ran.stderr[-2000:]
    found = json.loads(report.read_text())
    assert found["infos"]["crawled_pages_nbr"] >= pages, ran.stdout[-2000:]
    return {kind: finds for kind, finds in found["vulnerabilities"].items() if finds}


def unexpected(found: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """What nobody has given a reason for, in a line each."""
    finds = [(kind, find) for kind in found.keys() - EXPECTED.keys() for find in found[kind]]
    return [f"{kind}: {find['method']} {find['path']} {find['info']}" for kind, find in finds]


def test_it_finds_nothing_on_the_demonstration_as_an_administrator(
    wapiti: Path, demonstration: Demonstration, tmp_path: Path
) -> None:
    with closing(demonstration.administrator()) as browser:
        cookies = ";".join(f"{name}={value}" for name, value in browser.cookies.items())
        found = scan(wapiti, demonstration.address, tmp_path, cookies, MANY)
        assert browser.get("/system").status_code == 200, "it is signed in still"
    assert unexpected(found) == []


def test_it_finds_nothing_on_the_demonstration_as_nobody(
    wapiti: Path, demonstration: Demonstration, tmp_path: Path
) -> None:
    assert unexpected(scan(wapiti, demonstration.address, tmp_path)) == []


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def vulnerable(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A page that answers with what it was asked, unescaped, and sends on to wherever it is told."""
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if environ["PATH_INFO"] == "/away":
        start_response("302 Found", [("Location", asked.get("to", "/"))])
        return [b""]
    word = asked.get("word", "")
    links = f'<a href="/?word=fish">{escape(word)}</a><a href="/away?to=/">away</a>'
    page = f"<html><body><p>{word}</p>{links}</body></html>"
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]


@contextmanager
def serving_holes() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, vulnerable, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_it_finds_holes_that_are_there(wapiti: Path, tmp_path: Path) -> None:
    """With the same options: a scan that finds nothing says something."""
    with serving_holes() as address:
        assert httpx.get(f"{address}/?word=<b>").text.startswith("<html><body><p><b>")
        found = scan(wapiti, address, tmp_path)
    assert {"Reflected Cross Site Scripting", "Open Redirect", "Content Security Policy Configuration"} <= set(found)
