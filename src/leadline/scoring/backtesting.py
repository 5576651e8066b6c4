"""What a backtest is asked: which rulesets, at which past days, for what outcome within how many days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from leadline.kernel.clock import midnight, utc_day
from leadline.kernel.errors import TerminalError

OUTCOME = "opportunity"
HORIZON_DAYS: Mapping[str, int] = {"opportunity": 30, "won_deal": 90}
OTHER_HORIZON_DAYS = 30
CUTOFFS = 6
MOST_CUTOFFS = 60
MOST_RULESETS = 4
LONGEST_HORIZON = 3650
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants to know.

    Attributes:
        rulesets: references; the others are compared with the first.
        cutoffs: how many past days, evenly spaced, or which.
        outcome: the name of a conversion.
        capacity: how many leads the team can work per cutoff; None: as sales is set up.
    """

    rulesets: tuple[str, ...]
    cutoffs: int | tuple[date, ...]
    outcome: str
    horizon_days: int
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A past day, seen from its end: features are from up to it, outcomes from the horizon after it.

    Attributes:
        moment: the UTC midnight that ends the day: the first instant of the horizon.
        until: the first instant after the horizon.
    """

    day: date
    moment: datetime
    until: datetime


def read_wishes(arguments: Mapping[str, Any]) -> Wishes:
    """The arguments of a job.

    Raises:
        TerminalError: one of them can't be used; the text says which and what would do.
    """
    rulesets = tuple(str(each) for each in arguments.get("rulesets") or ("",))
    if len(rulesets) > MOST_RULESETS:
        raise TerminalError(f"{len(rulesets)} rulesets are too many.", advice=f"Compare {MOST_RULESETS} at most.")
    outcome = str(arguments.get("outcome") or OUTCOME)
    horizon = _whole(arguments.get("horizon"), "horizon", LONGEST_HORIZON)
    capacity = _whole(arguments.get("capacity"), "capacity", 10**9)
    return Wishes(
        rulesets=rulesets,
        cutoffs=_cutoffs(arguments.get("cutoffs")),
        outcome=outcome,
        horizon_days=horizon or HORIZON_DAYS.get(outcome, OTHER_HORIZON_DAYS),
        capacity=capacity,
    )


def _whole(value: object, name: str, most: int) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if not 1 <= number <= most:
        days = " Or name days: 2026-06-30,2026-07-31." if name == "cutoffs" else ""
        raise TerminalError(f"{name}: {value} is no whole number from 1 to {most}.{days}")
    return number


def _cutoffs(given: object) -> int | tuple[date, ...]:
    if isinstance(given, Sequence) and not isinstance(given, str):
        if not given:
            return CUTOFFS
        days = tuple(sorted({_day(each) for each in given}))
        if len(days) > MOST_CUTOFFS:
            raise TerminalError(f"{len(days)} cutoffs are too many.", advice=f"Take {MOST_CUTOFFS} at most.")
        return days
    return _whole(given, "cutoffs", MOST_CUTOFFS) or CUTOFFS


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise TerminalError(f"cutoffs: {text} is no day.", advice="Give days such as 2026-09-01.") from None


def cutoffs_of(wishes: Wishes, first: date, known_until: datetime) -> list[Cutoff]:
    """The cutoffs, the earliest first.

    Args:
        first: the day of the first event.
        known_until: up to when everything that happened is here.

    Raises:
        TerminalError: a horizon is not over, or there is too little history for so many.
    """
    if isinstance(wishes.cutoffs, int):
        return _spaced(wishes.cutoffs, wishes.horizon_days, first, known_until)
    chosen = [cutoff(day, wishes.horizon_days) for day in wishes.cutoffs]
    for each in chosen:
        if each.until > known_until:
            last = last_day(wishes.horizon_days, known_until)
            raise TerminalError(
                f"The {wishes.horizon_days} days after {each.day} are not over.",
                advice=f"The last cutoff that can be judged is {last}; or take a shorter horizon.",
            )
    return chosen


def cutoff(day: date, horizon_days: int) -> Cutoff:
    """The cutoff at the end of a day."""
    moment = midnight(day + DAY)
    return Cutoff(day, moment, moment + timedelta(days=horizon_days))


def last_day(horizon_days: int, known_until: datetime) -> date:
    """The last day whose horizon is over."""
    return utc_day(known_until - timedelta(days=horizon_days)) - DAY


def _spaced(count: int, horizon_days: int, first: date, known_until: datetime) -> list[Cutoff]:
    """The last day that can be judged, and others before it at equal distances; the same before the earliest."""
    span = (last_day(horizon_days, known_until) - first).days
    if span < count:
        raise TerminalError(
            f"There are {max(span, 0)} days of history that a horizon of {horizon_days} days can judge, "
            f"too few for {count} cutoffs.",
            advice="Take fewer cutoffs or a shorter horizon, or wait for more history.",
        )
    return [cutoff(first + timedelta(days=span * place // count), horizon_days) for place in range(1, count + 1)]
