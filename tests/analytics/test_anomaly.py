"""What is usual: close to the share that is asked for on generated weeks, blind to outliers, aware of trends."""

import random
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmarks.alarms import rates

from leadline.analytics.anomaly import level_of, usual
from leadline.analytics.report import ValueKind

SIDES = st.sampled_from(["above", "below", "both"])
COUNTS = st.lists(st.integers(0, 500).map(float), min_size=4, max_size=8)


def poisson(chance: random.Random, mean: float) -> float:
    count, product = 0, chance.random()
    while product > exp(-mean):
        count, product = count + 1, product * chance.random()
    return float(count)


@given(COUNTS, st.floats(0.001, 0.4), SIDES)
def test_the_level_lies_within_what_is_usual(past: list[float], share: float, side: str) -> None:
    found = usual(past, [past], ValueKind.SECONDS, share, side)
    assert found is not None
    assert 0 <= found.low <= found.level <= found.high


@given(COUNTS, st.floats(0.001, 0.1), st.sampled_from([ValueKind.COUNT, ValueKind.SECONDS]))
def test_whom_fewer_may_fire_the_wider_the_range(past: list[float], share: float, kind: ValueKind) -> None:
    rare, often = usual(past, [past], kind, share / 2), usual(past, [past], kind, share)
    assert rare is not None
    assert often is not None
    assert rare.low <= often.low
    assert rare.high >= often.high


@pytest.mark.parametrize("mean", [0.5, 3.0, 12.0, 40.0])
def test_about_one_day_in_a_hundred_of_generated_weeks_is_unusual(mean: float) -> None:
    chance, outside, runs = random.Random(5), 0, 400  # noqa: S311  # repeatable weeks, no secrets
    for _ in range(runs):
        weeks = [[poisson(chance, mean * level) for _ in range(8)] for level in (1, 1, 1.1, 1.2, 1, 0.4, 0.4)]
        found = usual(weeks[0], weeks, ValueKind.COUNT, 0.01)
        value = poisson(chance, mean)
        assert found is not None
        outside += not found.low <= value <= found.high
    assert outside / runs < 0.03


@pytest.mark.parametrize("deals", [3.0, 12.0])
@pytest.mark.parametrize("spread", [0.7, 1.0, 1.5])
def test_about_one_day_in_a_hundred_of_generated_deals_is_unusual(deals: float, spread: float) -> None:
    found = rates(deals, spread, 400)
    assert found.after < 0.03
    assert found.before > found.after


def test_where_deals_are_rare_nothing_is_told_instead_of_every_third_day() -> None:
    found = rates(0.3, 1.0, 200)
    assert found.before > 0.25
    assert (found.after, found.judged) == (0.0, 0.0)


def test_money_that_stops_coming_or_comes_tenfold_is_unusual() -> None:
    assert rates(20.0, 0.7, 100, factor=0.0).after > 0.95
    assert rates(20.0, 0.7, 100, factor=10.0).after > 0.9


@given(st.lists(st.just(0.0) | st.floats(0.01, 1e12), min_size=4, max_size=8), st.floats(0.001, 0.4), SIDES)
def test_the_level_of_money_lies_within_what_is_usual(past: list[float], share: float, side: str) -> None:
    found = usual(past, [past], ValueKind.MONEY, share, side)
    assert (found is None) is not any(past)
    assert found is None or 0 <= found.low <= found.level <= found.high


def test_one_outlier_moves_nothing() -> None:
    calm = usual([10, 11, 9, 10, 10, 12, 10, 9], [[10, 11, 9, 10, 10, 12, 10, 9]], ValueKind.SECONDS, 0.01)
    wild = usual([10, 11, 9, 10, 900, 12, 10, 9], [[10, 11, 9, 10, 900, 12, 10, 9]], ValueKind.SECONDS, 0.01)
    assert calm is not None
    assert wild is not None
    assert wild.high < 2 * calm.high


def test_a_sure_trend_is_carried_on_and_chance_is_not() -> None:
    assert level_of([10, 20, 30, 40, 50, 60, 70, 80]) == 90
    assert level_of([10, 20, 10, 20, 10, 20, 10, 20]) == 15


def test_with_few_values_nothing_is_told() -> None:
    assert usual([5, 5, 5], [[5, 5, 5]], ValueKind.COUNT, 0.01) is None


def test_a_rate_of_few_cases_may_vary_more() -> None:
    past = [0.5, 0.5, 0.5, 0.5, 0.5]
    few, many = (usual(past, [past], ValueKind.SHARE, 0.01, cases=cases) for cases in (10, 10_000))
    assert few is not None
    assert many is not None
    assert few.low < many.low
