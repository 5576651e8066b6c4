"""The published JSON Schema says what the loader says, as far as a schema can."""

from collections.abc import Iterator
from typing import Any

import pytest

from leadline.engagement.metrics import MetricKind
from leadline.scoring.arithmetic import Curve
from leadline.scoring.document import bundled_ruleset, faults
from leadline.scoring.ruleset import Across
from leadline.scoring.schema import ruleset_schema
from leadline.scoring.yaml_text import mark_yaml

jsonschema = pytest.importorskip("jsonschema")

SCHEMA = ruleset_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TEXT = bundled_ruleset("offshore-staffing").read_text()

INVALID = [
    ("kind: count", "kind: cuont"),
    ("kind: count", "kind: 3"),
    ("across: sum", "across: summ"),
    ("curve: sqrt", "curve: sqr"),
    ("weight: 35, full_at: 6", "wieght: 35, full_at: 6"),
    ("weight: 35, full_at: 6", "full_at: 6"),
    ("weight: 35", "weight: 0"),
    ("weight: 35", "weight: much"),
    ("daily_cap: 3", "daily_cap: -1"),
    ("window_days: 90", "window_days: 0"),
    ("window_days: 90", "window_days: 1.5"),
    ("  engagement:\n", "  engagment:\n"),
    ("name: offshore-staffing", "name: 3"),
    ("dimension: conversion, points", "dimension: conversions, points"),
    ("points: 15", "points: 150"),
    ("{completed: true}", "{completed: {at_laest: 1}}"),
    ("{completed: true}", "{completed: null}"),
    ("{completed: true}", "{completed: {exists: 1}}"),
    ("available_at: received", "available_at: seen"),
    ("triggers: [conversion_signals, qualified]", "triggers: [qualifed]"),
    ("  qualified:\n", "  qualifed:\n"),
    ("{tool_usage: 50", "{tool_usage: 150"),
    ("for_hours: 24", "for_hours: -1"),
    ("needs: [known]", "needs: [famous]"),
    ("qualified, customer]", "custmer]"),
    ("bands: {1: 60", "bands: {1: 600"),
    ("otherwise: 3}", "otherwise: 4}"),
    ("people: 3", "people: 0"),
    ("further_share: 0.25", "further_share: 25"),
    ("days: [monday", "days: [mon"),
    ("to: recycled", "to: nowhere"),
    ("days_ago: 90", "days_ago: -1"),
    ("    expect: {stage: recycled}", "    expect: {}"),
    ("own: [anchorcrew.example]", "own: anchorcrew.example"),
]


def test_the_schema_is_a_schema_of_its_draft() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["offshore-staffing", "course-platform"])
def test_bundled_rulesets_are_valid_by_it(name: str) -> None:
    VALIDATOR.validate(mark_yaml(bundled_ruleset(name).read_text()).values)


@pytest.mark.parametrize(("old", "new"), [pair for pair in INVALID if pair[0] in TEXT])
def test_what_it_refuses_the_loader_refuses(old: str, new: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert not VALIDATOR.is_valid(mark_yaml(text).values)
    assert faults(text)


def test_the_invalid_ones_are_changes_of_the_bundled_ruleset() -> None:
    assert len([old for old, _ in INVALID if old not in TEXT]) <= 1


def test_it_lists_every_kind_curve_and_way_to_combine() -> None:
    definitions = SCHEMA["$defs"]
    for name, values in {"MetricKind": MetricKind, "Curve": Curve, "Across": Across}.items():
        assert set(definitions[name]["enum"]) == {str(value) for value in values}
    assert set(definitions["DimensionsEntry"]["required"]) == {"engagement", "readiness", "conversion"}


def test_every_field_is_described() -> None:
    assert [field for field, schema in fields() if not schema["description"]] == []


def test_entries_take_no_other_field() -> None:
    entries = [each for name, each in SCHEMA["$defs"].items() if name.endswith("Entry")]
    assert len(entries) > 20
    assert all(each["additionalProperties"] is False for each in [*entries, SCHEMA])


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, each in {"document": SCHEMA, **SCHEMA["$defs"]}.items():
        yield from ((f"{name}.{field}", schema) for field, schema in each.get("properties", {}).items())
