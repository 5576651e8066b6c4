"""Attention: how long somebody was engaged in a visit, from heartbeats where there are any, else from gaps."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MINUTE_MICROS = 60_000_000
INACTIVITY_MICROS = 30 * MINUTE_MICROS
GAP_CAP_MICROS = 2 * MINUTE_MICROS
"""Without heartbeats, so much of the time between two events counts as attention at most."""
DAY_MS = 86_400_000
"""A day of engaged milliseconds; more in one event is a fault of its sender."""

Campaign = tuple[str | None, str | None, str | None]
"""utm_source, utm_medium, utm_campaign."""
NO_CAMPAIGN: Campaign = (None, None, None)


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing a person did: a track, page or screen event that is neither a bot's nor our own people's.

    Attributes:
        message_hash: orders events of the same microsecond.
        engaged_ms: what a heartbeat says, milliseconds of attention that end at `occurred_micros`; None for others.
    """

    occurred_micros: int
    message_hash: int
    kind: str
    campaign: Campaign = NO_CAMPAIGN
    engaged_ms: float | None = None


def in_order(activities: Iterable[Activity]) -> list[Activity]:
    """By time; of the same microsecond by message."""
    return sorted(activities, key=lambda one: (one.occurred_micros, one.message_hash))


def runs(ordered: Iterable[Activity]) -> Iterator[list[Activity]]:
    """Activity without a gap of more than 30 minutes, run by run."""
    return split(ordered, lambda before, after: _gap(before, after) > INACTIVITY_MICROS)


def split(ordered: Iterable[Activity], begins: Callable[[Activity, Activity], bool]) -> Iterator[list[Activity]]:
    """Parts, a new one wherever `begins(before, after)` says so of two neighbours."""
    part: list[Activity] = []
    for one in ordered:
        if part and begins(part[-1], one):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def engaged_ms(visit: Sequence[Activity]) -> int:
    """Milliseconds of attention in one visit, in order, never more than the visit lasted.

    Heartbeats count when there are any; else each gap between two events counts up to `GAP_CAP_MICROS`.
    """
    beats = [(one.occurred_micros, beat) for one in visit if (beat := _heartbeat(one)) is not None]
    if not beats:
        return sum(min(_gap(*pair), GAP_CAP_MICROS) for pair in pairwise(visit)) // 1000
    first = min(visit[0].occurred_micros, *(at - beat * 1000 for at, beat in beats))
    return min(sum(beat for _, beat in beats), (visit[-1].occurred_micros - first) // 1000)


def _heartbeat(one: Activity) -> int | None:
    if one.engaged_ms is None or not 0 <= one.engaged_ms <= DAY_MS:
        return None
    return math.floor(one.engaged_ms + 0.5)


def _gap(before: Activity, after: Activity) -> int:
    return after.occurred_micros - before.occurred_micros
