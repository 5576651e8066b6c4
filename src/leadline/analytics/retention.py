"""Retention: who comes back, by the bucket of time in which they began. Pure, with a plain reference for one person.

A cohort is the people whose start lies in a bucket (a day, week or month of the zone): their first start ever, or, of
recurring cohorts, any start in it. Offset 0 is the cohort itself. On the calendar offset j is the j-th bucket after the
cohort's; rolling, it is the j-th span of 24 hours (7 days, 30 days) after each person's own start. On: they returned in
that bucket. Onwards: in it or later. Brackets: in any bucket from one edge to before the next.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
CHUNK = 100_000


class Cohort(StrEnum):
    """Who belongs to a cohort."""

    FIRST = "first"
    RECURRING = "recurring"


class Counting(StrEnum):
    """Which returns count for an offset."""

    ON = "on"
    ONWARDS = "onwards"
    BRACKETS = "brackets"


class RetentionClock(StrEnum):
    """What offsets are counted by."""

    CALENDAR = "calendar"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True)
class Retention:
    """Attributes:
    bounds: µs since 1970: bucket i is from bounds[i] to before bounds[i + 1].
    span: µs of one rolling offset.
    edges: of brackets: offsets, ascending, from 1; each begins a bracket and ends the one before.
    """

    bounds: tuple[int, ...]
    span: int
    cohort: Cohort = Cohort.FIRST
    counting: Counting = Counting.ON
    clock: RetentionClock = RetentionClock.CALENDAR
    edges: tuple[int, ...] = ()

    @property
    def buckets(self) -> int:
        """How many."""
        return len(self.bounds) - 1

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The offsets of each column after the first: from, to before."""
        if self.counting is Counting.BRACKETS:
            return list(zip(self.edges, self.edges[1:], strict=False))
        end = self.buckets if self.counting is Counting.ONWARDS else 0
        return [(offset, end or offset + 1) for offset in range(1, self.buckets)]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counted people.

    Attributes:
        people: by cohort.
        returned: by cohort and column, the columns of `spans`.
    """

    people: Counts
    returned: Counts


def tally(wanted: Retention, member: Flags, returned: Flags, people: Counts) -> Tally:
    """Count everybody.

    Args:
        member: by row and bucket: they belong to its cohort.
        returned: by row and bucket; rolling: by row and offset from their start.
        people: how many people a row stands for.
    """
    sizes = np.zeros(wanted.buckets, np.int64)
    cells = np.zeros((wanted.buckets, len(wanted.spans)), np.int64)
    for begin in range(0, len(people), CHUNK):
        rows = slice(begin, begin + CHUNK)
        weighed = np.where(member[rows], people[rows, None], 0)
        sizes += weighed.sum(axis=0)
        _add(wanted, cells, weighed, returned[rows])
    return Tally(sizes, cells)


def _add(wanted: Retention, cells: Counts, weighed: Counts, returned: Flags) -> None:
    for cohort in range(wanted.buckets):
        shift = 0 if wanted.clock is RetentionClock.ROLLING else cohort
        mine = np.flatnonzero(weighed[:, cohort])
        for column, (first, last) in enumerate(wanted.spans):
            if shift + first < wanted.buckets:
                came = returned[mine, shift + first : min(shift + last, wanted.buckets)].any(axis=1)
                cells[cohort, column] += int(weighed[mine, cohort][came].sum())


def is_complete(wanted: Retention, cohort: int, column: int, now: int) -> bool:
    """Whether the cell can't change any more: its last bucket is over. Onwards: the offset itself is over."""
    first, last = wanted.spans[column]
    last = first + 1 if wanted.counting is Counting.ONWARDS else last
    if cohort + last > wanted.buckets:
        return False
    if wanted.clock is RetentionClock.ROLLING:
        return wanted.bounds[cohort + 1] + last * wanted.span <= now
    return wanted.bounds[cohort + last] <= now


def returns_of(wanted: Retention, starts: Sequence[int], returns: Sequence[int]) -> set[tuple[int, int]]:
    """(cohort, column) of the cells that one person counts in; column -1 is the cohort itself. The reference."""
    began = [min(starts)] if starts and wanted.cohort is Cohort.FIRST else sorted(starts)
    found: set[tuple[int, int]] = set()
    for at in began:
        cohort = bisect_right(wanted.bounds, at) - 1
        if 0 <= cohort < wanted.buckets and (cohort, -1) not in found:
            offsets = {_offset(wanted, cohort, at, each) for each in returns}
            spans = enumerate(wanted.spans)
            found |= {(cohort, column) for column, (first, last) in spans if offsets & set(range(first, last))}
            found.add((cohort, -1))
    return found


def _offset(wanted: Retention, cohort: int, began: int, at: int) -> int:
    """Of a return from the start; -1 when it lies outside."""
    if wanted.clock is RetentionClock.ROLLING:
        offset = (at - began) // wanted.span
        return offset if offset < wanted.buckets else -1
    bucket = bisect_right(wanted.bounds, at) - 1
    return bucket - cohort if bucket < wanted.buckets else -1


def means(cells: Sequence[tuple[int, int]]) -> tuple[float | None, float | None]:
    """(weighted, simple) mean of the shares of complete cells, which are (people, returned)."""
    counted = [(people, returned) for people, returned in cells if people]
    if not counted:
        return None, None
    weighted = sum(returned for _, returned in counted) / sum(people for people, _ in counted)
    return weighted, sum(returned / people for people, returned in counted) / len(counted)


def bits(words: Sequence[NDArray[Any]], buckets: int) -> Flags:
    """By row and bucket, from words of WORD bits, the lowest bucket first."""
    columns = [(words[place // WORD] >> place % WORD & 1).astype(bool) for place in range(buckets)]
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0), bool)


WORD = 62
"""Bits of a signed 64-bit word that are used."""
