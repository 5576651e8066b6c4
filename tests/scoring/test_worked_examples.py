"""The three worked examples of the default ruleset, to all six decimals."""

from score_cast import DEFAULT, learner_history, quote_history

from leadline import LeadScorer, LeadScoringEngine
from leadline.scoring.score import DimensionScore, LeadScore

ENGINE = LeadScoringEngine(DEFAULT)
QUOTE = ENGINE.calculate_score(quote_history())
SILENT = ENGINE.calculate_score(quote_history(silent_days=21))
LEARNER = ENGINE.calculate_score(learner_history())


def factors(dimension: DimensionScore) -> list[float]:
    return [factor.score for factor in dimension.factors.values()]


def dimensions(score: LeadScore) -> list[float]:
    return [score.engagement.score, score.readiness.score, score.conversion.score]


def test_should_calculate_engagement_score_correctly() -> None:
    assert factors(QUOTE.engagement) == [40.824829, 0.0, 33.333333, 16.666667]
    assert factors(SILENT.engagement) == [28.867513, 0.0, 19.820119, 5.892557]
    assert factors(LEARNER.engagement) == [35.189893, 76.161053, 87.114775, 50.102601]
    assert [QUOTE.engagement.score, SILENT.engagement.score] == [25.122023, 15.540793]
    assert LEARNER.engagement.score == 57.497279


def test_should_calculate_readiness_score_correctly() -> None:
    assert factors(QUOTE.readiness) == factors(SILENT.readiness) == [37.5, 0.0, 0.0, 0.0]
    assert factors(LEARNER.readiness) == [25.0, 93.75, 0.0, 70.438908]
    assert [QUOTE.readiness.score, SILENT.readiness.score, LEARNER.readiness.score] == [11.25, 11.25, 36.815836]


def test_should_calculate_conversion_score_correctly() -> None:
    assert factors(QUOTE.conversion) == [100.0, 0.0, 0.0, 63.245553]
    assert factors(SILENT.conversion) == [50.0, 0.0, 0.0, 63.245553]
    assert factors(LEARNER.conversion) == [0.0, 0.0, 0.0, 0.0]
    assert [QUOTE.conversion.score, SILENT.conversion.score, LEARNER.conversion.score] == [49.486833, 29.486833, 0.0]


def test_quote_totals_37_points_and_grade_b() -> None:
    assert (QUOTE.total, QUOTE.total_micro, QUOTE.grade) == (36.966504, 36_966_504, "B")


def test_quote_after_21_days_of_silence_totals_23_points_and_grade_c() -> None:
    assert (SILENT.total, SILENT.total_micro, SILENT.grade) == (23.050258, 23_050_258, "C")


def test_learner_totals_19_points_and_grade_c() -> None:
    assert (LEARNER.total, LEARNER.total_micro, LEARNER.grade) == (18.862623, 18_862_623, "C")


def test_lead_scorer_uses_the_default_ruleset() -> None:
    scorer = LeadScorer()
    assert scorer.score_lead(quote_history()) == QUOTE
    assert list(scorer.score_leads([quote_history(), learner_history()])) == [QUOTE, LEARNER]


def test_factors_are_attributes_of_their_dimension() -> None:
    assert QUOTE.engagement.tool_usage.score == 40.824829
    assert QUOTE.conversion.team_size.raw == 4.0
    assert not hasattr(QUOTE.engagement, "team_size")


def test_a_score_as_a_dictionary_has_totals_dimensions_and_factors() -> None:
    told = QUOTE.as_dict()
    assert (told["total"], told["grade"], told["penalties"]) == (36.966504, "B", [])
    assert told["engagement"]["factors"]["tool_usage"] == {"score": 40.824829, "raw": 1.0, "weight": 35.0}


def test_nobody_scores_0_and_the_lowest_grade() -> None:
    nobody = ENGINE.calculate_score({})
    assert (nobody.total, nobody.grade, dimensions(nobody)) == (0.0, "D", [0.0, 0.0, 0.0])
    assert set(nobody.raws) == {0}
