"""Values changed inside a text: the values are there afterwards, and everything else is as it was."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kernel.errors import DocumentError
from leadline.scoring.document import bundled_ruleset, load_ruleset
from leadline.scoring.edits import with_values
from leadline.scoring.yaml_text import compose, entries_of, mark_yaml

TEXT = bundled_ruleset("offshore-staffing").read_text()
SMALL = """\
# a comment that stays
plain: 35   # and this one
flow: {a: 1, b: "two", 'c': 'it''s', "d": no}
list: [1, two, 3.5]
nested:
  - key: value
    other: some words
"""
LEAVES = ["plain", "flow.a", "flow.b", "flow.c", "flow.d", "list[0]", "list[1]", "nested[0].key", "nested[0].other"]
VALUES = st.one_of(
    st.text(max_size=20).filter(str.isprintable),
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.dictionaries(st.sampled_from(LEAVES), VALUES))
def test_what_is_written_is_read_back_and_nothing_else_moves(values: dict[str, str | int | float | bool]) -> None:
    before, after = leaves(SMALL), leaves(with_values(SMALL, values))
    assert after == before | values


@given(st.dictionaries(st.sampled_from(LEAVES), VALUES))
def test_changing_the_values_back_gives_the_same_values(values: dict[str, str | int | float | bool]) -> None:
    original = {path: value for path, value in leaves(SMALL).items() if path in values}
    assert leaves(with_values(with_values(SMALL, values), original)) == leaves(SMALL)


def test_comments_and_layout_stay() -> None:
    changed = with_values(SMALL, {"plain": 40, "flow.b": "three"})
    assert changed == SMALL.replace("35   #", "40   #").replace('"two"', '"three"')


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 99_000), st.integers(1, 99_000))
def test_weights_of_a_ruleset_are_changed_in_place(weight: int, other: int) -> None:
    paths = ["dimensions.engagement.weight", "dimensions.conversion.factors.team_size.weight"]
    text = with_values(TEXT, {paths[0]: weight / 1000, paths[1]: other / 1000})
    ruleset = load_ruleset(text)
    assert ruleset.dimension_weights["engagement"] == weight
    assert ruleset.factors[-1].weight == other
    assert text.count("\n") == TEXT.count("\n")
    assert text.count("#") == TEXT.count("#")


def test_windows_line_ends_stay() -> None:
    assert with_values("a: 1\r\nb: 2\r\n", {"b": 30}) == "a: 1\r\nb: 30\r\n"


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        ("a: 1", "b", "no entry 'b'"),
        ("abc: 1", "abd", "Did you mean 'abc'"),
        ("a: {b: 1}", "a", "no single value"),
        ("a: &x 1\nb: *x", "b", "no single value"),
        ("a: |\n  text\n", "a", "no single value"),
        ("a:\nb: 1", "a", "no value to change"),
        ("a: [", "a", "line 2"),
    ],
)
def test_what_can_not_be_changed_in_place_is_said(text: str, path: str, told: str) -> None:
    with pytest.raises(DocumentError, match=told) as caught:
        with_values(text, {path: 2})
    assert str(caught.value)


def leaves(text: str) -> dict[str, Any]:
    """Each scalar by its path."""
    values = mark_yaml(text).values
    found: dict[str, Any] = {}
    for path, _, node in entries_of(compose(text)):
        if isinstance(node.value, str):
            found[path] = eval_path(values, path)
    return found


def eval_path(values: object, path: str) -> object:
    for part in path.replace("[", ".[").split("."):
        values = values[int(part[1:-1])] if part.startswith("[") else values[part]
    return values
