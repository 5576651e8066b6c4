"""When people sit down: working hours of their own clock, a few evenings, fewer weekends."""

from datetime import datetime, timedelta
from random import Random

# Relative traffic of the hours 0 to 23 of a local day.
_HOURS = (1, 0, 0, 0, 0, 1, 3, 8, 22, 34, 38, 34, 24, 28, 34, 32, 27, 18, 11, 9, 10, 9, 6, 3)
_WEEKEND_KEPT = 0.3
LONGEST_WAIT = timedelta(days=4)  # what `settle` adds at most: over midnight, then over a weekend


def settle(rng: Random, moment: datetime, utc_offset_hours: float) -> datetime:
    """A believable time to be at a screen, at or after `moment` and less than `LONGEST_WAIT` later (UTC)."""
    offset = timedelta(hours=utc_offset_hours)
    local = moment + offset
    hour = rng.choices(range(24), _HOURS)[0]
    wanted = local.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)
    if wanted < local:
        wanted += timedelta(days=1)
    if wanted.weekday() >= 5 and rng.random() > _WEEKEND_KEPT:
        wanted += timedelta(days=7 - wanted.weekday())
    return wanted + timedelta(milliseconds=rng.randrange(1000)) - offset


def working_time(moment: datetime, utc_offset_hours: float) -> datetime:
    """`moment` itself within 8:30 to 17:30 on a local weekday, else the next opening plus the time past the hour."""
    offset = timedelta(hours=utc_offset_hours)
    local = moment + offset
    opening = local.replace(hour=8, minute=30, second=0, microsecond=0)
    if local >= opening + timedelta(hours=9):
        opening += timedelta(days=1)
    if opening.weekday() >= 5:
        opening += timedelta(days=7 - opening.weekday())
    if local >= opening:
        return moment
    return opening + timedelta(minutes=local.minute, seconds=local.second) - offset


def after_working_hours(moment: datetime, hours: float, utc_offset_hours: float) -> datetime:
    """The local working time `hours` working hours (nine a day) after `moment`."""
    reached = working_time(moment, utc_offset_hours)
    while hours > 0:
        step = min(hours, 3.0)
        reached = working_time(reached + timedelta(hours=step), utc_offset_hours)
        hours -= step
    return reached
