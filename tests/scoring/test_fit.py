"""Fit: who somebody is, outside the total. The example of docs/reference/accounts-and-fit.md by hand."""

from dataclasses import replace

import pytest
from score_cast import DEFAULT

from leadline.engagement.metrics import Metric, MetricKind
from leadline.scoring.arithmetic import Curve
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.ruleset import FIT, Across, Factor, Fit, Measure
from leadline.scoring.score import LeadScore

SIZE = Metric("size", MetricKind.TRAIT_VALUE, traits=("employees",))


def of_size(bands: tuple[tuple[int, int], ...] = ((1, 60_000), (2, 30_000)), **traits: object) -> LeadScore:
    measure = Measure(SIZE, Across.STATE, 0)
    factor = Factor("size", FIT, measure, 1_000, 100_000, Curve.LINEAR, "Size", "")
    ruleset = replace(DEFAULT, fit=Fit((factor,), bands, 3))
    return LeadScoringEngine(ruleset).calculate_score({"traits": traits})


def test_the_example_of_the_docs_by_hand() -> None:
    traits = {"email": "ann@harbour-view.com.au", "employees": 16, "country": "AU"}
    score = LeadScoringEngine(DEFAULT).calculate_score({"traits": traits})
    points = {name: each.score for name, each in score.fit_factors.items()}
    assert points == {"company_size": 80, "industry": 0, "country": 100, "address": 100}
    assert (score.fit_points, score.fit) == (72, 1)


@pytest.mark.parametrize(
    ("employees", "points"),
    [
        (60, 60),
        ("25", 25),
        ("2.5e1", 25),
        ("1000000", 100),
        (-5, 0),
        ("25 people", 0),
        ("10-50", 0),
        (None, 0),
        (True, 0),
    ],
)
def test_a_trait_s_number_is_what_its_whole_text_says(employees: object, points: float) -> None:
    assert of_size(employees=employees).fit_points == points


@pytest.mark.parametrize(("employees", "fit"), [(60, 1), (59.999, 2), (30, 2), (29.9, 3), (None, 3)])
def test_a_band_begins_at_its_points(employees: object, fit: int) -> None:
    assert of_size(employees=employees).fit == fit


def test_fit_is_no_part_of_the_total() -> None:
    small, large = of_size(employees=1, title="CFO"), of_size(employees=100, title="CFO")
    assert small.total_micro == large.total_micro
    assert (small.fit, large.fit) == (3, 1)


def test_without_rules_there_is_no_fit() -> None:
    ruleset = replace(DEFAULT, fit=None)
    score = LeadScoringEngine(ruleset).calculate_score({"traits": {"employees": 90}})
    assert (score.fit, score.fit_micro, dict(score.fit_factors)) == (0, 0, {})
    assert score.as_dict()["fit"] == 0
