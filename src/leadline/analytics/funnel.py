"""Funnels: what they count, and a plain reference for one person's history. Pure.

Ordered: a person reaches step k if some step 1 is followed by the steps 2 to k in order, the last no later than the
window after step 1 (inclusive). Each later step 1 may begin anew; the chain that began last is the one kept. What
happened at the same instant counts in the order of the steps. One event that meets two steps may count for both, as in
ClickHouse's windowFunnel. Strict: the steps are consecutive events, nothing of any kind between; each event counts for
one step; at one instant steps come before other events. Unordered: k different steps within one window, whichever
comes first. An excluded event ends every chain that is under way; at the instant of a step it counts as before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """How the steps must follow each other."""

    ORDERED = "ordered"
    STRICT = "strict"
    UNORDERED = "unordered"


@dataclass(frozen=True, slots=True)
class Funnel:
    """Attributes:
    steps: how many.
    window: µs from the first step to the last, inclusive.
    enter_before: µs since 1970; what begins then or later does not count.
    """

    steps: int
    order: Order
    window: int
    enter_before: int


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in one person's history.

    Attributes:
        at: µs since 1970.
        steps: those that it meets, from 0, ascending; none for what only strict funnels look at.
        excluded: it breaks chains.
    """

    at: int
    steps: tuple[int, ...] = ()
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """When a step was reached first, when its chain began, and when the step before it was done. µs since 1970."""

    at: int
    started: int
    before: int


Row = tuple[int, int]  # at, step


def reaches(funnel: Funnel, history: Iterable[Happening]) -> tuple[Reach, ...]:
    """For each step that the person reached, in order, how. The reference that the columnar executor equals."""
    found: list[Reach] = []
    for part in _unbroken(funnel, history):
        for place, reach in enumerate(REFERENCES[funnel.order](funnel, part)):
            if place == len(found):
                found.append(reach)
    return tuple(found)


def _unbroken(funnel: Funnel, history: Iterable[Happening]) -> Iterator[list[Happening]]:
    """The history in order, cut where excluded events lie."""
    part: list[Happening] = []
    for each in sorted(history, key=lambda each: (each.at, not each.excluded, _rank(funnel, each))):
        if each.excluded:
            yield part
            part = []
        if each.steps or not each.excluded:
            part.append(each)
    yield part


def _rank(funnel: Funnel, each: Happening) -> tuple[int, int]:
    mask = sum(1 << step for step in each.steps)
    return (min(each.steps, default=funnel.steps), mask)


def _ordered(funnel: Funnel, part: Sequence[Happening]) -> list[Reach]:
    """From each step 1 the earliest way on; the latest start wins where two reach a step at once."""
    rows = sorted((each.at, step) for each in part for step in each.steps)
    best: dict[int, tuple[int, Reach]] = {}
    for begin, (at, step) in enumerate(rows):
        if step == 0 and at < funnel.enter_before:
            for place, (row, before) in enumerate(_chain(funnel, rows, begin)):
                if place not in best or row <= best[place][0]:
                    best[place] = (row, Reach(rows[row][0], at, rows[before][0]))
    return [best[place][1] for place in sorted(best)]


def _chain(funnel: Funnel, rows: Sequence[Row], begin: int) -> Iterator[tuple[int, int]]:
    """(row, row of the step before) of each step of the chain from one start."""
    yield begin, begin
    at, before = begin, begin
    for step in range(1, funnel.steps):
        later = range(at + 1, len(rows))
        limit = rows[begin][0] + funnel.window
        at = next((row for row in later if rows[row][1] == step and rows[row][0] <= limit), -1)
        if at < 0:
            return
        yield at, before
        before = at


def _strict(funnel: Funnel, part: Sequence[Happening]) -> list[Reach]:
    best: dict[int, Reach] = {}
    for last in range(len(part)):
        for step in range(min(funnel.steps, last + 1)):
            run = part[last - step : last + 1]
            meets = all(place in each.steps for place, each in enumerate(run))
            timely = run[-1].at - run[0].at <= funnel.window and run[0].at < funnel.enter_before
            if meets and timely and step not in best:
                best[step] = Reach(run[-1].at, run[0].at, run[max(step - 1, 0)].at)
    return [best[step] for step in sorted(best)]


def _unordered(funnel: Funnel, part: Sequence[Happening]) -> list[Reach]:
    rows = sorted((each.at, step) for each in part for step in each.steps)
    found: list[Reach] = []
    for last, (at, _) in enumerate(rows):
        inside = [row for row in rows[: last + 1] if row[0] >= at - funnel.window]
        if not any(moment < funnel.enter_before for moment, _ in inside):
            continue
        newest = sorted({step: moment for moment, step in inside}.values(), reverse=True)
        while len(found) < len(newest):
            found.append(Reach(at, newest[len(found)], newest[min(1, len(found))]))
    return found


REFERENCES = {Order.ORDERED: _ordered, Order.STRICT: _strict, Order.UNORDERED: _unordered}
