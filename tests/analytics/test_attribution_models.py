"""Every model keeps to its definition: held against the definition said over one path at a time, and to properties."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from path_cast import OnePath, by_hand, one_path, paths, position, some_paths, w_shaped

from leadline.analytics.attribution import Model, Options, Shares, credited, read_shares, weights
from leadline.analytics.crediting import credits_of, grouped
from leadline.kernel.errors import TerminalError

KEYS = 5
HALF_LIFE = 7.0
JUDGING_ONE = [model for model in Model if model is not Model.MARKOV]
CUSTOM = Options(shares=Shares(0.1, 0.6, 0.3))


def only(place: int, size: int) -> list[float]:
    return [float(each == place) for each in range(size)]


def last_non_direct(row: OnePath) -> list[float]:
    told = [place for place, (_, _, direct) in enumerate(row.touches) if not direct]
    return only(told[-1] if told else len(row.touches) - 1, len(row.touches))


def decay(row: OnePath) -> list[float]:
    nearest = min(days for _, days, _ in row.touches)
    raw = [2 ** (-(days - nearest) / HALF_LIFE) for _, days, _ in row.touches]
    return [each / sum(raw) for each in raw]


def shapley(row: OnePath) -> list[float]:
    different = len(set(row.keys))
    return [float(key not in row.keys[:place]) / different for place, key in enumerate(row.keys)]


DEFINITIONS: dict[Model, Callable[[OnePath], Sequence[float | Fraction]]] = {
    Model.FIRST: lambda row: only(0, len(row.touches)),
    Model.LAST: lambda row: only(len(row.touches) - 1, len(row.touches)),
    Model.LAST_NON_DIRECT: last_non_direct,
    Model.LINEAR: lambda row: [1 / len(row.touches)] * len(row.touches),
    Model.TIME_DECAY: decay,
    Model.U_SHAPED: lambda row: position(row, (Fraction(2, 5), Fraction(1, 5), Fraction(2, 5))),
    Model.POSITION: lambda row: position(row, (Fraction(1, 10), Fraction(3, 5), Fraction(3, 10))),
    Model.W_SHAPED: w_shaped,
    Model.SHAPLEY: shapley,
}


@pytest.mark.parametrize("model", JUDGING_ONE)
@given(rows=some_paths)
def test_a_model_gives_what_its_definition_says(model: Model, rows: list[OnePath]) -> None:
    made = paths(rows)
    found = credited(made, weights(made, model, CUSTOM))
    count, value = by_hand(rows, KEYS, DEFINITIONS[model])
    assert found.conversions == pytest.approx(count, abs=1e-9)
    assert found.value == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("model", list(Model))
@given(rows=some_paths, others=some_paths)
def test_credits_sum_to_the_conversions_and_to_their_value(
    model: Model, rows: list[OnePath], others: list[OnePath]
) -> None:
    found = credits_of(model, paths(rows), paths(others), CUSTOM)
    assert found.conversions.sum() + found.nobody == pytest.approx(len(rows))
    assert found.value.sum() + found.nobody_value == pytest.approx(sum(row.value for row in rows))
    assert found.nobody == sum(not row.touches for row in rows)
    assert (found.conversions >= -1e-9).all()


@pytest.mark.parametrize("model", list(Model))
@given(rows=some_paths, others=some_paths, order=st.permutations(range(KEYS)))
def test_other_names_for_the_channels_change_nothing(
    model: Model, rows: list[OnePath], others: list[OnePath], order: list[int]
) -> None:
    def renamed(each: OnePath) -> OnePath:
        touches = tuple((order[key], days, direct) for key, days, direct in each.touches)
        return OnePath(touches, each.lead_at, each.opportunity_at, each.value)

    before = credits_of(model, paths(rows), paths(others), CUSTOM)
    after = credits_of(model, paths([*map(renamed, rows)]), paths([*map(renamed, others)]), CUSTOM)
    assert after.conversions[order] == pytest.approx(before.conversions, abs=1e-9)
    assert after.value[order] == pytest.approx(before.value, abs=1e-6)


@pytest.mark.parametrize("model", [Model.LINEAR, Model.U_SHAPED, Model.SHAPLEY])
@given(rows=some_paths)
def test_symmetric_models_see_a_path_and_its_reverse_alike(model: Model, rows: list[OnePath]) -> None:
    turned = [OnePath(tuple(reversed(row.touches)), value=row.value) for row in rows]
    before, after = (credits_of(model, paths(each), paths([]), Options()) for each in (rows, turned))
    assert after.conversions == pytest.approx(before.conversions)


@given(rows=st.lists(one_path(names=4), max_size=6))
def test_shapley_is_the_sum_over_all_coalitions(rows: list[OnePath]) -> None:
    names = range(4)
    worth = {
        frozenset(some): sum(row.value for row in rows if row.touches and set(row.keys) <= set(some))
        for size in range(5)
        for some in combinations(names, size)
    }
    found = credits_of(Model.SHAPLEY, paths(rows, 4), paths([], 4), Options())
    for key in names:
        exact = sum(
            Fraction(factorial(len(some)) * factorial(3 - len(some)), factorial(4)) * int(worth[some | {key}] - lower)
            for some, lower in worth.items()
            if key not in some
        )
        assert found.value[key] == pytest.approx(float(exact), abs=1e-6)


def test_a_shorter_half_life_gives_the_last_touch_more_and_never_underflows() -> None:
    made = paths([OnePath(((0, 4000.0, False), (1, 3999.0, False)), value=10)])
    hour = credited(made, weights(made, Model.TIME_DECAY, Options(half_life_days=1 / 24)))
    week = credited(made, weights(made, Model.TIME_DECAY, Options(half_life_days=7)))
    assert hour.conversions[1] > week.conversions[1] > 0.5
    assert hour.conversions.sum() == pytest.approx(1)


@pytest.mark.parametrize("text", ["40,20", "40,20,41", "a,b,c", "-10,60,50", "", "nan,50,50"])
def test_a_position_that_makes_no_sense_is_refused_with_advice(text: str) -> None:
    with pytest.raises(TerminalError, match="40,20,40"):
        read_shares(text)


def test_paths_are_told_with_repeats_folded_and_their_medians() -> None:
    rows = [
        OnePath(((0, 9.0, False), (0, 5.0, False), (1, 1.0, True)), value=5),
        OnePath(((0, 3.0, False), (1, 1.0, True)), value=7),
        OnePath(((1, 2.0, True),)),
        OnePath(()),
    ]
    most, *others = grouped(paths(rows))
    assert (most.names, most.conversions, most.value, most.median_touches, most.median_days) == (
        ("c0", "c1"), 2, 12, 2.5, 6.0,
    )  # fmt: skip
    assert {each.names for each in others} == {("c1",), ()}
    assert [each.names for each in grouped(paths(rows), "c0")] == [("c0", "c1")]


# What heuristic_models(paths, "path", "conversions", var_value="value") of ChannelAttribution 2.2.5 gave for them,
# by channel: conversions and value. `python -m tests.benchmarks.attribution --check` compares with the package itself.
FROZEN: dict[Model, tuple[list[float], list[float]]] = {
    Model.FIRST: ([36.0, 46.0, 41.0, 35.0, 42.0], [1705.0, 2631.0, 1929.0, 1421.0, 2088.0]),
    Model.LAST: ([47.0, 37.0, 42.0, 40.0, 34.0], [2464.0, 1779.0, 2031.0, 1813.0, 1687.0]),
    Model.LINEAR: (
        [40.466666667, 40.035714286, 42.202380952, 38.714285714, 38.580952381],
        [1907.464285714, 2090.226190476, 2012.438095238, 1776.495238095, 1987.376190476],
    ),
}


def frozen_paths() -> list[OnePath]:
    """Two hundred paths, always the same."""
    made = np.random.default_rng(20260101)
    rows = []
    for _ in range(200):
        keys = made.integers(0, KEYS, made.integers(1, 8)).tolist()
        touches = tuple((int(key), float(len(keys) - place), False) for place, key in enumerate(keys))
        rows.append(OnePath(touches, value=float(made.integers(1, 100))))
    return rows


@pytest.mark.parametrize("model", FROZEN)
def test_first_last_and_linear_equal_the_channel_attribution_package(model: Model) -> None:
    made = paths(frozen_paths())
    found = credited(made, weights(made, model, Options()))
    conversions, value = FROZEN[model]
    assert found.conversions == pytest.approx(conversions, abs=1e-6)
    assert found.value == pytest.approx(value, abs=1e-6)
