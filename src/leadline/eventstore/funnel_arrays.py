"""Funnels over the columns of everybody's history at once: exact, in time that grows with the rows.

Rows are sorted by person, instant and step. A chain is known by the row that it began with; for each step only the
chain that began last is kept (see analytics/funnel.py, whose reference this equals).
"""

import itertools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.analytics.funnel import Funnel, Order

Ints = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]
EXCLUDED = -1
PIECE = 400_000
"""Rows that are run at once: their columns fit the cache."""
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class History:
    """Everybody's history.

    Attributes:
        lead, at: whose, and when in µs since 1970.
        step: from 0, or EXCLUDED; for strict funnels the bits of the steps that the event meets, or EXCLUDED.
    """

    lead: Ints
    at: Ints
    step: Ints


@dataclass(frozen=True, slots=True)
class StepReached:
    """The people who reached a step, ascending, one row each: when first, when that chain began, when the step before
    it was done. Instants in µs since 1970."""

    lead: Ints
    at: Ints
    started: Ints
    before: Ints


@dataclass(frozen=True, slots=True)
class Reached:
    """What a funnel gives: by step who reached it, and for those of the first when they last began."""

    steps: tuple[StepReached, ...]
    last_entry: Ints


def run_funnel(funnel: Funnel, history: History) -> Reached:
    """Who reached which step. Long histories are cut between people and run at once: numpy computes outside the
    interpreter's lock, and what a piece needs stays in the processor's cache."""
    pieces = _cut(history)
    if len(pieces) <= 1:
        return _run(funnel, history)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return _joined(list(threads.map(partial(_run, funnel), pieces)))


def _cut(history: History) -> list[History]:
    """About PIECE rows each, everybody's in one."""
    lead = history.lead
    firsts = np.searchsorted(lead, lead[PIECE::PIECE])
    bounds = np.unique([0, *firsts, len(lead)])
    return [
        History(lead[begin:end], history.at[begin:end], history.step[begin:end])
        for begin, end in itertools.pairwise(bounds)
    ]


def _joined(found: list[Reached]) -> Reached:
    steps = (_joined_step(pieces) for pieces in zip(*(each.steps for each in found), strict=True))
    return Reached(tuple(steps), np.concatenate([each.last_entry for each in found]))


def _joined_step(pieces: Sequence[StepReached]) -> StepReached:
    columns = ((piece.lead, piece.at, piece.started, piece.before) for piece in pieces)
    return StepReached(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def _run(funnel: Funnel, history: History) -> Reached:
    match funnel.order:
        case Order.ORDERED:
            return _ordered(funnel, history, _parts(history))
        case Order.STRICT:
            return _strict(funnel, history, _parts(history))
    return _unordered(funnel, history, _begins(history))


def chosen_of(reached: Reached, leads: Ints) -> Reached:
    """Of these people alone, who are ascending."""
    kept = [_among(step.lead, leads) for step in reached.steps]
    steps = (
        StepReached(step.lead[among], step.at[among], step.started[among], step.before[among])
        for step, among in zip(reached.steps, kept, strict=True)
    )
    return Reached(tuple(steps), reached.last_entry[kept[0]])


def in_order(history: History) -> History:
    """The same rows by person, instant and step. Made for rows that are all but sorted: in few runs by person, and each
    person's all but in order."""
    if (history.lead[1:] < history.lead[:-1]).any():
        order = np.argsort(history.lead, kind="stable")  # merges the runs
        history = History(history.lead[order], history.at[order], history.step[order])
    lead, at, step = history.lead, history.at, history.step
    wrong = (at[1:] < at[:-1]) | ((at[1:] == at[:-1]) & (step[1:] < step[:-1]))
    wrong &= lead[1:] == lead[:-1]
    if not wrong.any():
        return history
    rows = _rows_of(np.unique(lead[1:][wrong]), lead)
    order = rows[np.lexsort((step[rows], at[rows], lead[rows]))]
    at, step = at.copy(), step.copy()
    at[rows], step[rows] = at[order], step[order]
    return History(lead, at, step)


def _among(lead: Ints, wanted: Ints) -> Flags:
    """Which rows are of wanted people, who are ascending."""
    if not len(wanted):
        return np.zeros(len(lead), bool)
    place = np.minimum(np.searchsorted(wanted, lead), len(wanted) - 1)
    found: Flags = wanted[place] == lead
    return found


def _rows_of(wanted: Ints, lead: Ints) -> Ints:
    """Where the rows of wanted people stand in a sorted column."""
    begin, end = np.searchsorted(lead, wanted), np.searchsorted(lead, wanted, side="right")
    counts = end - begin
    rows: Ints = np.arange(counts.sum()) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
    return rows


def _parts(history: History) -> Ints:
    """For each row a number of its part: of the same person, with no excluded event between."""
    breaks = history.step == EXCLUDED
    if not breaks.any():
        return history.lead
    return np.cumsum(_fresh(history) | breaks)


def _begins(history: History) -> Ints:
    """For each row the first row of its part."""
    fresh = _fresh(history) | (history.step == EXCLUDED)
    return np.maximum.accumulate(np.where(fresh, np.arange(len(fresh), dtype=np.int32), 0))


def _fresh(history: History) -> Flags:
    fresh = np.ones(len(history.lead), bool)
    np.not_equal(history.lead[1:], history.lead[:-1], out=fresh[1:])
    return fresh


def _ordered(funnel: Funnel, history: History, part: Ints) -> Reached:
    at = history.at
    rows = _int32(np.flatnonzero((history.step == 0) & (at < funnel.enter_before)))
    starts = rows
    steps = [_reached(history, rows, rows, rows)]
    last_entry = _last_entry(history, rows)
    for step in range(1, funnel.steps):
        later = _int32(np.flatnonzero(history.step == step))
        start = _latest_start(rows, starts, later, len(at))
        later, start = later[start >= 0], start[start >= 0]
        valid = (part[later] == part[start]) & (at[later] - at[start] <= funnel.window)
        steps.append(_reached(history, later[valid], start[valid], rows, starts))
        rows, starts = later[valid], start[valid]
    return Reached(tuple(steps), last_entry)


def _latest_start(rows: Ints, starts: Ints, later: Ints, size: int) -> Ints:
    """For each later row the start of the chain of the last row before it; -1 without one."""
    seen = np.zeros(size, np.int8)
    seen[rows] = 1
    place = np.cumsum(seen, dtype=np.int32)[later]  # one more than the place: 0 is none
    return np.concatenate(([-1], starts))[place]


def _reached(
    history: History, rows: Ints, starts: Ints, before: Ints, before_starts: Ints | None = None
) -> StepReached:
    """The first of each person's rows. Before it in its chain: the first row of the step before with the same start."""
    first = _firsts(history.lead[rows])
    rows, starts = rows[first], starts[first]
    before = before[first if before_starts is None else np.searchsorted(before_starts, starts)]
    return StepReached(history.lead[rows], history.at[rows], history.at[starts], history.at[before])


def _strict(funnel: Funnel, history: History, part: Ints) -> Reached:
    at, meets = history.at, np.where(history.step == EXCLUDED, 0, history.step)
    rows = np.flatnonzero((meets & 1 == 1) & (at < funnel.enter_before))
    last_entry = _last_entry(history, rows)
    steps = [_reached(history, rows, rows, rows)]
    for step in range(1, funnel.steps):
        rows = rows[rows + 1 < len(at)] + 1
        starts = rows - step
        valid = (meets[rows] >> step & 1 == 1) & (part[rows] == part[starts]) & (at[rows] - at[starts] <= funnel.window)
        rows = rows[valid]
        steps.append(_reached(history, rows, rows - step, rows - 1))
    return Reached(tuple(steps), last_entry)


def _unordered(funnel: Funnel, history: History, begin: Ints) -> Reached:
    at, size = history.at, len(history.at)
    index = np.arange(size, dtype=np.int32)
    newest = np.stack([_latest(at, begin, np.where(history.step == step, index, -1)) for step in range(funnel.steps)])
    newest = np.sort(newest, axis=0)[::-1]  # by row, the instants of its steps, the last first
    entered = _latest(at, begin, np.where((history.step != EXCLUDED) & (at < funnel.enter_before), index, -1))
    open_since = at - funnel.window
    counts = (history.step != EXCLUDED) & (entered >= open_since)
    steps = [_rank(history, newest, place, np.flatnonzero(counts & (newest[place] >= open_since)))
             for place in range(funnel.steps)]  # fmt: skip
    return Reached(tuple(steps), _last_entry(history, np.flatnonzero(counts)))


def _rank(history: History, newest: Ints, place: int, rows: Ints) -> StepReached:
    rows = rows[_firsts(history.lead[rows])]
    return StepReached(history.lead[rows], history.at[rows], newest[place][rows], newest[min(1, place)][rows])


def _latest(at: Ints, begin: Ints, places: Ints) -> Ints:
    """For each row the instant of the latest marked row of its part up to it, or NEVER."""
    latest = np.maximum.accumulate(places) if len(places) else places
    return np.where(latest >= begin, at[latest], NEVER)


def _last_entry(history: History, rows: Ints) -> Ints:
    lead = history.lead[rows]
    last = np.ones(len(lead), bool)
    np.not_equal(lead[1:], lead[:-1], out=last[:-1])
    return history.at[rows[last]]


def _firsts(lead: Ints) -> Ints:
    """The first place of each person in a sorted column."""
    fresh = np.ones(len(lead), bool)
    np.not_equal(lead[1:], lead[:-1], out=fresh[1:])
    return np.flatnonzero(fresh)


def _int32(rows: Ints) -> Ints:
    return rows.astype(np.int32)
