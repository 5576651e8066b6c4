"""Long lists of numbers in pieces that a database takes as the parameters of one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

CHUNK = 5_000
"""SQLite's own limit is 32,766 parameters."""

Item = TypeVar("Item")


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items in lists of at most `CHUNK`."""
    rest = iter(items)
    while piece := list(islice(rest, CHUNK)):
        yield piece
