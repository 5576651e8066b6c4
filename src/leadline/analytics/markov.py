"""Markov attribution: how many conversions would be lost without a channel, in a chain of touches. Pure, exact.

A state of the chain of order k is the last k touches (fewer at the beginning); a path begins in START and ends in
conversion or in nothing. Removing a channel sends every path that enters it to nothing: the states whose latest touch
it is. With Q the probabilities between states, r those of converting, N = (I - Q)^-1 and b = N r, the removal effect is

    RE_c = N[s, C] N[C, C]^-1 b[C] / b[s],    C: the states of channel c,

which for order 1, where C is one state, is (N_sc / N_cc) b_c / b_s. There is one inverse for all channels. Credits are
the total times RE_c / sum(RE). By value, r is the value that converting from a state brings on average.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.analytics.attribution import Credits, Floats, Ints, Paths, summed
from leadline.analytics.parameter_error import ParameterError

MOST_STATES = 4_000
"""An inverse of so many takes some seconds and 130 MB."""
MOST_ORDER = 3
START = 0


@dataclass(frozen=True)
class Chain:
    """How often each transition was seen. State 0 is START.

    Attributes:
        latest: of each state but START, its latest touch's key.
        moves: (states, states) counts.
        converted, lost: of each state, how many paths ended there, with a conversion and without.
        worth: of each state, the value of the conversions after it.
    """

    latest: Ints
    moves: Floats
    converted: Floats
    lost: Floats
    worth: Floats


def chain_of(paths: Paths, lost: Paths, order: int) -> Chain:
    """The chain of paths that converted and of those that didn't, over the same names.

    Raises:
        ParameterError: there are too many states, or no such order.
    """
    if not 1 <= order <= MOST_ORDER:
        raise ParameterError(f"The order can't be {order}.", advice=f"Use 1 to {MOST_ORDER}.")
    numbers, lost_numbers, latest = _states(paths, lost, order)
    states = len(latest) + 1
    if states > MOST_STATES + 1:
        raise ParameterError(
            f"A chain of {states - 1:,} states is too large.",
            advice="Use a lower order, another dimension such as channel, or a shorter period.",
        )
    moves = _moves(paths, numbers, states) + _moves(lost, lost_numbers, states)
    ends, filled = _ends(paths, numbers)
    lost_ends, _ = _ends(lost, lost_numbers)
    return Chain(
        latest,
        moves.reshape(states, states),
        np.bincount(ends, minlength=states).astype(np.float64),
        np.bincount(lost_ends, minlength=states).astype(np.float64),
        summed(ends, paths.value[filled], states),
    )


def removal_effects(chain: Chain, names: int) -> tuple[Floats, Floats]:
    """By key, the share of conversions, and of their value, that is lost without it; in 0..1."""
    states = len(chain.converted)
    seen = np.maximum(chain.moves.sum(axis=1) + chain.converted + chain.lost, 1.0)
    inverse = np.linalg.inv(np.eye(states) - chain.moves / seen[:, None])
    reached = inverse @ np.column_stack([chain.converted / seen, chain.worth / seen])
    effects = np.zeros((names, 2))
    for key in np.unique(chain.latest):
        own = np.flatnonzero(chain.latest == key) + 1
        first_hits = np.linalg.solve(inverse[np.ix_(own, own)].T, inverse[START, own])
        effects[key] = first_hits @ reached[own]
    shares = np.divide(effects, reached[START], out=np.zeros_like(effects), where=reached[START] > 0)
    return shares[:, 0], shares[:, 1]


def markov(paths: Paths, lost: Paths, order: int = 1) -> Credits:
    """Credits by removal effects.

    Args:
        paths: those that converted.
        lost: those of people who didn't, with the same names; their values are not read.

    Raises:
        ParameterError: there are too many states.
    """
    by_count, by_value = removal_effects(chain_of(paths, lost, order), len(paths.names))
    empty = paths.lengths == 0
    value, nobody = float(paths.value[~empty].sum()), float(empty.sum())
    return Credits(
        _shared(paths.count - nobody, by_count),
        _shared(value, by_value if by_value.sum() > 0 else by_count),
        nobody,
        float(paths.value[empty].sum()),
    )


def _shared(total: float, effects: Floats) -> Floats:
    all_effects = effects.sum()
    return effects * (total / all_effects) if all_effects > 0 else np.zeros_like(effects)


def _states(paths: Paths, lost: Paths, order: int) -> tuple[Ints, Ints, Ints]:
    """The state of each touch of both, from 1 on, and each state's latest touch."""
    size = len(paths.names)
    if order == 1:
        keys, lost_keys = (each.keys.astype(np.int64) for each in (paths, lost))
        return keys + 1, lost_keys + 1, np.arange(size, dtype=np.int64)
    codes = np.concatenate([_codes(paths, order, size), _codes(lost, order, size)])
    found, places = np.unique(codes, return_inverse=True)
    numbers = places.astype(np.int64) + 1
    split = len(paths.keys)
    return numbers[:split], numbers[split:], (found // (size + 1) ** (order - 1) - 1).astype(np.int64)


def _codes(paths: Paths, order: int, size: int) -> Ints:
    """A number for the last `order` touches: the latest counts most, 0 stands for none."""
    keys, places = paths.keys.astype(np.int64) + 1, paths.places
    code: Ints = keys * (size + 1) ** (order - 1)
    for back in range(1, order):
        before = np.zeros_like(keys)
        before[back:] = keys[: max(len(keys) - back, 0)]
        code += np.where(places >= back, before, 0) * (size + 1) ** (order - 1 - back)
    return code


def _moves(paths: Paths, numbers: Ints, states: int) -> npt.NDArray[np.float64]:
    """Counts of transitions, START's included, as one row after the other."""
    both = np.empty_like(numbers)
    np.multiply(numbers[:-1], states, out=both[1:])
    begins = paths.starts[:-1][paths.lengths > 0]
    both[begins] = START
    both += numbers
    return np.bincount(both, minlength=states * states).astype(np.float64)


def _ends(paths: Paths, numbers: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The state that each path with touches ends in, and which paths those are."""
    filled = paths.lengths > 0
    return numbers[paths.starts[1:][filled] - 1], filled
