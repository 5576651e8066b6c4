"""The repair form: its rows as steps, and a repair as lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.repair import RepairError, Step, apply
from leadline.web.repair_form import StepRow, changed_lines, paths_in, pretty, rows_from, rows_of, steps_in

TYPED = (["set", "cast"], ["event", "properties.seats"], ["Quote Requested", "integer"])


def test_rows_become_steps_and_empty_ones_none() -> None:
    rows = [StepRow("set", "a", "4"), StepRow("set", "b", "four"), StepRow(), StepRow("remove", "c", "ignored")]
    assert steps_in(rows) == [Step("set", "a", value=4), Step("set", "b", value="four"), Step("remove", "c")]


def test_a_row_that_means_nothing_is_refused() -> None:
    for row in (
        StepRow("delete", "a"),
        StepRow("rename", "a", ""),
        StepRow("cast", "a", "text"),
        StepRow("set", "", "1"),
    ):
        with pytest.raises(RepairError):
            steps_in([row])


def test_buttons_add_and_take_away_rows() -> None:
    assert [row.path for row in rows_of(*TYPED, "preview")] == ["event", "properties.seats"]
    assert [row.path for row in rows_of(*TYPED, "add")] == ["event", "properties.seats", ""]
    assert [row.path for row in rows_of(*TYPED, "drop:0")] == ["properties.seats"]
    assert rows_of([], [], [], "preview") == rows_of(["set"], ["a"], ["b"], "drop:0") == [StepRow()]
    assert len(rows_of(["set"] * 99, ["a"] * 99, ["b"] * 99, "add")) == 50


@given(
    st.sampled_from(["4", "four", "true", "null", '"4"', '{"a": 1}', " x"]).map(lambda text: StepRow("set", "a", text))
)
def test_a_kept_repair_is_shown_as_it_means(row: StepRow) -> None:
    (step,) = steps_in([row])
    (shown,) = rows_from([step.as_json()])
    assert steps_in([shown]) == [step]


def test_lines_that_changed_with_a_few_around_them() -> None:
    before = {f"k{number}": number for number in range(20)}
    lines = changed_lines(before, apply([Step("set", "k10", value="ten")], before))
    assert [line.text.strip() for line in lines if line.change == "gone"] == ['"k10": 10,']
    assert [line.text.strip() for line in lines if line.change == "new"] == ['"k10": "ten",']
    assert [line.change for line in lines].count("same") == 6
    assert lines[0].text == "8 lines as before"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab\n", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_the_new_lines_are_the_message_after(before: object, after: object) -> None:
    lines = changed_lines(before, after)
    if not any(line.change == "cut" for line in lines):
        assert json.loads("\n".join(line.text for line in lines if line.change != "gone")) == after
        assert "\n".join(line.text for line in lines if line.change != "new") == pretty(before)


def test_paths_are_offered_as_they_are_typed() -> None:
    message = {"event": "E", "properties": {"a.b": [{"c": 1}]}}
    assert paths_in(message) == [
        "event",
        "properties",
        r"properties.a\.b",
        r"properties.a\.b.0",
        r"properties.a\.b.0.c",
    ]
    assert len(paths_in({str(number): 0 for number in range(999)})) == 200
