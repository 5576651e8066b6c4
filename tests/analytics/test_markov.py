"""Markov's removal effects by one inverse are those of removing channels one by one and following the chain."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from path_cast import OnePath, paths, some_paths

from leadline.analytics.markov import chain_of, markov, removal_effects
from leadline.kernel.errors import TerminalError

KEYS = 5
START, NULL, WON = "start", "null", "won"
State = str | tuple[int, ...]


def brute_force(rows: list[OnePath], lost: list[OnePath], order: int) -> tuple[list[float], list[float]]:
    """Follow the chain with and without each channel: every entry into a state whose latest touch is the channel goes
    to nothing. By conversions, and by what a conversion from each state brings on average."""
    counts: dict[State, Counter[State]] = defaultdict(Counter)
    worth: Counter[State] = Counter()
    for row, end in [*((row, WON) for row in rows), *((row, NULL) for row in lost)]:
        if row.touches:
            states: list[State] = [tuple(row.keys[max(0, at + 1 - order) : at + 1]) for at in range(len(row.keys))]
            for here, there in zip([START, *states], [*states, end], strict=True):
                counts[here][there] += 1
            worth[states[-1]] += int(row.value) if end == WON else 0
    whole = [reached(counts, worth, None, by_value=by_value) for by_value in (False, True)]
    effects: tuple[list[float], list[float]] = ([], [])
    for key in range(KEYS):
        for by_value, list_ in enumerate(effects):
            without = reached(counts, worth, key, by_value=bool(by_value))
            list_.append(1 - without / whole[by_value] if whole[by_value] else 0.0)
    return effects


def reached(
    counts: dict[State, Counter[State]], worth: Counter[State], removed: int | None, *, by_value: bool
) -> float:
    """The chance to convert from START, or what it brings: the equations of the chain, solved."""
    places = {state: place for place, state in enumerate(counts)}
    equations, right = np.eye(len(places)), np.zeros(len(places))
    for state, exits in counts.items():
        total = exits.total()
        if by_value:
            right[places[state]] = worth[state] / total
        for there, count in exits.items():
            if there == WON and not by_value:
                right[places[state]] += count / total
            elif there in places and (removed is None or there[-1] != removed):
                equations[places[state], places[there]] -= count / total
    return float(np.linalg.solve(equations, right)[places[START]]) if places else 0.0


@pytest.mark.parametrize("order", [1, 2, 3])
@given(rows=some_paths, lost=some_paths)
def test_effects_equal_brute_force_removal(order: int, rows: list[OnePath], lost: list[OnePath]) -> None:
    by_count, by_value = removal_effects(chain_of(paths(rows), paths(lost), order), KEYS)
    counted, valued = brute_force(rows, lost, order)
    assert by_count == pytest.approx(counted, abs=1e-9)
    assert by_value == pytest.approx(valued, abs=1e-9)


def test_effects_equal_brute_force_on_a_large_generated_chain() -> None:
    made = np.random.default_rng(7)

    def some(count: int) -> list[OnePath]:
        sizes = made.integers(1, 12, count)
        return [
            OnePath(tuple((int(key), 0.0, False) for key in made.integers(0, KEYS, size)), value=float(size))
            for size in sizes
        ]

    rows, lost = some(3000), some(9000)
    for order in (1, 2, 3):
        by_count, by_value = removal_effects(chain_of(paths(rows), paths(lost), order), KEYS)
        counted, valued = brute_force(rows, lost, order)
        assert by_count == pytest.approx(counted, abs=1e-9)
        assert by_value == pytest.approx(valued, abs=1e-9)


@given(rows=some_paths, lost=some_paths)
def test_for_order_1_it_is_the_formula_with_one_inverse(rows: list[OnePath], lost: list[OnePath]) -> None:
    chain = chain_of(paths(rows), paths(lost), 1)
    seen = np.maximum(chain.moves.sum(axis=1) + chain.converted + chain.lost, 1)
    inverse = np.linalg.inv(np.eye(len(seen)) - chain.moves / seen[:, None])
    b = inverse @ (chain.converted / seen)
    effects, _ = removal_effects(chain, KEYS)
    for state, key in enumerate(chain.latest, 1):
        expected = inverse[0, state] / inverse[state, state] * b[state] / b[0] if b[0] else 0.0
        assert effects[key] == pytest.approx(expected, abs=1e-9)


@given(some_paths, some_paths)
def test_repeats_of_a_channel_change_nothing_in_a_chain_of_order_1(rows: list[OnePath], lost: list[OnePath]) -> None:
    def folded(row: OnePath) -> OnePath:
        kept = [each for at, each in enumerate(row.touches) if at == 0 or each[0] != row.touches[at - 1][0]]
        return OnePath(tuple(kept), value=row.value)

    before, _ = removal_effects(chain_of(paths(rows), paths(lost), 1), KEYS)
    after, _ = removal_effects(chain_of(paths([*map(folded, rows)]), paths([*map(folded, lost)]), 1), KEYS)
    assert after == pytest.approx(before, abs=1e-9)


def test_a_channel_that_every_conversion_needs_has_an_effect_of_one() -> None:
    rows = [OnePath(((0, 2.0, False), (1, 1.0, False)), value=10), OnePath(((1, 1.0, False),), value=30)]
    lost = [OnePath(((0, 1.0, False),))]
    by_count, by_value = removal_effects(chain_of(paths(rows), paths(lost), 1), KEYS)
    assert by_count[1] == pytest.approx(1)
    assert by_value[1] == pytest.approx(1)
    assert by_count[0] == pytest.approx(0.5)  # of three paths two begin with it; half of those go on


def test_nothing_reached_credits_nothing() -> None:
    found = markov(paths([]), paths([OnePath(((0, 1.0, False),))]))
    assert found.conversions.tolist() == [0] * KEYS


def test_a_chain_too_large_is_refused_with_advice() -> None:
    rows = [OnePath(((key, 1.0, False),)) for key in range(5000)]
    with pytest.raises(TerminalError, match="lower order"):
        chain_of(paths(rows, 5000), paths([], 5000), 1)


@pytest.mark.parametrize("order", [0, 4])
def test_other_orders_are_refused(order: int) -> None:
    with pytest.raises(TerminalError, match="1 to 3"):
        chain_of(paths([]), paths([]), order)
