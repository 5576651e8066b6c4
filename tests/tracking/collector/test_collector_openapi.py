"""The description says what the collector does: routes, methods, error codes; and the reference names every route."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from collector_station import BASIC, TRACK, Station
from openapi_spec_validator import validate

from leadline.kernel.errors import SpoolUnavailableError
from leadline.tracking.collector import app
from leadline.tracking.collector.routes import PROBES, ROUTES, find, is_collected, templates

FOLDER = Path(app.__file__).parent
ROOT = Path(__file__).parents[3]
EXAMPLES = {"{write_key}": "WK", "{token}": "WK", "{file}": "a.js"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "openapi.json").read_text())
    return found


def codes_raised() -> set[str]:
    """The codes of all refusals in the collector's source."""
    nodes = (node for path in FOLDER.glob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RefusedError"]
    given = [call.args[1] for call in calls if len(call.args) > 1]
    return {str(each.value) for each in given if isinstance(each, ast.Constant)} | {SpoolUnavailableError.code}


def test_it_is_valid(description: dict[str, Any]) -> None:
    validate(description)
    assert description["openapi"].startswith("3.1")


def test_it_has_the_routes_that_there_are_and_no_others(description: dict[str, Any]) -> None:
    described = {path: set(methods) for path, methods in description["paths"].items()}
    wanted = {"POST": {"post"}, "GET": {"get", "head"}}
    assert described == {path: wanted[method] for path, method in templates().items()}


def test_each_described_route_answers(description: dict[str, Any], station: Station) -> None:
    for template, methods in description["paths"].items():
        path = template
        for part, example in EXAMPLES.items():
            path = path.replace(part, example)
        for method in methods:
            answer = station.request(method.upper(), path, TRACK, BASIC)
            assert str(answer.status) in methods[method]["responses"], f"{method} {path}: {answer.status}"
            assert answer.status != 405
            assert is_collected(path) or path in PROBES


def test_operations_have_names_of_their_own(description: dict[str, Any]) -> None:
    names = [each["operationId"] for methods in description["paths"].values() for each in methods.values()]
    assert len(names) == len(set(names))


def test_it_has_the_codes_that_are_raised_and_no_others(description: dict[str, Any]) -> None:
    assert set(description["components"]["schemas"]["ErrorCode"]["enum"]) == codes_raised()


def test_each_code_is_explained_at_a_status(description: dict[str, Any]) -> None:
    texts = " ".join(each["description"] for each in description["components"]["responses"].values())
    assert sorted(code for code in codes_raised() if not re.search(rf"\b{code}\b", texts)) == []


def test_it_is_served(station: Station, description: dict[str, Any]) -> None:
    answer = station.get("/openapi.json", {"origin": "https://docs.example"})
    assert answer.json() == description
    assert answer.headers["access-control-allow-origin"] == "https://docs.example"


def test_the_reference_names_every_route() -> None:
    page = (ROOT / "docs" / "reference" / "collector.md").read_text()
    assert sorted(path for path in templates() if f"`{path}`" not in page) == []


def test_paths_of_pages_are_not_the_collectors() -> None:
    assert not any(is_collected(path) for path in ("/", "/sources", "/live", "/api/v1/leads", "/healthz", "/readyz"))
    assert all(is_collected(path) for path in ROUTES)


def test_a_path_with_more_parts_is_another() -> None:
    assert find("/v1/projects/a/b/settings") is None
    assert find("/v1/projects//settings") is None
    assert find("/array/a/config/") is None
