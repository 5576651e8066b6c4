"""Suggested weights: a regression held non-negative, turned into whole weights that sum to 100."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_cast import DEFAULT
from sklearn.linear_model import LogisticRegression

from leadline.scoring.backtest_rows import AtCutoff, FactorRows, Rows
from leadline.scoring.backtesting import cutoff
from leadline.scoring.ruleset import DIMENSIONS
from leadline.scoring.suggesting import (
    REJECTED_WEIGHT,
    Evidence,
    coefficients,
    evidence,
    in_hundred,
    split,
    suggested_thresholds,
    suggested_weights,
    values_now,
)


def learnt(slopes: list[float], leads: int = 4000, seed: int = 5) -> Evidence:
    """Leads whose log-odds are a sum of slopes times points."""
    chance = np.random.default_rng(seed)
    points = chance.uniform(0, 100, (leads, len(slopes)))
    odds = points @ np.array(slopes)
    converted = chance.random(leads) < 1 / (1 + np.exp(-(odds - odds.mean())))
    return Evidence(points, converted, np.ones(leads), int(converted.sum()), 0)


def at(day: int, *, person: tuple[int, ...] = (), converted: tuple[bool, ...] = ()) -> AtCutoff:
    """A cutoff in March 2026 with these rows of one factor."""
    moment = cutoff(datetime(2026, 3, 1, tzinfo=UTC).date().replace(day=day), 5)
    rows = FactorRows(
        np.zeros((len(person), 1), np.int32), np.array(converted, bool), np.array(person), np.ones(len(person))
    )
    return AtCutoff(moment, 0, Rows([], rows.converted, np.zeros(0, np.int16), rows.person), [rows], [])


def test_with_nothing_to_hold_it_is_the_logistic_regression_of_scikit_learn() -> None:
    found = learnt([0.05, 0.02, 0.03])
    scaled = (found.points - found.points.mean(axis=0)) / found.points.std(axis=0)
    theirs = LogisticRegression(C=1.0, tol=1e-8).fit(scaled, found.converted).coef_[0] / found.points.std(axis=0)
    assert coefficients(found, np.zeros(3), 1.0) == pytest.approx(theirs, rel=1e-3)


def test_no_factor_speaks_against_an_outcome() -> None:
    fitted = coefficients(learnt([0.05, -0.05, 0.0]), np.zeros(3))
    assert fitted[1] == 0.0
    assert (fitted >= 0).all()


def test_a_factor_that_never_differed_is_unknown() -> None:
    found = learnt([0.05, 0.02])
    found.points[:, 1] = 7.0
    assert np.isnan(coefficients(found, np.ones(2))[1])


def test_little_evidence_leaves_weights_near_where_they_are() -> None:
    worth = np.array([0.6, 0.4])
    few, many = (coefficients(learnt([0.0, 0.05], leads), worth) for leads in (40, 20_000))
    assert few[0] / few.sum() > 0.2
    assert many[0] / many.sum() < 0.05


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_weights_are_whole_positive_and_sum_to_a_hundred(shares: list[float]) -> None:
    weights = in_hundred(shares)
    assert sum(weights) == 100
    assert min(weights) >= 1
    pairs = [(a, b) for a in zip(shares, weights, strict=True) for b in zip(shares, weights, strict=True)]
    assert all(b[1] >= a[1] - 1 for a, b in pairs if b[0] >= a[0])


def test_worth_as_it_is_suggests_about_the_weights_as_they_are() -> None:
    worth = np.array([DEFAULT.worth[factor.name] for factor in DEFAULT.factors])
    now, suggested = values_now(DEFAULT), suggested_weights(DEFAULT, worth)
    assert all(abs(value - now[path]) <= 1.5 for path, value in suggested.items())


def test_unknown_factors_keep_their_share() -> None:
    worth = np.full(len(DEFAULT.factors), np.nan)
    now, suggested = values_now(DEFAULT), suggested_weights(DEFAULT, worth)
    assert all(abs(value - now[path]) <= 1.5 for path, value in suggested.items())
    assert sum(suggested[f"dimensions.{name}.weight"] for name in DIMENSIONS) == 100


def test_thresholds_are_reached_by_as_many_as_before() -> None:
    found = learnt([0.01] * len(DEFAULT.factors))
    weights = suggested_weights(DEFAULT, np.linspace(0.1, 1.0, len(DEFAULT.factors)))
    bands = [points for path, points in suggested_thresholds(DEFAULT, weights, found).items() if "grades" in path]
    assert bands == sorted(set(bands), reverse=True)
    same = {path: round(value) for path, value in values_now(DEFAULT).items()}
    unmoved = suggested_thresholds(DEFAULT, same, found)
    assert all(abs(points - same[path]) <= 1 for path, points in unmoved.items())


def test_no_horizon_of_what_is_learnt_reaches_into_what_is_judged() -> None:
    days = [at(day) for day in (1, 4, 7, 10, 13, 16, 19, 22)]
    train, later = split(days)
    assert [each.cutoff.day.day for each in later] == [19, 22]
    assert max(each.cutoff.until for each in train) <= later[0].cutoff.moment
    assert [each.cutoff.day.day for each in train] == [1, 4, 7, 10, 13]


def test_a_rejected_lead_weighs_more_unless_it_converted() -> None:
    found = evidence([at(1, person=(1, 2, 3), converted=(True, False, False))], [{1, 2}])
    assert list(found.weight) == [1.0, REJECTED_WEIGHT, 1.0]
    assert (found.people, found.rejected) == (1, 1)
