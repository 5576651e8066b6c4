"""Curves, weights and rounding."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.scoring.arithmetic import (
    HUNDRED,
    POSITION_ONE,
    Curve,
    clamp,
    decay_weight,
    factor_nano,
    position,
    to_micro,
    weighted_mean,
)


@pytest.mark.parametrize(
    ("curve", "nano"),
    [(Curve.LINEAR, 25_000_000_000), (Curve.SQRT, 50_000_000_000), (Curve.LOG, 51_188_336_098)],
)
def test_a_quarter_of_the_way_on_each_curve(curve: Curve, nano: int) -> None:
    assert factor_nano(POSITION_ONE // 4, curve) == nano


@pytest.mark.parametrize("curve", list(Curve))
def test_every_curve_runs_from_0_to_100(curve: Curve) -> None:
    assert (factor_nano(0, curve), factor_nano(POSITION_ONE, curve)) == (0, HUNDRED)


@settings(deadline=None)  # shared cores
@given(curve=st.sampled_from(list(Curve)), low=st.integers(0, POSITION_ONE), high=st.integers(0, POSITION_ONE))
def test_more_never_scores_less(curve: Curve, low: int, high: int) -> None:
    low, high = sorted((low, high))
    assert factor_nano(low, curve) <= factor_nano(high, curve)


def test_a_position_stays_between_0_and_1() -> None:
    assert position(-5, 1000) == 0
    assert position(10**30, 1000) == POSITION_ONE


@settings(deadline=None)  # shared cores
@given(age=st.integers(0, 4000), half_life=st.floats(0.5, 400))
def test_weights_never_grow_with_age(age: int, half_life: float) -> None:
    assert 0 <= decay_weight(age + 1, half_life) <= decay_weight(age, half_life) <= 10**9


def test_without_a_half_life_nothing_decays() -> None:
    assert decay_weight(3650, None) == 10**9


def test_means_and_micro_points_are_rounded_half_up() -> None:
    assert weighted_mean([(1, 1), (1, 2)]) == 2
    assert (to_micro(499), to_micro(500)) == (0, 1)
    assert (clamp(-1), clamp(HUNDRED + 1)) == (0, HUNDRED)
