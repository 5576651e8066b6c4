"""Journeys: the paths that people take from somewhere, or to somewhere. Pure; with a plain reference for one person.

A path is cut from a visit (what lies no more than 30 minutes apart) or from all that a person did in the period. The
same thing done again and again right after another is one step. Anchored at the start, a path begins with the first
time that the anchor is met and goes on for so many steps; anchored at the end, it ends there. Without an anchor it
begins where the visit or history begins, or ends where that ends. What does not meet the anchor gives no path.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

VISIT_GAP = 30 * 60 * 1_000_000
"""µs; what comes later than this after the step before belongs to another visit."""


class Side(StrEnum):
    """Where paths are anchored."""

    START = "start"
    END = "end"


class Scope(StrEnum):
    """What one path is cut from."""

    VISIT = "visit"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class PathRules:
    """Attributes:
    length: how many steps at most.
    anchors: numbers of what meets the anchor; None without one.
    """

    length: int
    side: Side = Side.START
    scope: Scope = Scope.VISIT
    anchors: frozenset[int] | None = None


def paths_of(rules: PathRules, history: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """One person's paths. The reference.

    Args:
        history: (µs since 1970, number of what was done), in order.
    """
    return [path for stretch in _stretches(rules, history) if (path := _cut(rules, _folded(stretch)))]


def _stretches(rules: PathRules, history: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    stretch: list[int] = []
    for place, (at, node) in enumerate(history):
        if place and rules.scope is Scope.VISIT and at - history[place - 1][0] > VISIT_GAP:
            yield stretch
            stretch = []
        stretch.append(node)
    yield stretch


def _folded(nodes: Sequence[int]) -> list[int]:
    return [node for place, node in enumerate(nodes) if place == 0 or nodes[place - 1] != node]


def _cut(rules: PathRules, nodes: Sequence[int]) -> tuple[int, ...]:
    place = _anchor(rules, nodes)
    if place is None:
        return ()
    if rules.side is Side.START:
        return tuple(nodes[place : place + rules.length])
    return tuple(nodes[max(0, place + 1 - rules.length) : place + 1])


def _anchor(rules: PathRules, nodes: Sequence[int]) -> int | None:
    if not nodes:
        return None
    if rules.anchors is None:
        return 0 if rules.side is Side.START else len(nodes) - 1
    return _first(nodes, rules.anchors)


def _first(nodes: Sequence[int], wanted: Collection[int]) -> int | None:
    return next((place for place, node in enumerate(nodes) if node in wanted), None)
