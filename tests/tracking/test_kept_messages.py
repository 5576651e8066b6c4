"""A person's names are found in whole messages wherever they stand, and nobody else's message is taken for theirs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.privacy.kinds import Subject
from leadline.tracking.kept_messages import NameSearch, messages_of, texts_in
from leadline.tracking.models import QuarantinedMessage
from leadline.tracking.quarantine import kept_body

ADA = Subject((), (), (("user_id", "42"), ("email", "ada@x.example"), ("anonymous_id", "bc71ca19-a3d4-48fc-8967")))
SEARCH = NameSearch.of(ADA)
LEAF = (
    st.none() | st.booleans() | st.integers(100, 10_000) | st.text(st.characters(categories=["Lu", "Nd"]), max_size=8)
)
TREE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def planted(tree: Any, name: object, path: list[int]) -> Any:
    """The tree with a name at some place."""
    if isinstance(tree, list) and tree and path:
        place = path[0] % len(tree)
        return [planted(each, name, path[1:]) if i == place else each for i, each in enumerate(tree)]
    if isinstance(tree, dict) and tree and path:
        key = sorted(tree)[path[0] % len(tree)]
        return {**tree, key: planted(tree[key], name, path[1:])}
    return name


@given(tree=TREE, path=st.lists(st.integers(0, 9), max_size=5), name=st.sampled_from(["42", 42, " Ada@X.example "]))
def test_a_name_is_found_at_any_depth(tree: Any, path: list[int], name: object) -> None:
    assert SEARCH.finds(planted(tree, name, path))


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/?email=ada@x.example&a=1",
        "mailto:Ada@x.example",
        "<ada@x.example>, bo@x.example",
        "id=bc71ca19-a3d4-48fc-8967",
    ],
)
def test_an_address_or_a_long_id_is_found_inside_a_text(text: str) -> None:
    assert SEARCH.finds({"context": [{"page": {"url": text}}]})


@pytest.mark.parametrize(
    "value",
    ["142", "order 42", "canada@x.example", "ada@x.example-shop", "bc71ca19-a3d4-48fc-8967a", 4.2, True, None, {}],
)
def test_what_only_looks_like_a_name_is_not_found(value: object) -> None:
    assert not SEARCH.finds([value])


def test_a_body_that_is_no_json_is_read_too() -> None:
    assert SEARCH.finds(kept_body(b'{"userId": "ada@x.example", "broken'))
    assert not SEARCH.finds(kept_body(b'{"userId": "bo@x.example", "broken'))
    assert SEARCH.finds({"undecodable": "not hexadecimal", "userId": "42"})


def test_somebody_without_a_name_has_no_messages(db: None) -> None:  # noqa: ARG001  # rows
    nobody = Subject((1,), (1,), (("user_id", " "),))
    assert not NameSearch.of(nobody).finds(["", " ", "x"])
    assert messages_of(QuarantinedMessage, nobody).count() == 0


def test_names_of_fields_are_texts_too() -> None:
    assert set(texts_in({"A": [{"B": 1}, "c"]})) == {"a", "b", "1", "c"}
