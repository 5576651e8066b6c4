"""A first plan from what has arrived: nothing that it was made from breaks it, and nobody's name stands in it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.plan_document import load_plan
from leadline.tracking.plan_inference import as_yaml, infer

Events = list[tuple[str, Mapping[str, Any]]]


def rules(events: Events, enough: int = 20) -> dict[str, dict[str, Any]]:
    """The properties' rules of the one event."""
    (rule,) = infer(events, "x", enough)["events"].values()
    found: dict[str, dict[str, Any]] = rule.get("properties", {})
    return found


def tools(count: int, **properties: Any) -> Events:
    return [("Tool Used", properties)] * count


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
ANY = VALUES | st.sampled_from(["on", "off", "EUR"]) | st.lists(VALUES, max_size=2) | st.just({"a": 1})
NAMES = st.sampled_from(["kind", "tool", "on", "1", "a: b"]) | st.text(min_size=1, max_size=5)
EVENTS = st.lists(st.tuples(NAMES, st.dictionaries(NAMES, ANY, max_size=4)), max_size=12)


@given(EVENTS, st.integers(1, 5), st.integers(1, 60))
def test_no_event_breaks_the_plan_that_was_made_from_it(events: Events, enough: int, times: int) -> None:
    many = events * times
    plan = load_plan(as_yaml(infer(many, "x", enough), "A comment."))
    assert [found for name, properties in events for found in plan.violations(name, properties)] == []
    assert set(plan.events) == {name for name, _ in events}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["a"], "string"),
        ([1], "integer"),
        ([1.5], "number"),
        ([1, 1.5], "number"),
        ([True], "boolean"),
        ([[1]], "list"),
        ([{"a": 1}], "object"),
        ([True, 1], "any"),
        (["a", 1], "any"),
    ],
)
def test_types(values: list[object], wanted: str) -> None:
    assert rules([("E", {"p": value}) for value in values])["p"]["type"] == wanted


def test_what_was_in_all_of_enough_events_is_required() -> None:
    assert rules(tools(20, tool="a"))["tool"]["required"] is True
    assert "required" not in rules(tools(19, tool="a"))["tool"]
    assert "required" not in rules([*tools(30, tool="a"), ("Tool Used", {"tool": None})])["tool"]


def test_few_values_seen_often_are_an_enumeration() -> None:
    events = [*tools(40, kind="guide"), *tools(40, kind="EUR")]
    assert rules(events)["kind"]["values"] == ["EUR", "guide"]
    assert "values" not in rules(tools(49, kind="guide"))["kind"]
    assert "values" not in rules([*events, *tools(4, kind="rare")])["kind"]
    assert "values" not in rules([each for n in range(11) for each in tools(10, kind=f"k{n}")])["kind"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "Jane"),
        ("kind", "Jane Doe"),
        ("kind", "jane@acme.example"),
        ("kind", "+61 2 9999 1234"),
        ("kind", "555-123-4567"),
        ("kind", "10.1.2.3"),
        ("ownerName", "jane"),
        ("assignedAgent", "jane"),
        ("manager", "jane"),
        ("city", "perth"),
        ("course_id", "sales-101"),
        ("pageUrl", "/pricing"),
    ],
)
def test_no_enumeration_of_what_may_say_who_somebody_is(name: str, value: str) -> None:
    assert "values" not in rules(tools(100, **{name: value}))[name]


def test_an_event_without_properties_is_planned() -> None:
    assert infer([("Signed Out", {})], "x")["events"] == {"Signed Out": {}}
