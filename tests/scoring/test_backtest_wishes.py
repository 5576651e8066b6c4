"""What a backtest is asked: cutoffs whose horizons are over, and plain refusals of what can't be done."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from leadline.kernel.errors import TerminalError
from leadline.scoring.backtesting import cutoffs_of, read_wishes

FIRST = date(2026, 1, 1)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def days(**arguments: Any) -> list[date]:
    return [each.day for each in cutoffs_of(read_wishes(arguments), FIRST, NOW)]


def test_the_outcome_decides_the_horizon() -> None:
    assert read_wishes({}).horizon_days == 30
    assert read_wishes({"outcome": "won_deal"}).horizon_days == 90
    assert read_wishes({"outcome": "quote_requested", "horizon": 7}).horizon_days == 7


def test_the_last_cutoff_is_the_last_day_whose_horizon_is_over() -> None:
    [last] = cutoffs_of(read_wishes({"cutoffs": 1}), FIRST, NOW)
    assert last.day == date(2026, 3, 31)
    assert last.until <= NOW


def test_cutoffs_are_evenly_spaced() -> None:
    chosen = days(cutoffs=3)
    gaps = [(later - earlier).days for earlier, later in zip([FIRST, *chosen], chosen, strict=False)]
    assert max(gaps) - min(gaps) <= 1
    assert chosen[-1] == date(2026, 3, 31)


def test_days_may_be_named() -> None:
    assert days(cutoffs=["2026-03-01", "2026-02-01"]) == [date(2026, 2, 1), date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"cutoffs": ["2026-04-20"]}, "last cutoff that can be judged is 2026-03-31"),
        ({"cutoffs": 50, "horizon": 110}, "too few for 50 cutoffs"),
        ({"cutoffs": 0}, "cutoffs: 0 is no whole number"),
        ({"cutoffs": ["soon"]}, "soon is no day"),
        ({"horizon": "many"}, "horizon: many"),
        ({"capacity": -1}, "capacity: -1"),
        ({"rulesets": list("12345")}, "Compare 4 at most"),
    ],
)
def test_what_can_not_be_done_is_refused_with_what_can(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(TerminalError) as refused:
        days(**arguments)
    assert said in str(refused.value)
