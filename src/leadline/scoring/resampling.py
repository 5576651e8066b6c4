"""How sure the figures of a backtest are: bootstrap intervals, of millions of rows in seconds.

People are what is resampled, with everything of theirs at all cutoffs: each counts as often as a Poisson number of mean
1 says (the bootstrap of Hanley and MacGibbon, 2006, which needs no list of whom it drew). Scores are cut into tenths of
a point. When there are more rows than `EXACT_ROWS`, only those who converted at some cutoff are resampled as people;
the many others are counted by bins, and each bin drawn as if its rows were strangers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.scoring.accuracy import BINS, FIGURES, MICRO_PER_BIN, Floats, Levels, binned, hits_among
from leadline.scoring.backtest_rows import Rows

RESAMPLES = 300
EXACT_ROWS = 400_000
SEED = 20
Ints = npt.NDArray[np.int64]
Step = Callable[[], None]


@dataclass(frozen=True)
class Units:
    """What is drawn: groups of rows that count together, each of a mean weight.

    Attributes:
        places: for each ruleset, where in a histogram of (cutoff, bin, converted) a row counts.
        group: the group of each row.
        means: of the Poisson number of each group: 1 for a person, else how many rows it stands for.
    """

    places: Sequence[Ints]
    group: Ints
    means: Floats


def units_of(rows: Rows, exact_rows: int = EXACT_ROWS) -> Units:
    """The groups that are drawn."""
    places = [_place(rows, totals) for totals in rows.totals]
    if len(rows.converted) <= exact_rows:
        people, group = np.unique(rows.person, return_inverse=True)
        return Units(places, group, np.ones(len(people)))
    return _with_strangers(rows, places)


def _place(rows: Rows, totals: npt.NDArray[np.int32]) -> Ints:
    bins = np.minimum(totals // MICRO_PER_BIN, BINS - 1).astype(np.int64)
    return (rows.cutoff.astype(np.int64) * BINS + bins) * 2 + rows.converted


def _with_strangers(rows: Rows, places: Sequence[Ints]) -> Units:
    """Those who converted at some cutoff as people, everybody else by bins."""
    known = np.isin(rows.person, np.unique(rows.person[rows.converted]))
    people, group = np.unique(rows.person[known], return_inverse=True)
    cells, counts = np.unique(_joint([place[~known] for place in places]), return_counts=True)
    strangers = _split(cells, len(places))
    return Units(
        [np.concatenate([place[known], part]) for place, part in zip(places, strangers, strict=True)],
        np.concatenate([group, len(people) + np.arange(len(cells))]),
        np.concatenate([np.ones(len(people)), counts.astype(np.float64)]),
    )


def _joint(places: Sequence[Ints]) -> Ints:
    """The places of all rulesets as one number: cutoff and outcome once, then the bin of each further ruleset."""
    joint = places[0]
    for place in places[1:]:
        joint = joint * BINS + place // 2 % BINS
    return joint


def _split(joint: Ints, rulesets: int) -> list[Ints]:
    """The inverse of `_joint`."""
    bins: list[Ints] = []
    for _ in range(rulesets - 1):
        joint, last = np.divmod(joint, BINS)
        bins.insert(0, last)
    cutoff, converted = joint // (2 * BINS), joint % 2
    return [joint, *((cutoff * BINS + each) * 2 + converted for each in bins)]


def resamples(units: Units, cutoffs: int, capacity: int, seed: int = SEED, step: Step = lambda: None) -> "Draws":
    """Draw everything anew `RESAMPLES` times.

    Args:
        capacity: leads that are worked per cutoff.
        step: called after each draw.
    """
    chance = np.random.default_rng(seed)
    drawn: list[list[Mapping[str, float]]] = [[] for _ in units.places]
    for draw in range(RESAMPLES + 1):
        drawn_means = chance.poisson(units.means).astype(np.float64) if draw else units.means
        weights = drawn_means[units.group]
        for place, figures in zip(units.places, drawn, strict=True):
            histogram = np.bincount(place, weights, minlength=cutoffs * BINS * 2).reshape(cutoffs, BINS * 2)
            figures.append(dict(_figures(np.asarray(histogram, np.float64), capacity)))
        step()
    return Draws([{name: np.array([each[name] for each in one]) for name in one[0]} for one in drawn])


def _figures(histogram: Floats, capacity: int) -> Iterator[tuple[str, float]]:
    together = binned(histogram.sum(axis=0))
    for name, figure in FIGURES.items():
        yield name, float(figure(together))
    yield "precision", precision_of_cutoffs(binned(histogram), capacity)


def precision_of_cutoffs(levels: Levels, capacity: int) -> float:
    """Of the leads that the team would have worked at all cutoffs, the share that converted."""
    worked = np.minimum(levels.leads, float(capacity))
    reached = hits_among(levels, worked)
    return float(reached.sum() / worked.sum()) if worked.sum() else float("nan")


@dataclass(frozen=True)
class Draws:
    """Each figure of each ruleset: first of everybody as they are, then at each resample. All rulesets are drawn
    together, so that differences may be taken."""

    figures: Sequence[Mapping[str, Floats]]

    def interval(self, ruleset: int, name: str, around: float) -> tuple[float, float]:
        """The 95 % interval of a figure.

        Args:
            around: its exact value; resamples are of scores cut into tenths of a point, and moved by what that changes.
        """
        return _interval(self.figures[ruleset][name], around)

    def interval_of_difference(self, ruleset: int, against: int, name: str, around: float) -> tuple[float, float]:
        """The 95 % interval of what a ruleset has more than another one."""
        return _interval(self.figures[ruleset][name] - self.figures[against][name], around)


def _interval(values: Floats, around: float) -> tuple[float, float]:
    """NaN when no resample had anybody who converted."""
    found: Any = values[1:][~np.isnan(values[1:])]
    if not len(found) or np.isnan(values[0]):
        return float("nan"), float("nan")
    low, high = np.percentile(found, [2.5, 97.5]) + (around - values[0])
    return float(low), float(high)
