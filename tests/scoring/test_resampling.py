"""Bootstrap intervals: repeatable, about right, and the same by people and by bins where these are alike."""

import numpy as np
import pytest

from leadline.scoring.accuracy import auc, levels_of
from leadline.scoring.backtest_rows import Rows
from leadline.scoring.resampling import _joint, _split, resamples, units_of


def crowd(people: int, cutoffs: int = 1, seed: int = 1, rulesets: int = 2) -> Rows:
    """Everybody at every cutoff; higher totals convert more often."""
    chance = np.random.default_rng(seed)
    totals = chance.integers(0, 100_000_001, people * cutoffs).astype(np.int32)
    converted = chance.random(people * cutoffs) < totals / 100_000_000 * 0.1
    noise = chance.integers(0, 5_000_000, len(totals))
    others = [np.clip(totals + noise, 0, 100_000_000).astype(np.int32) for _ in range(rulesets - 1)]
    cutoff = np.repeat(np.arange(cutoffs), people).astype(np.int16)
    return Rows([totals, *others], converted, cutoff, np.tile(np.arange(people), cutoffs))


def spread(rows: Rows, exact_rows: int = 10**9) -> tuple[float, float]:
    exact = float(auc(levels_of(rows.totals[0], rows.converted)))
    return resamples(units_of(rows, exact_rows), 1 + int(rows.cutoff.max()), 50).interval(0, "auc", exact)


def test_the_same_rows_give_the_same_interval_in_any_order() -> None:
    rows = crowd(500)
    turned = Rows([each[::-1] for each in rows.totals], rows.converted[::-1], rows.cutoff[::-1], rows.person[::-1])
    assert spread(rows) == spread(turned)


def test_an_interval_holds_the_figure_and_has_the_width_that_theory_gives() -> None:
    rows = crowd(4000)
    exact = float(auc(levels_of(rows.totals[0], rows.converted)))
    low, high = spread(rows)
    hits, misses = rows.totals[0][rows.converted], rows.totals[0][~rows.converted]
    above = (hits[:, None] > misses[None, :]) + (hits[:, None] == misses[None, :]) / 2  # DeLong et al., 1988
    error = np.sqrt(above.mean(axis=1).var(ddof=1) / len(hits) + above.mean(axis=0).var(ddof=1) / len(misses))
    assert low < exact < high
    assert (high - low) / (2 * 1.96 * error) == pytest.approx(1.0, abs=0.2)


def test_people_who_stand_at_several_cutoffs_are_one_person() -> None:
    """The same rows as strangers' look four times as sure as they are: an interval half as wide."""
    once = crowd(800)
    again = Rows(
        [np.tile(each, 4) for each in once.totals],
        np.tile(once.converted, 4),
        np.repeat(np.arange(4), 800).astype(np.int16),
        np.tile(once.person, 4),
    )
    strangers = Rows(again.totals, again.converted, again.cutoff, np.arange(3200))
    own, one = np.diff(spread(again))[0], np.diff(spread(once))[0]
    assert own == pytest.approx(one, rel=0.15)
    assert np.diff(spread(strangers))[0] == pytest.approx(one / 2, rel=0.25)


def test_bins_stand_for_the_many_who_never_converted() -> None:
    rows = crowd(3000, cutoffs=2)
    exactly, by_bins = spread(rows), spread(rows, exact_rows=1)
    assert by_bins == pytest.approx(exactly, abs=0.015)
    assert len(units_of(rows, 1).group) < len(rows.converted) + 1


@pytest.mark.parametrize("rulesets", [1, 2, 4])
def test_bins_of_several_rulesets_come_back_out_of_one_number(rulesets: int) -> None:
    places = list(units_of(crowd(300, cutoffs=60, rulesets=rulesets)).places)
    for own, back in zip(places, _split(_joint(places), rulesets), strict=True):
        assert np.array_equal(own, back)


def test_a_difference_is_drawn_together() -> None:
    """Two rulesets of one mind differ by nothing, however unsure each is."""
    rows = crowd(400)
    same = Rows([rows.totals[0], rows.totals[0]], rows.converted, rows.cutoff, rows.person)
    assert resamples(units_of(same), 1, 50).interval_of_difference(1, 0, "auc", 0.0) == (0.0, 0.0)
