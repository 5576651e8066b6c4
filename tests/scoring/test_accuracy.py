"""Figures of accuracy are scikit-learn's, ties and all; intervals of rates are SciPy's."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, roc_auc_score

from leadline.scoring.accuracy import (
    BINS,
    Levels,
    auc,
    average_precision,
    binned,
    hits_among,
    levels_of,
    lift,
    precision_at,
    wilson,
)

people = st.lists(st.tuples(st.integers(0, 12) | st.integers(0, 100_000_000), st.booleans()), min_size=2, max_size=60)


def columns(rows: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


@given(people)
def test_auc_and_average_precision_are_those_of_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    totals, converted = columns(rows)
    assume(0 < converted.sum() < len(rows))
    levels = levels_of(totals, converted)
    assert auc(levels) == pytest.approx(roc_auc_score(converted, totals))
    assert average_precision(levels) == pytest.approx(average_precision_score(converted, totals))


@given(people, st.integers(1, 70))
def test_hits_of_the_first_leads_are_the_mean_over_all_orders_of_ties(rows: list[tuple[int, bool]], top: int) -> None:
    totals, converted = columns(rows)
    expected, left = 0.0, float(min(top, len(rows)))
    for score in sorted(set(totals), reverse=True):
        size = int((totals == score).sum())
        expected += converted[totals == score].sum() * min(left / size, 1)
        left = max(left - size, 0)
    assert hits_among(levels_of(totals, converted), float(top)) == pytest.approx(expected)


def test_lift_counts_the_top_tenth() -> None:
    totals = np.arange(100)
    converted = totals >= 95
    levels = levels_of(totals, converted)
    assert lift(levels) == pytest.approx(10.0)
    assert precision_at(levels, 10) == pytest.approx(0.5)
    assert precision_at(levels, 1000) == pytest.approx(0.05)


def test_a_histogram_gives_the_figures_of_its_rows() -> None:
    chance = np.random.default_rng(3)
    bins, converted = chance.integers(0, BINS, 500), chance.random(500) < 0.3
    histogram = np.bincount(bins * 2 + converted, minlength=2 * BINS).astype(float)
    plain = levels_of(bins, converted)
    for figure in (auc, average_precision, lift):
        assert figure(binned(histogram)) == pytest.approx(float(figure(plain)))
    assert auc(binned(np.stack([histogram, histogram * 2]))) == pytest.approx(float(auc(plain)))


def test_figures_without_anybody_who_converted_are_no_numbers() -> None:
    levels = Levels(np.zeros(3), np.ones(3))
    assert all(np.isnan(figure(levels)) for figure in (auc, average_precision, lift))


@given(st.integers(1, 500).flatmap(lambda leads: st.tuples(st.integers(0, leads), st.just(leads))))
def test_intervals_of_rates_are_those_of_scipy(hits_and_leads: tuple[int, int]) -> None:
    hits, leads = hits_and_leads
    theirs = binomtest(hits, leads).proportion_ci(method="wilson")
    assert wilson(hits, leads) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
