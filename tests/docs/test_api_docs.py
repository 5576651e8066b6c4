"""The page about the REST API names every call, and no other."""

import re
from pathlib import Path

from leadline.web.api.root import api

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def test_the_page_has_the_calls_that_there_are() -> None:
    described = api.get_openapi_schema()["paths"]
    calls = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    told = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /api/v1/[^`?]+)", PAGE.read_text()))
    assert told == calls


def test_the_page_has_the_parameters_that_there_are() -> None:
    described = api.get_openapi_schema()["paths"]
    wanted = {
        (path, parameter["name"])
        for path, methods in described.items()
        for parameter in methods.get("get", {}).get("parameters", [])
        if parameter["in"] == "query"
    }
    told = {
        (path, name)
        for path, query in re.findall(r"`GET (/api/v1/[^`?]+)\?([^`]*)", PAGE.read_text())
        for name in re.findall(r"([\w.]+)=", query)
    }
    assert told == wanted
