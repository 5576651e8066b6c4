"""What changed: what is told, and what is not."""

import pytest

from leadline.analytics.changes import change, clearest
from leadline.analytics.metrics import Measured, measure_of

LEADS, RATE, REVENUE = (measure_of(name) for name in ("new-leads", "qualification-rate", "revenue"))
TIME = measure_of("median-time-to-qualify")


def count(number: int) -> Measured:
    return Measured(float(number), number)


def test_a_clear_move_of_a_count_is_told_with_both_numbers() -> None:
    told = change(LEADS, count(90), count(50))
    assert told is not None
    assert told.sentence() == "New leads rose by 80%, from 50 to 90"


def test_a_fall_is_told_as_a_fall() -> None:
    told = change(REVENUE, Measured(5000.0, 20), Measured(10000.0, 20))
    assert told is not None
    assert told.sentence("USD") == "Revenue fell by 50%, from $10,000 to $5,000"


def test_from_nothing_there_is_no_share() -> None:
    told = change(LEADS, count(30), count(0))
    assert told is not None
    assert told.sentence() == "New leads rose, from 0 to 30"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (count(50), count(50)),  # nothing moved
        (count(52), count(50)),  # chance
        (count(9), count(1)),  # too few
        (count(10_900), count(10_000)),  # clear, and still less than a tenth
    ],
)
def test_what_may_be_chance_is_not_told(now: Measured, before: Measured) -> None:
    assert change(LEADS, now, before) is None


def test_shares_are_held_against_their_cases() -> None:
    assert change(RATE, Measured(0.4, 400), Measured(0.2, 400)) is not None
    assert change(RATE, Measured(0.4, 10), Measured(0.2, 10)) is None
    assert change(RATE, Measured(0.9, 9), Measured(0.1, 900)) is None


def test_money_and_times_are_told_from_a_fifth() -> None:
    assert change(TIME, Measured(121.0, 10), Measured(100.0, 10)) is not None
    assert change(TIME, Measured(119.0, 10), Measured(100.0, 10)) is None
    assert change(TIME, Measured(500.0, 9), Measured(100.0, 10)) is None


def test_what_has_no_value_is_not_compared() -> None:
    assert change(TIME, Measured(None, 0), Measured(100.0, 50)) is None


def test_the_clearest_come_first() -> None:
    moves = [change(LEADS, count(80), count(50)), None, change(LEADS, count(200), count(50))]
    assert [one.now.cases for one in clearest(moves)] == [200, 80]
