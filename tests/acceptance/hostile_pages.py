"""What an attacker learns by looking: every page that links lead to, its parameters, and the fields of each form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

LEFT_OUT = re.compile(r"logout|^/static|\.(csv|xlsx|parquet|jsonl|png|svg|pdf|json)$|/md$|/html$")
LINKS = ("href", "hx-get")
FIELDS = ("input", "select", "textarea", "button")


@dataclass(frozen=True)
class Form:
    """A form that is posted: where to, and its fields with what stands in them."""

    path: str
    fields: dict[str, str]


@dataclass
class Site:
    """What was found. Pages that differ in numbers alone are one."""

    pages: list[str] = field(default_factory=list)
    parameters: dict[str, set[str]] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)


def walk(browser: httpx.Client, start: str) -> Site:
    """Follow every link from a page on."""
    site, waiting, seen = Site(), [start], {_kind(start)}
    while waiting:
        path = waiting.pop(0)
        answer = browser.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        site.pages.append(path)
        page = _Page(path)
        page.feed(answer.text)
        for form in page.forms:
            if form.fields and _kind(form.path) not in {_kind(each.path) for each in site.forms}:
                site.forms.append(form)
        for target, names in page.asked:
            site.parameters.setdefault(target, set()).update(names)
        for each in page.paths:
            if _kind(each) not in seen:
                seen.add(_kind(each))
                waiting.append(each)
    return _one_of_each(site)


def _one_of_each(site: Site) -> Site:
    """Parameters by the first page of each kind."""
    found: dict[str, tuple[str, set[str]]] = {}
    for path, names in site.parameters.items():
        found.setdefault(_kind(path), (path, set()))[1].update(names)
    site.parameters = {path: names for path, names in found.values() if names}
    return site


def _kind(path: str) -> str:
    return re.sub(r"\d+", "0", path)


class _Page(HTMLParser):
    """One page's links and forms."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.asked: list[tuple[str, Iterable[str]]] = []
        self.forms: list[Form] = []
        self._path = path
        self._fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name in LINKS:
            if name in given and tag != "form":
                self._follow(given[name])
        if tag == "form":
            self._begin(given)
        elif tag in FIELDS and given.get("name"):
            self._fields[given["name"]] = given.get("value", "")

    def _follow(self, link: str) -> None:
        target = urlsplit(urljoin(self._path, link))
        if target.scheme or target.netloc or LEFT_OUT.search(target.path):
            return
        self.paths.append(target.path)
        self.asked.append((target.path, {name for name, _ in parse_qsl(target.query, keep_blank_values=True)}))

    def _begin(self, given: dict[str, str]) -> None:
        self._fields = {}
        target = given.get("action") or given.get("hx-post") or given.get("hx-get") or ""
        path = urlsplit(urljoin(self._path, target)).path
        posted = given.get("method", "get").lower() == "post" or "hx-post" in given
        if posted:
            self.forms.append(Form(path, self._fields))
        if not posted or path == self._path:  # what filters post to their own page stands in its address afterwards
            self.asked.append((path, self._fields))  # its keys, once it is read
