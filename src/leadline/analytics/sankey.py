"""Where the nodes and ribbons of a Sankey drawing lie: computed here, since Vega-Lite has no such mark. Pure.

Nodes stand in columns: one that nothing comes to in the first, any other right of all that lead to it. A node is as
high as what goes through it; ribbons leave and enter in the order of the nodes they join, so that few cross.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NODE_WIDTH = 0.012
GAP = 0.03
"""Between nodes of a column, of the height."""
MOST_GAPS = 0.4
SWEEPS = 4
STEPS = 16


@dataclass(frozen=True, slots=True)
class Flow:
    """So many go from one node to another."""

    origin: str
    goal: str
    count: float


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its column, what goes through it, and its edges in 0..1, y from the top."""

    name: str
    column: int
    count: float
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """From a node's right edge to another's left: points along the way, (x, top, bottom)."""

    flow: Flow
    points: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything to draw."""

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def layout(flows: Iterable[Flow]) -> Layout:
    """Nodes and ribbons in a box of 1 by 1. Flows that come to nothing, or back to where they began, are left out, as
    are those that would close a circle."""
    kept = _forward([flow for flow in flows if flow.count > 0 and flow.origin != flow.goal])
    if not kept:
        return Layout((), ())
    columns = _columns(kept)
    order = _ordered(kept, columns)
    nodes = _nodes(kept, columns, order)
    return Layout(tuple(nodes.values()), tuple(_ribbons(kept, nodes)))


def _forward(flows: Sequence[Flow]) -> list[Flow]:
    """Without those that would close a circle, the largest taken first."""
    taken: list[Flow] = []
    after: dict[str, set[str]] = defaultdict(set)
    for flow in sorted(flows, key=lambda flow: -flow.count):
        if not _reaches(after, flow.goal, flow.origin):
            after[flow.origin].add(flow.goal)
            taken.append(flow)
    chosen = set(taken)
    return [flow for flow in flows if flow in chosen]


def _reaches(after: Mapping[str, set[str]], begin: str, end: str) -> bool:
    seen, waiting = {begin}, [begin]
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        new = after.get(node, set()) - seen
        seen |= new
        waiting.extend(new)
    return False


def _columns(flows: Sequence[Flow]) -> dict[str, int]:
    """The longest way to each node."""
    columns = dict.fromkeys(_names(flows), 0)
    for _ in columns:
        moved = False
        for flow in flows:
            if columns[flow.goal] <= columns[flow.origin]:
                columns[flow.goal], moved = columns[flow.origin] + 1, True
        if not moved:
            break
    return columns


def _names(flows: Sequence[Flow]) -> list[str]:
    """In the order in which they are first named."""
    return list(dict.fromkeys(name for flow in flows for name in (flow.origin, flow.goal)))


def _ordered(flows: Sequence[Flow], columns: Mapping[str, int]) -> list[list[str]]:
    """The nodes of each column from the top: the highest first, then swept to where their neighbours are."""
    counts = _counts(flows)
    order: list[list[str]] = [[] for _ in range(max(columns.values()) + 1)]
    for name in sorted(columns, key=lambda name: -counts[name]):
        order[columns[name]].append(name)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        places = {name: place for those in order for place, name in enumerate(those)}
        for those in order if forward else reversed(order):
            pulls = {name: _pull(flows, places, name, forward=forward) for name in those}
            those.sort(key=pulls.__getitem__)
            places |= {name: place for place, name in enumerate(those)}
    return order


def _pull(flows: Sequence[Flow], places: Mapping[str, int], name: str, *, forward: bool) -> float:
    """The mean place of a node's neighbours on the side that the sweep comes from, by count; its own without any."""
    joined = [
        (places[flow.origin if forward else flow.goal], flow.count)
        for flow in flows
        if (flow.goal if forward else flow.origin) == name
    ]
    total = sum(count for _, count in joined)
    return sum(place * count for place, count in joined) / total if total else places[name]


def _counts(flows: Sequence[Flow]) -> dict[str, float]:
    into: dict[str, float] = defaultdict(float)
    out: dict[str, float] = defaultdict(float)
    for flow in flows:
        out[flow.origin] += flow.count
        into[flow.goal] += flow.count
    return {name: max(into[name], out[name]) for name in _names(flows)}


def _nodes(flows: Sequence[Flow], columns: Mapping[str, int], order: Sequence[Sequence[str]]) -> dict[str, Node]:
    counts = _counts(flows)
    gap = min(GAP, MOST_GAPS / max(len(those) - 1 or 1 for those in order))
    unit = min((1 - gap * (len(those) - 1)) / sum(counts[name] for name in those) for those in order)
    step = (1 - NODE_WIDTH) / max(len(order) - 1, 1)
    nodes = {}
    for those in order:
        top = 0.0
        for name in those:
            left, height = columns[name] * step, counts[name] * unit
            nodes[name] = Node(name, columns[name], counts[name], left, left + NODE_WIDTH, top, top + height)
            top += height + gap
    return nodes


def _ribbons(flows: Sequence[Flow], nodes: Mapping[str, Node]) -> Iterable[Ribbon]:
    leaves = _edges(flows, nodes, leaving=True)
    enters = _edges(flows, nodes, leaving=False)
    for flow in flows:
        (top, bottom), (top_at_goal, bottom_at_goal) = leaves[flow], enters[flow]
        begin, end = nodes[flow.origin].right, nodes[flow.goal].left
        points = []
        for step in range(STEPS + 1):
            part = step / STEPS
            bend = part * part * (3 - 2 * part)
            across = begin + (end - begin) * part
            points.append((across, _between(top, top_at_goal, bend), _between(bottom, bottom_at_goal, bend)))
        yield Ribbon(flow, tuple(points))


def _edges(flows: Sequence[Flow], nodes: Mapping[str, Node], *, leaving: bool) -> dict[Flow, tuple[float, float]]:
    """Where each ribbon leaves (or enters) its node: one below the other, in the order of the nodes at their other
    end."""
    found = {}
    at = {name: node.top for name, node in nodes.items()}
    for flow in sorted(flows, key=lambda flow: nodes[flow.goal if leaving else flow.origin].top):
        node = nodes[flow.origin if leaving else flow.goal]
        height = (node.bottom - node.top) * flow.count / node.count
        found[flow] = (at[node.name], at[node.name] + height)
        at[node.name] += height
    return found


def _between(begin: float, end: float, part: float) -> float:
    return begin + (end - begin) * part
