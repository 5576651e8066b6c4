"""The ledger: its points add up to the total, to the millionth."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from score_cast import AS_OF, DEFAULT, ONE, happened, quote_history

from leadline import LeadScoringEngine
from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.scoring.engine import score_raws
from leadline.scoring.ledger import LedgerLine, ledger
from leadline.scoring.ruleset import Ruleset

ENGINE = LeadScoringEngine(DEFAULT)
COURSES = read_ruleset(bundled_ruleset("course-platform"))


def lines_of(history: dict[str, object]) -> dict[str, LedgerLine]:
    return {line.factor: line for line in ledger(ENGINE.calculate_score(history), DEFAULT)}


@st.composite
def measured(draw: st.DrawFn) -> tuple[Ruleset, list[int]]:
    ruleset = draw(st.sampled_from([DEFAULT, COURSES]))
    raw = st.integers(-ONE, 6000 * ONE) | st.sampled_from([0, ONE, ONE // 3])
    return ruleset, draw(st.lists(raw, min_size=len(ruleset.measures), max_size=len(ruleset.measures)))


@settings(deadline=None)  # shared cores
@given(measured())
def test_points_add_up_to_the_total_exactly(case: tuple[Ruleset, list[int]]) -> None:
    ruleset, raws = case
    score = score_raws(raws, ruleset)
    lines = ledger(score, ruleset)
    assert sum(line.points_micro for line in lines) == score.total_micro
    assert round(sum(line.points for line in lines), 6) == score.total


@settings(deadline=None)  # shared cores
@given(measured())
def test_no_line_is_two_millionths_from_its_share(case: tuple[Ruleset, list[int]]) -> None:
    ruleset, raws = case
    for line in ledger(score_raws(raws, ruleset), ruleset):
        assert abs(line.points_micro - Fraction(line.share) * Fraction(line.score) * 1_000_000) < 2.6
        assert line.points_micro == 0 or line.score != 0 or line.raw != 0  # a score below six decimals shows as 0


def test_every_factor_has_a_line_in_order() -> None:
    names = [line.factor for line in ledger(ENGINE.calculate_score(quote_history()), DEFAULT)]
    assert names == [factor.name for factor in DEFAULT.factors]


def test_a_line_says_what_was_measured_and_what_it_gave() -> None:
    line = lines_of(quote_history())["quote_requests"]
    assert (line.dimension, line.metric, line.raw, line.score) == ("conversion", "requested_quotes", 1.0, 100.0)
    assert (line.weight, line.share, line.points) == (40.0, 0.24, 24.0)
    assert line.as_dict()["points"] == 24.0


def test_an_open_penalty_has_a_line_below_its_dimension() -> None:
    history = quote_history()
    history["events"] = [*history["events"], happened(1, "Strategy Call Missed")]
    line = lines_of(history)["missed_call"]
    assert (line.kind, line.dimension, line.score, line.points) == ("penalty", "conversion", -15.0, -9.0)


def test_a_clamp_gives_back_what_a_penalty_took_below_0() -> None:
    lines = lines_of({"traits": {"email": "a@gmail.com", "title": "Owner"}, "as_of": AS_OF})
    assert [lines[name].points for name in ("profile_completion", "free_mail_address", "clamp")] == [0.75, -2.0, 1.25]
    assert (lines["clamp"].kind, lines["clamp"].dimension, lines["clamp"].score) == ("clamp", "readiness", 6.25)
