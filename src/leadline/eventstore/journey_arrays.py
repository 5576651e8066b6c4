"""Paths over the columns of everybody's history at once, as analytics/journeys.py defines them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.analytics.journeys import VISIT_GAP, PathRules, Scope, Side

Ints = NDArray[np.signedinteger[Any]]
NOTHING = -1


@dataclass(frozen=True, slots=True)
class Paths:
    """Attributes:
    lead: whose path it is, by row.
    nodes: by row and step, what was done; NOTHING where the path is over, or, anchored at the end, not begun.
    """

    lead: Ints
    nodes: Ints


def cut_paths(rules: PathRules, lead: Ints, at: Ints, node: Ints) -> Paths:
    """Everybody's paths, from rows sorted by person and instant."""
    fresh = np.ones(len(lead), bool)
    np.not_equal(lead[1:], lead[:-1], out=fresh[1:])
    if rules.scope is Scope.VISIT:
        fresh[1:] |= np.diff(at) > VISIT_GAP
    kept = fresh.copy()
    kept[1:] |= node[1:] != node[:-1]
    lead, node, fresh = lead[kept], node[kept], fresh[kept]
    first = np.flatnonzero(fresh)
    after = np.append(first[1:], len(node))
    place, found = _anchored(rules, node, first, after)
    return Paths(lead[first[found]], _window(rules, node, place[found], first[found], after[found]))


def _anchored(rules: PathRules, node: Ints, first: Ints, after: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The row of each stretch's anchor, and which stretches have one."""
    if rules.anchors is None:
        place = first if rules.side is Side.START else after - 1
        return place, np.ones(len(first), bool)
    rows = np.append(np.flatnonzero(np.isin(node, list(rules.anchors))), len(node))
    place = rows[np.searchsorted(rows, first)]
    return place, place < after


def _window(rules: PathRules, node: Ints, place: Ints, first: Ints, after: Ints) -> Ints:
    back = 0 if rules.side is Side.START else rules.length - 1
    rows = place[:, None] + np.arange(rules.length) - back
    inside = (rows >= first[:, None]) & (rows < after[:, None])
    if not len(node):
        return np.full(rows.shape, NOTHING)
    return np.where(inside, node[np.clip(rows, 0, len(node) - 1)], NOTHING)


def numbered(nodes: Ints) -> tuple[Ints, Ints]:
    """Equal paths get equal numbers: (one row of each, the number of each row)."""
    number = np.zeros(len(nodes), np.int64)
    base = int(nodes.max(initial=0)) + 2
    for column in nodes.T:
        _, number = np.unique(number * base + column + 1, return_inverse=True)
    _, example = np.unique(number, return_index=True)
    return example, number
