"""How many people were active in the last day, week and month, for each day of a span. Pure.

A person who is active on day d and next on day d + g is among those active in the last n days on the days
d .. d + min(g, n) - 1, and no day is counted twice. So one pass over (day, gap) gives every window exactly.
"""

from collections.abc import Iterable
from itertools import accumulate

WEEK, MONTH = 7, 30


def active_within(gaps: Iterable[tuple[int, int, int]], window: int, days: int) -> list[int]:
    """For each day 0 .. days - 1, how many people were active on it or on one of the `window` - 1 days before.

    Args:
        gaps: (day, days until the same person's next active day, people); at least `window` for never.
    """
    changes = [0] * (days + window + 1)
    for day, gap, people in gaps:
        changes[day] += people
        changes[day + min(gap, window)] -= people
    return list(accumulate(changes))[:days]
