"""Generated paths for the tests of attribution, and the models' definitions said over one path at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from leadline.analytics.attribution import NOWHERE, Paths


@dataclass(frozen=True)
class OnePath:
    """One conversion: its touches as (key, days before, direct), the milestones' places, and its value."""

    touches: tuple[tuple[int, float, bool], ...]
    lead_at: int = NOWHERE
    opportunity_at: int = NOWHERE
    value: float = 0.0

    @property
    def keys(self) -> list[int]:
        return [key for key, _, _ in self.touches]


def paths(rows: Sequence[OnePath], names: int = 5) -> Paths:
    """As columns."""
    touches = [touch for row in rows for touch in row.touches]
    return Paths(
        tuple(f"c{number}" for number in range(names)),
        np.cumsum([0, *(len(row.touches) for row in rows)]),
        np.array([key for key, _, _ in touches], np.int64),
        np.array([days for _, days, _ in touches], np.float64),
        np.array([direct for _, _, direct in touches], bool),
        np.array([row.lead_at for row in rows], np.int64),
        np.array([row.opportunity_at for row in rows], np.int64),
        np.array([row.value for row in rows], np.float64),
    )


@st.composite
def one_path(draw: st.DrawFn, names: int = 5) -> OnePath:
    """A path of up to seven touches, in order of time."""
    keys = draw(st.lists(st.integers(0, names - 1), max_size=7))
    days = sorted(draw(st.lists(st.floats(0, 400), min_size=len(keys), max_size=len(keys))), reverse=True)
    direct = draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    place = st.integers(NOWHERE, len(keys) - 1)
    return OnePath(
        tuple(zip(keys, days, direct, strict=True)), draw(place), draw(place), float(draw(st.integers(0, 1000)))
    )


some_paths = st.lists(one_path(), max_size=8)


def by_hand(rows: Sequence[OnePath], keys: int, weigh: object) -> tuple[list[float], list[float]]:
    """Credits by count and by value: the weights of `weigh(path)` summed path by path."""
    count, value = [0.0] * keys, [0.0] * keys
    for row in rows:
        for (key, _, _), weight in zip(row.touches, weigh(row) if row.touches else (), strict=True):
            count[key] += float(weight)
            value[key] += float(weight) * row.value
    return count, value


def position(row: OnePath, shares: tuple[Fraction, Fraction, Fraction]) -> list[Fraction]:
    """First, between, last: what has nowhere to go is left out, and the rest grows."""
    size = len(row.touches)
    first, middle, last = shares
    if size == 1:
        return [Fraction(1)]
    if size == 2:
        return [first / (first + last), last / (first + last)] if first + last else [Fraction(1, 2)] * 2
    return [first, *[middle / (size - 2)] * (size - 2), last]


def w_shaped(row: OnePath) -> list[Fraction]:
    """Three tenths to each milestone, a tenth to the others, and then so that all is 1."""
    size = len(row.touches)
    marks = [0, *(place for place in (row.lead_at, row.opportunity_at) if place != NOWHERE)]
    weight = [Fraction(3 * marks.count(place), 10) for place in range(size)]
    others = [place for place in range(size) if place not in marks]
    for place in others:
        weight[place] = Fraction(1, 10) / len(others)
    return [each / sum(weight) for each in weight]
