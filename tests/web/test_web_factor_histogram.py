"""What leads measure, drawn."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.web.factor_histogram import HEIGHT, WIDTH, amount_words, histogram


def test_only_those_who_measure_something_are_in_the_bars() -> None:
    drawn = histogram(np.array([0.0, 0.0, 2.0, 4.0, 6.0]), 6.0)
    assert (drawn.leads, drawn.of, drawn.full) == (3, 5, 1)
    assert [(mark.name, mark.value) for mark in drawn.marks][::2] == [("p50", "4"), ("full at", "6")]


def test_nobody_has_no_bars() -> None:
    drawn = histogram(np.zeros(3), 6.0)
    assert (drawn.leads, drawn.bars) == (0, ())


@given(st.lists(st.floats(0, 1e9), max_size=60), st.floats(0.001, 1e9))
def test_everything_stays_inside_the_drawing(amounts: list[float], full_at: float) -> None:
    drawn = histogram(np.array(amounts, dtype=float), full_at)
    assert all(0 <= float(mark.x) <= WIDTH for mark in drawn.marks)
    for bar in drawn.bars:
        assert 0 <= float(bar.x) <= WIDTH
        assert abs(float(bar.y) + float(bar.height) - HEIGHT) < 0.1
    assert bool(drawn.bars) == (drawn.leads > 0)


def test_amounts_have_the_digits_that_tell() -> None:
    assert [amount_words(value) for value in (5400, 12.52, 0.8349)] == ["5,400", "12.5", "0.835"]
