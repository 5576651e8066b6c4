"""Repairing a message: four kinds of steps on dotted paths, and what is said when one does not fit."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.repair import CAST_TYPES, RepairError, Step, apply, path_parts, step_of, steps_of

MESSAGE: dict[str, Any] = {
    "type": "track",
    "event": "Quote Requestd",
    "properties": {"seats": "four", "price.eu": 3, "products": [{"sku": "a"}, {"sku": "b"}], "note": None},
}


def after(*steps: Step) -> dict[str, Any]:
    return apply(steps, MESSAGE)


def test_rename_moves_a_value_and_makes_what_it_is_put_into() -> None:
    done = after(Step("rename", "properties.seats", "context.team.size"))
    assert done["context"] == {"team": {"size": "four"}}
    assert "seats" not in done["properties"]


def test_set_replaces_adds_and_makes() -> None:
    done = after(Step("set", "event", value="Quote Requested"), Step("set", "context.app.name", value="till"))
    assert (done["event"], done["context"]) == ("Quote Requested", {"app": {"name": "till"}})


def test_remove_takes_away_and_is_content_when_there_is_nothing() -> None:
    done = after(Step("remove", "properties.note"), Step("remove", "nothing.here"), Step("remove", "event.name"))
    assert "note" not in done["properties"]
    assert done["event"] == MESSAGE["event"]


def test_numbers_count_the_items_of_a_list() -> None:
    done = after(
        Step("set", "properties.products.1.sku", value="c"),
        Step("remove", "properties.products.0"),
        Step("set", "properties.products.1", value={"sku": "d"}),
    )
    assert done["properties"]["products"] == [{"sku": "c"}, {"sku": "d"}]


def test_a_dot_inside_a_name_is_escaped() -> None:
    assert path_parts(r"properties.price\.eu") == ["properties", "price.eu"]
    assert after(Step("rename", r"properties.price\.eu", "properties.price"))["properties"]["price"] == 3


def test_the_message_itself_stays_as_it_was() -> None:
    before = str(MESSAGE)
    value: dict[str, int] = {}
    done = after(Step("set", "properties.seats", value=value), Step("set", "properties.seats.a", value=1))
    assert (str(MESSAGE), value) == (before, {})
    assert done["properties"]["seats"] == {"a": 1}


@pytest.mark.parametrize(
    ("value", "to", "wanted"),
    [
        ("4", "integer", 4),
        (" 1,200 ", "integer", 1200),
        ("4.0", "integer", 4),
        (4.0, "integer", 4),
        (True, "integer", 1),
        ("4.5", "number", 4.5),
        ("4", "number", 4),
        ("1e3", "number", 1000.0),
        (4, "string", "4"),
        (True, "string", "true"),
        ("Yes", "boolean", True),
        ("0", "boolean", False),
        (1, "boolean", True),
    ],
)
def test_casting(value: object, to: str, wanted: object) -> None:
    done = apply([Step("cast", "v", to)], {"v": value})["v"]
    assert (done, type(done)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("value", "to"),
    [("four", "integer"), (4.5, "integer"), ("4.5", "integer"), ("", "number"), ("nan", "number"), ({}, "string"),
     (None, "string"), ("maybe", "boolean"), (2, "boolean"), ([1], "number"), ("1" * 30, "integer")],
)  # fmt: skip
def test_what_cannot_be_cast_is_said(value: object, to: str) -> None:
    with pytest.raises(RepairError, match=f"which is no {to}. Set it, or remove it"):
        apply([Step("cast", "v", to)], {"v": value})


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step("rename", "properties.seets", "properties.seats2"), "There is no properties.seets. Check the spelling"),
        (Step("rename", "nothing.seats", "x"), "There is no nothing."),
        (Step("rename", "event", "properties.seats"), "There is a properties.seats already. Remove"),
        (Step("rename", "properties", "properties.inner"), "cannot be moved into itself"),
        (Step("cast", "properties.seets", "integer"), "There is no properties.seets"),
        (Step("cast", "event", "text"), "'text' is no type to cast to. Use one of string"),
        (Step("set", "event.name", value=1), "event holds no names"),
        (Step("set", "properties.products.9", value=1), "no place in a list of 2"),
        (Step("set", "", value=1), "'' is no path"),
        (Step("set", "a..b", value=1), "'a..b' is no path"),
        (Step("set", ".a", value=1), "is no path"),
        (Step("set", "a.", value=1), "is no path"),
    ],
)
def test_a_step_that_does_not_fit_says_why_and_what_to_do(step: Step, said: str) -> None:
    with pytest.raises(RepairError, match=said):
        after(step)


@pytest.mark.parametrize(
    "document",
    [None, {}, {"do": "delete", "path": "a"}, {"do": "set"}, {"do": "cast", "path": "a", "to": "text"},
     {"do": "rename", "path": "a", "to": ""}, {"do": "set", "path": 3}, {"do": "rename", "path": "a", "to": 3}],
)  # fmt: skip
def test_documents_that_are_no_steps(document: object) -> None:
    with pytest.raises(RepairError):
        step_of(document)


def test_too_many_steps() -> None:
    with pytest.raises(RepairError, match="at most 50"):
        steps_of([{"do": "remove", "path": "a"}] * 51)


NAMES = st.text("abc.\\", min_size=1, max_size=4).map(lambda text: text.replace("\\", "\\\\").replace(".", r"\."))
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
STEPS = st.one_of(
    st.builds(Step, st.just("remove"), PATHS),
    st.builds(Step, st.just("set"), PATHS, value=st.integers() | st.none() | st.lists(st.booleans(), max_size=2)),
    st.builds(Step, st.just("cast"), PATHS, st.sampled_from(CAST_TYPES)),
    st.builds(Step, st.just("rename"), PATHS, PATHS).filter(lambda s: not f"{s.to}.".startswith(f"{s.path}.")),
)


@given(STEPS)
def test_a_step_survives_its_json_form(step: Step) -> None:
    assert step_of(step.as_json()) == step


@given(PATHS, st.integers())
def test_what_is_set_is_there_and_can_be_taken_away(path: str, value: int) -> None:
    done = apply([Step("set", path, value=value)], {})
    holder: Any = done
    for name in path_parts(path):
        holder = holder[name]
    assert holder == value
    assert apply([Step("rename", path, "elsewhere")], done)["elsewhere"] == value
