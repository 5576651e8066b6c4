"""Sankey drawings: boxes as high as what goes through them, ribbons that fill them and lead to the right."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.sankey import Flow, Layout, layout

names = st.sampled_from("ABCDEFGH")
flows = st.lists(
    st.builds(Flow, names, names, st.integers(min_value=0, max_value=1000).map(float)),
    max_size=20,
    unique_by=lambda flow: (flow.origin, flow.goal),
)


def test_a_node_stands_right_of_all_that_lead_to_it() -> None:
    found = layout([Flow("a", "b", 5), Flow("b", "c", 3), Flow("a", "c", 2)])
    assert {node.name: node.column for node in found.nodes} == {"a": 0, "b": 1, "c": 2}


def test_what_goes_nowhere_is_not_drawn() -> None:
    assert layout([Flow("a", "a", 5), Flow("a", "b", 0)]) == Layout((), ())
    assert layout([]) == Layout((), ())


def test_of_a_circle_the_smallest_way_is_left_out() -> None:
    found = layout([Flow("a", "b", 9), Flow("b", "c", 8), Flow("c", "a", 1)])
    assert [(each.flow.origin, each.flow.goal) for each in found.ribbons] == [("a", "b"), ("b", "c")]


def test_ribbons_that_need_not_cross_do_not() -> None:
    found = layout([Flow("a", "x", 5), Flow("b", "y", 4), Flow("a", "y", 0.001)])
    tops = {node.name: node.top for node in found.nodes}
    assert (tops["a"] < tops["b"]) == (tops["x"] < tops["y"])


@given(flows)
def test_everything_is_in_the_box_and_nodes_do_not_overlap(given_flows: list[Flow]) -> None:
    found = layout(given_flows)
    columns = defaultdict(list)
    for node in found.nodes:
        columns[node.column].append((node.top, node.bottom))
        assert 0 <= node.left < node.right <= 1 + 1e-9
        assert -1e-9 <= node.top < node.bottom <= 1 + 1e-9
    for spans in columns.values():
        ordered = sorted(spans)
        assert all(above[1] < below[0] for above, below in itertools.pairwise(ordered))


@given(flows)
def test_ribbons_fill_their_nodes_and_lead_to_the_right(given_flows: list[Flow]) -> None:
    found = layout(given_flows)
    nodes = {node.name: node for node in found.nodes}
    unit = {(node.bottom - node.top) / node.count for node in found.nodes}
    assert max(unit, default=1) == pytest.approx(min(unit, default=1))
    leaving: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for ribbon in found.ribbons:
        (x, top, bottom), (end, top_at_goal, bottom_at_goal) = ribbon.points[0], ribbon.points[-1]
        origin, goal = nodes[ribbon.flow.origin], nodes[ribbon.flow.goal]
        assert x == pytest.approx(origin.right)
        assert end == pytest.approx(goal.left)
        assert x < end
        assert bottom - top == pytest.approx(bottom_at_goal - top_at_goal)
        assert origin.top - 1e-9 <= top < bottom <= origin.bottom + 1e-9
        assert goal.top - 1e-9 <= top_at_goal < bottom_at_goal <= goal.bottom + 1e-9
        leaving[ribbon.flow.origin].append((top, bottom))
    for spans in leaving.values():
        ordered = sorted(spans)
        assert all(above[1] <= below[0] + 1e-9 for above, below in itertools.pairwise(ordered))
