"""Attribution: how the credit for conversions is shared among the touches before them. Pure, over columns of numbers.

A path is what one person did before one conversion: its touches in order of time. Every model gives each touch of a
path a weight; the weights of a path sum to 1, so that credits sum to conversions, and, by value, to their value. A
path without touches is credited to nobody: `credited` gives that beside the keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from leadline.analytics.parameter_error import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NOWHERE = -1
MILESTONE_SHARE, OTHERS_SHARE = 0.3, 0.1
HUNDRED = 100


class Model(StrEnum):
    """How credit is shared."""

    FIRST = "first"
    LAST = "last"
    LAST_NON_DIRECT = "last-non-direct"
    LINEAR = "linear"
    TIME_DECAY = "time-decay"
    U_SHAPED = "u-shaped"
    W_SHAPED = "w-shaped"
    POSITION = "position"
    MARKOV = "markov"
    SHAPLEY = "shapley"


LABELS: Mapping[Model, str] = {
    Model.FIRST: "First touch",
    Model.LAST: "Last touch",
    Model.LAST_NON_DIRECT: "Last touch that is not direct",
    Model.LINEAR: "Linear",
    Model.TIME_DECAY: "Time decay",
    Model.U_SHAPED: "U-shaped",
    Model.W_SHAPED: "W-shaped",
    Model.POSITION: "Position",
    Model.MARKOV: "Markov removal effect",
    Model.SHAPLEY: "Shapley value",
}


@dataclass(frozen=True, slots=True)
class Shares:
    """How a position model splits a path: the first touch, those between, the last. They sum to 1."""

    first: float = 0.4
    middle: float = 0.2
    last: float = 0.4


U_SHARES = Shares()


@dataclass(frozen=True)
class Paths:
    """Paths as columns; touches lie one path after the other, each path's in order of time.

    Attributes:
        names: what keys stand for.
        starts: where each path's touches begin, and where the last ends: one more than there are paths.
        keys: of each touch, a place in `names`.
        days: of each touch, how many days before the conversion, from 0 on.
        direct: of each touch, whether it came by no campaign and no referrer.
        lead_at, opportunity_at: of each path, the place within it of the touch in which the person became known, and
            of that before the opportunity; NOWHERE when there is none.
        value: of each path, what the conversion is worth; 0 without a value.
    """

    names: tuple[str, ...]
    starts: Ints
    keys: Ints
    days: Floats
    direct: Flags
    lead_at: Ints
    opportunity_at: Ints
    value: Floats

    @property
    def count(self) -> int:
        """How many paths."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Ints:
        """How many touches each path has."""
        return np.diff(self.starts)

    @property
    def path_of(self) -> Ints:
        """The path of each touch."""
        return np.repeat(np.arange(self.count), self.lengths)

    @property
    def places(self) -> Ints:
        """The place of each touch within its path, from 0."""
        return np.arange(len(self.keys)) - self.starts[:-1].repeat(self.lengths)


@dataclass(frozen=True, slots=True)
class Options:
    """What models take: the half-life of time decay in days, the shares of the position model, Markov's order."""

    half_life_days: float = 7.0
    shares: Shares = U_SHARES
    order: int = 1


@dataclass(frozen=True)
class Credits:
    """Conversions and their value, by key in the order of `Paths.names`, and what no touch led to."""

    conversions: Floats
    value: Floats
    nobody: float = 0.0
    nobody_value: float = 0.0


def read_shares(text: str) -> Shares:
    """ "40,20,40": percent for the first touch, all between, and the last.

    Raises:
        ParameterError: these are no three numbers from 0 on that sum to 100.
    """
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) != 3 or not min(parts) >= 0 or not abs(sum(parts) - HUNDRED) < 1e-9:  # also for not-a-number
        raise ParameterError(f"Position can't be {text!r}.", advice="Use three percentages that sum to 100: 40,20,40.")
    return Shares(*(part / HUNDRED for part in parts))


def weights(paths: Paths, model: Model, options: Options) -> Floats:
    """The weight of each touch under a model that judges one path at a time: all but Markov's.

    Raises:
        KeyError: the model judges all paths together.
    """
    return WEIGHTS[model](paths, options)


def credited(paths: Paths, weight: Floats) -> Credits:
    """What keys get when touches have these weights."""
    size = len(paths.names)
    worth = weight * paths.value.repeat(paths.lengths)
    empty = paths.lengths == 0
    return Credits(
        summed(paths.keys, weight, size),
        summed(paths.keys, worth, size),
        float(empty.sum()),
        float(paths.value[empty].sum()),
    )


def summed(places: Ints, amounts: npt.ArrayLike, size: int) -> Floats:
    """The sum of the amounts at each of `size` places."""
    return np.bincount(places, np.asarray(amounts, np.float64), size).astype(np.float64)


def _first(paths: Paths, _: Options) -> Floats:
    return np.where(paths.places == 0, 1.0, 0.0)


def _last(paths: Paths, _: Options) -> Floats:
    return np.where(paths.places == paths.lengths.repeat(paths.lengths) - 1, 1.0, 0.0)


def _last_non_direct(paths: Paths, options: Options) -> Floats:
    """The last touch when all are direct."""
    last = np.full(paths.count, NOWHERE)
    np.maximum.at(last, paths.path_of, np.where(paths.direct, NOWHERE, paths.places))
    chosen = last.repeat(paths.lengths)
    return np.where(chosen == NOWHERE, _last(paths, options), (paths.places == chosen).astype(np.float64))


def _linear(paths: Paths, _: Options) -> Floats:
    return _normalised(paths, np.ones(len(paths.keys)))


def _time_decay(paths: Paths, options: Options) -> Floats:
    """2^(-days / half-life); counted from the path's last touch, which leaves the shares as they are and never
    underflows to nothing."""
    nearest = np.full(paths.count, np.inf)
    np.minimum.at(nearest, paths.path_of, paths.days)
    return _normalised(paths, np.exp2(-(paths.days - nearest.repeat(paths.lengths)) / options.half_life_days))


def _u_shaped(paths: Paths, _: Options) -> Floats:
    return _by_position(paths, U_SHARES)


def _position(paths: Paths, options: Options) -> Floats:
    return _by_position(paths, options.shares)


def _by_position(paths: Paths, shares: Shares) -> Floats:
    """What has no touch to go to is left out and the rest grows: of two touches the middle, of one everything is its.
    When nothing is left, touches share evenly."""
    lengths, places = paths.lengths.repeat(paths.lengths), paths.places
    is_first, is_last = places == 0, places == lengths - 1
    between = shares.middle / np.maximum(lengths - 2, 1)
    weight = np.where(is_first, shares.first, 0.0) + np.where(is_last, shares.last, 0.0)
    return _normalised(paths, np.where(is_first | is_last, weight, between))


def _w_shaped(paths: Paths, _: Options) -> Floats:
    """Three tenths each for the first touch, the one of becoming known, and the one before the opportunity; on one
    touch they add up. A tenth is shared by the others. What has no touch to go to is left out and the rest grows."""
    milestones = (paths.places == 0).astype(np.float64)
    for found in (paths.lead_at, paths.opportunity_at):
        milestones += paths.places == found.repeat(paths.lengths)
    others = milestones == 0
    count = summed(paths.path_of, others, paths.count).repeat(paths.lengths)
    shared = np.divide(OTHERS_SHARE, count, out=np.zeros(len(count)), where=count > 0)
    return _normalised(paths, np.where(others, shared, milestones * MILESTONE_SHARE))


def _shapley(paths: Paths, _: Options) -> Floats:
    """With the worth of a coalition being the conversions of paths that need nobody else, the Shapley value is an even
    split over a path's different keys (Zhao et al., arXiv 1804.05327); here, on the first touch of each."""
    order = np.lexsort((paths.places, paths.keys, paths.path_of))
    owner, key = paths.path_of[order], paths.keys[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (owner[1:] != owner[:-1]) | (key[1:] != key[:-1])
    weight = np.zeros(len(order))
    weight[order[fresh]] = 1.0
    return _normalised(paths, weight)


def _normalised(paths: Paths, weight: Floats) -> Floats:
    """Every path's weights sum to 1; those that sum to nothing become even."""
    sums = summed(paths.path_of, weight, paths.count)
    lengths = paths.lengths
    even = np.divide(1.0, lengths, out=np.zeros(len(sums)), where=lengths > 0)
    factor = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
    return np.where((sums > 0).repeat(lengths), weight * factor.repeat(lengths), even.repeat(lengths))


WEIGHTS: Mapping[Model, Callable[[Paths, Options], Floats]] = {
    Model.FIRST: _first,
    Model.LAST: _last,
    Model.LAST_NON_DIRECT: _last_non_direct,
    Model.LINEAR: _linear,
    Model.TIME_DECAY: _time_decay,
    Model.U_SHAPED: _u_shaped,
    Model.W_SHAPED: _w_shaped,
    Model.POSITION: _position,
    Model.SHAPLEY: _shapley,
}
