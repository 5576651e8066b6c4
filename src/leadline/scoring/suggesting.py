"""Weights and thresholds that would have served better: a logistic regression on factor scores, held non-negative.

A factor's weight says how many points of total a point of it is worth, so that the coefficients of a regression of the
outcome on factor scores are weights but for their scale. None may be negative: a factor that seems to speak against an
outcome gets the smallest weight, not a negative one.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.scoring.backtest_rows import AtCutoff, FactorRows
from leadline.scoring.ruleset import DIMENSIONS, Ruleset

FEWEST_PEOPLE = 30
"""Who converted, in the cutoffs that are learnt from."""
TEST_SHARE = 0.25
REJECTED_WEIGHT = 3.0
"""A lead that sales rejected counts as so many that merely did not convert: somebody looked at it."""
STRENGTH = 20.0
"""Of the L2 penalty that holds standardised coefficients to today's weights, against a sum of log-likelihoods: about
what twenty people who converted say."""
WHOLE = 100
SCALE = 1000
MICRO = 1_000_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """The rows that are learnt from.

    Attributes:
        points: 0 to 100, one row for each lead, one column for each factor.
        weight: how much each row counts.
        people: how many distinct people converted.
        rejected: how many rows are of leads that sales rejected.
    """

    points: Floats
    converted: npt.NDArray[np.bool_]
    weight: Floats
    people: int
    rejected: int


def split(cutoffs: Sequence[AtCutoff]) -> tuple[list[AtCutoff], list[AtCutoff]]:
    """The cutoffs to learn from and those to be judged by: the last quarter, and before it those whose horizon was over
    when the last quarter began, so that no outcome is on both sides."""
    judged = max(round(len(cutoffs) * TEST_SHARE), 1)
    later = list(cutoffs[-judged:])
    begins = later[0].cutoff.moment
    return [each for each in cutoffs[:-judged] if each.cutoff.until <= begins], later


def evidence(cutoffs: Sequence[AtCutoff], rejected: Sequence[AbstractSet[int]]) -> Evidence:
    """The rows of some cutoffs, of the one ruleset that was measured.

    Args:
        rejected: for each cutoff, the people whom sales rejected within its horizon.
    """
    parts: list[FactorRows] = [each.factors[0] for each in cutoffs]
    marks = [_marks(part, people) for part, people in zip(parts, rejected, strict=True)]
    converted = np.concatenate([part.converted for part in parts])
    marked = np.concatenate(marks)
    weight = np.concatenate([part.weight for part in parts]) * np.where(marked, REJECTED_WEIGHT, 1.0)
    people = np.unique(np.concatenate([part.person[part.converted] for part in parts]))
    points = np.concatenate([part.points for part in parts]) / MICRO
    return Evidence(points, converted, weight, len(people), int(marked.sum()))


def _marks(part: FactorRows, rejected: AbstractSet[int]) -> npt.NDArray[np.bool_]:
    known = np.isin(part.person, np.array(sorted(rejected), np.int64))
    return np.asarray(known & ~part.converted)


def coefficients(found: Evidence, worth: Floats, strength: float = STRENGTH) -> Floats:
    """What a point of each factor is worth in log-odds, zero or more; NaN for a factor that never differed.

    Args:
        worth: what it is worth in the total today: on little evidence the answer stays near it.
    """
    spread = found.points.std(axis=0)
    varies = spread > 0
    x = (found.points[:, varies] - found.points[:, varies].mean(axis=0)) / spread[varies]
    today = worth[varies] * spread[varies]
    scale = _fitted(x @ today[:, np.newaxis], found, np.zeros(1), 0.0)[0]
    result = np.full(len(spread), np.nan)
    result[varies] = _fitted(x, found, today * scale, strength) / spread[varies]
    return result


def _fitted(x: Floats, found: Evidence, near: Floats, strength: float) -> Floats:
    from scipy.optimize import minimize  # SciPy takes a third of a second to load: only who asks for weights waits

    rate = np.average(found.converted, weights=found.weight)
    start = np.concatenate(([np.log(rate / (1 - rate))], near))
    bounds = [(None, None), *[(0.0, None)] * x.shape[1]]
    given = x, found.converted.astype(np.float64), found.weight, near, strength
    fitted = minimize(
        _loss, start, given, "L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": 1000, "ftol": 1e-12}
    )
    return np.asarray(fitted.x[1:], np.float64)


def _loss(beta: Floats, x: Floats, y: Floats, weight: Floats, near: Floats, strength: float) -> tuple[float, Floats]:
    """Weighted negative log-likelihood with an L2 penalty on all but the intercept, and its gradient."""
    from scipy.special import expit

    odds, away = beta[0] + x @ beta[1:], beta[1:] - near
    loss = float(weight @ (np.logaddexp(0.0, odds) - y * odds)) + strength / 2 * float(away @ away)
    error = weight * (expit(odds) - y)
    return loss, np.concatenate(([error.sum()], x.T @ error + strength * away))


def worth_now(ruleset: Ruleset) -> Floats:
    """What a point of each factor is worth in the total, in the ruleset's order."""
    return np.array([ruleset.worth[factor.name] for factor in ruleset.factors])


def suggested_weights(ruleset: Ruleset, worth: Floats) -> dict[str, int]:
    """Weights of dimensions and of factors within them, by path in the document: whole numbers that sum to 100.

    A factor that nothing is known of keeps the share of the total that it has.

    Args:
        worth: what `coefficients` gave, in the order of the ruleset's factors.
    """
    now = worth_now(ruleset)
    known = ~np.isnan(worth)
    scale = worth[known].sum() / now[known].sum() if now[known].sum() else 0.0
    filled = np.where(known, worth, now * scale) if scale else now
    shares = {
        name: [v for f, v in zip(ruleset.factors, filled, strict=True) if f.dimension == name] for name in DIMENSIONS
    }
    weights = dict(zip(_paths(DIMENSIONS), in_hundred([sum(shares[name]) for name in DIMENSIONS]), strict=True))
    for name in DIMENSIONS:
        if sum(shares[name]):
            paths = (f"dimensions.{name}.factors.{factor.name}.weight" for factor in ruleset.factors_of(name))
            weights |= dict(zip(paths, in_hundred(shares[name]), strict=True))
    return weights


def _paths(dimensions: Sequence[str]) -> list[str]:
    return [f"dimensions.{name}.weight" for name in dimensions]


def in_hundred(shares: Sequence[float]) -> list[int]:
    """Whole numbers of 1 or more that sum to 100, as near to these shares as can be: largest remainders."""
    room, total = WHOLE - len(shares), sum(shares)
    exact = [share / total * room if total else room / len(shares) for share in shares]
    floors = [int(each) for each in exact]
    order = sorted(range(len(shares)), key=lambda i: (floors[i] - exact[i], i))
    more = set(order[: room - sum(floors)])
    return [1 + floor + (i in more) for i, floor in enumerate(floors)]


def suggested_thresholds(ruleset: Ruleset, weights: Mapping[str, int], found: Evidence) -> dict[str, int]:
    """Grade bands and totals of stages that as many leads reach as reach today's, by path: whole points."""
    before = found.points @ worth_now(ruleset)
    after = found.points @ _worth(ruleset, weights)
    order = np.argsort(after)[::-1]
    reach = np.cumsum(found.weight[order])

    def moved(points: float) -> int:
        share = found.weight[before >= points].sum()
        if not 0 < share < found.weight.sum():  # nobody or everybody: nothing to go by
            return round(points)
        place = min(int(np.searchsorted(reach, share)), len(order) - 1)
        return int(min(max(round(float(after[order[place]])), 1), WHOLE))

    bands = {f"grades.{band.grade}": moved(band.from_points / SCALE) for band in ruleset.grades}
    stages = {path: moved(points / SCALE) for path, points in _stage_totals(ruleset)}
    return {**_descending(bands), **stages}


def _worth(ruleset: Ruleset, weights: Mapping[str, int]) -> Floats:
    sums: dict[str, float] = dict.fromkeys(DIMENSIONS, 0.0)
    own = [weights.get(f"dimensions.{f.dimension}.factors.{f.name}.weight", f.weight / SCALE) for f in ruleset.factors]
    for factor, weight in zip(ruleset.factors, own, strict=True):
        sums[factor.dimension] += weight
    return np.array(
        [
            weights[f"dimensions.{f.dimension}.weight"] / WHOLE * weight / sums[f.dimension]
            for f, weight in zip(ruleset.factors, own, strict=True)
        ]
    )


def _stage_totals(ruleset: Ruleset) -> list[tuple[str, int]]:
    entries = [(f"stages.{r.name}.enter_total.points", r.enter_total) for r in ruleset.stages]
    stays = [(f"stages.{r.name}.stay_total", r.stay_total) for r in ruleset.stages]
    return [(path, points) for path, points in (*entries, *stays) if points is not None]


def _descending(bands: Mapping[str, int]) -> dict[str, int]:
    """Each band lower than the one before it."""
    found: dict[str, int] = {}
    last = WHOLE + 1
    lowest = len(bands)
    for place, (path, points) in enumerate(bands.items()):
        last = max(min(points, last - 1), lowest - place)
        found[path] = last
    return found


def values_now(ruleset: Ruleset) -> dict[str, Any]:
    """What the ruleset has at the paths that a suggestion may change."""
    weights = {f"dimensions.{name}.weight": weight / SCALE for name, weight in ruleset.dimension_weights.items()}
    factors = {f"dimensions.{f.dimension}.factors.{f.name}.weight": f.weight / SCALE for f in ruleset.factors}
    bands = {f"grades.{band.grade}": band.from_points / SCALE for band in ruleset.grades}
    return {**weights, **factors, **bands, **{path: points / SCALE for path, points in _stage_totals(ruleset)}}
