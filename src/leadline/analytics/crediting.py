"""Every model's credits for the same paths. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from leadline.analytics.attribution import Credits, Model, Options, Paths, credited, weights
from leadline.analytics.markov import markov


def credits_of(model: Model, paths: Paths, lost: Paths, options: Options) -> Credits:
    """What a model gives to each key. `lost` are the paths of people who didn't convert; only Markov's chain reads
    them."""
    if model is Model.MARKOV:
        return markov(paths, lost, options.order)
    return credited(paths, weights(paths, model, options))


@dataclass(frozen=True, slots=True)
class PathGroup:
    """Conversions with the same path. Touches of the same kind in a row are folded into one name.

    Attributes:
        median_touches: unfolded.
        median_days: from the first touch to the conversion; None without touches.
    """

    names: tuple[str, ...]
    conversions: int
    value: float
    median_touches: float
    median_days: float | None


def grouped(paths: Paths, having: str = "") -> Sequence[PathGroup]:
    """The paths that conversions were made by, the most frequent first.

    Args:
        having: only paths with this key.
    """
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    names, keys, starts = paths.names, paths.keys.tolist(), paths.starts.tolist()
    for number, (begin, end) in enumerate(pairwise(starts)):
        own = keys[begin:end]
        folded = tuple(names[key] for place, key in enumerate(own) if place == 0 or key != own[place - 1])
        if not having or having in folded:
            found[folded].append(number)
    groups = [_group(paths, names_, members) for names_, members in found.items()]
    return sorted(groups, key=lambda group: (-group.conversions, -group.value, group.names))


def _group(paths: Paths, names: tuple[str, ...], members: Sequence[int]) -> PathGroup:
    firsts = [float(paths.days[paths.starts[each]]) for each in members] if names else []
    return PathGroup(
        names,
        len(members),
        float(paths.value[members].sum()),
        float(median(paths.lengths[members].tolist())),
        median(firsts) if firsts else None,
    )
