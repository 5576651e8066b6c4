"""Every route of the installation: pages by their url name, operations of the API by method and path."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from leadline.web.access import PAGES, Rule
from leadline.web.api.access import OPERATIONS
from leadline.web.api.root import api

FILLED = {
    "int": "987654",
    "slug": "nothing",
    "str": "nothing",
    "path": "nothing",
    "": "nothing",
}
"""What stands for a part of an address: nothing that there is, so that whoever is let in is told so."""
NOTHING_KNOWN: Mapping[str, str] = {}
KNOWN = {"<reference>": "draft:987654", "<slug:kind>": "overview", "<kind>": "overview"}


@dataclass(frozen=True)
class Route:
    """One thing that can be asked. `rule` is None where the table has none."""

    name: str
    method: str
    path: str
    rule: Rule | None

    def asked_by(self, client: Client, **headers: Any) -> Any:
        """The answer to somebody."""
        return client.generic(self.method, self.path, headers=headers)


def pages(known: Mapping[str, str] = NOTHING_KNOWN) -> Iterator[Route]:
    """Each page, to be looked at and to be posted to.

    Args:
        known: what is there: parts of addresses as they are routed, and what stands for them.
    """
    for name, path in _named(get_resolver().url_patterns, "", ""):
        if not name.startswith("api:") or name in PAGES:
            for method in ("GET", "POST"):
                yield Route(name, method, filled(path, known), PAGES.get(name))


def operations(known: Mapping[str, str] = NOTHING_KNOWN) -> Iterator[Route]:
    """Each operation of the API."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    route = f"{prefix}{path}".removeprefix("/").replace("{", "<").replace("}", ">")
                    name = f"{method} {route}"
                    yield Route(name, method, filled(f"/api/{route}", known), OPERATIONS.get(name))


def with_arguments() -> Iterator[tuple[str, str, str]]:
    """Each route whose address names something: its name, a method, and the address as it is routed."""
    for name, path in _named(get_resolver().url_patterns, "", ""):
        if not name.startswith("api:") and _names_something(path):
            yield from ((name, method, path) for method in ("GET", "POST"))
    for route in operations():
        if _names_something(route.name):
            yield route.name, route.method, f"/api/{route.name.partition(' ')[2]}"


def _names_something(path: str) -> bool:
    return "<" in path


def filled(path: str, known: Mapping[str, str]) -> str:
    """An address with something in each of its parts."""
    for routed, there in known.items():
        path = path.replace(routed, there)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "nothing", path)  # allauth's own patterns are regular expressions
    path = re.sub(r"\(\?:([^|)]*)[^)]*\)", r"\1", path).replace("^", "").replace("$", "")
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: KNOWN.get(part[0]) or FILLED[part[1] or ""], path)


def _named(patterns: list[URLPattern | URLResolver], space: str, before: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _named(pattern.url_patterns, space + inner, path)
        else:
            yield space + (pattern.name or pattern.lookup_str), "/" + path
