"""The columnar funnel equals the plain reference on whatever people do."""

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.analytics.funnel import Funnel, Happening, Order, Reach, reaches
from leadline.eventstore import funnel_arrays
from leadline.eventstore.funnel_arrays import EXCLUDED, History, run_funnel

STEPS = 3
HAPPENINGS = st.builds(
    Happening,
    at=st.integers(0, 14),
    steps=st.sets(st.integers(0, STEPS - 1), max_size=2).map(lambda steps: tuple(sorted(steps))),
)
EXCLUSIONS = st.builds(Happening, at=st.integers(0, 14), excluded=st.just(True))
PEOPLE = st.lists(st.lists(HAPPENINGS | HAPPENINGS | HAPPENINGS | EXCLUSIONS, max_size=12), min_size=1, max_size=5)
FUNNELS = st.builds(
    Funnel,
    steps=st.integers(1, STEPS),
    order=st.sampled_from(Order),
    window=st.integers(0, 8),
    enter_before=st.integers(0, 20),
)


def columns(funnel: Funnel, people: list[list[Happening]]) -> History:
    """The rows that the store gives."""
    rows = []
    for lead, history in enumerate(people, 1):
        for each in history:
            rows += [(lead, each.at, place, step) for place, step in _row(funnel, each)]
    rows.sort()
    lead, at, _, step = (np.array([row[place] for row in rows], np.int64) for place in range(4))
    return History(lead, at, step)


def _row(funnel: Funnel, each: Happening) -> list[tuple[tuple[int, int], int]]:
    steps = [step for step in each.steps if step < funnel.steps]
    if each.excluded:
        return [((-1, 0), EXCLUDED)]
    if funnel.order is Order.STRICT:
        mask = sum(1 << step for step in steps)
        return [((min(steps, default=funnel.steps), mask), mask)]
    return [((step, 0), step) for step in steps]


def cut(funnel: Funnel, history: list[Happening]) -> list[Happening]:
    """The same history for a funnel of fewer steps."""
    return [Happening(each.at, tuple(s for s in each.steps if s < funnel.steps), each.excluded) for each in history]


@settings(max_examples=600, deadline=None)
@given(funnel=FUNNELS, people=PEOPLE, piece=st.sampled_from([1, 3, funnel_arrays.PIECE]))
def test_the_columns_give_what_the_reference_gives(funnel: Funnel, people: list[list[Happening]], piece: int) -> None:
    with patch.object(funnel_arrays, "PIECE", piece):
        found = run_funnel(funnel, columns(funnel, people))
    for lead, history in enumerate(people, 1):
        told = [
            Reach(int(step.at[place]), int(step.started[place]), int(step.before[place]))
            for step in found.steps
            for place in np.flatnonzero(step.lead == lead)
        ]
        assert told == list(reaches(funnel, cut(funnel, history)))


def test_nobody_reaches_nothing() -> None:
    nobody = np.array([], np.int64)
    found = run_funnel(Funnel(STEPS, Order.ORDERED, 5, 20), History(nobody, nobody, nobody))
    assert [len(step.lead) for step in found.steps] == [0, 0, 0]


@given(people=PEOPLE)
def test_who_reaches_a_step_reached_the_one_before(people: list[list[Happening]]) -> None:
    funnel = Funnel(STEPS, Order.ORDERED, 5, 20)
    steps = run_funnel(funnel, columns(funnel, people)).steps
    for fewer, more in zip(steps[1:], steps, strict=False):
        assert set(fewer.lead) <= set(more.lead)
