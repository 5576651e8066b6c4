"""Periods of time as reports know them: local days, weeks and months in one zone, with their bounds in UTC.

A day is a calendar day of the zone, however long daylight saving makes it; weeks begin on Monday. Bounds are half open:
from the first instant of the first day to the first instant of the day after the last.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from leadline.analytics.parameter_error import ParameterError

AGO = re.compile(r"([1-9][0-9]{0,3})([dwm])")
RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
DAY = timedelta(days=1)
YEARS = (1970, 2200)
"""Nothing happened before; and dates of either end of the calendar have no neighbours to reckon with."""
ADVICE = "Use 30d, 12w, 6m or 2026-05-01..2026-05-31."


class Grain(StrEnum):
    """How long one bucket of a series is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both ends included.

    Attributes:
        zone: an IANA name.
    """

    first: date
    last: date
    zone: str = "UTC"

    @property
    def start(self) -> datetime:
        """The instant that it begins with, in UTC."""
        return day_begins(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return day_begins(self.last + DAY, self.zone)

    @property
    def days(self) -> int:
        """How many local days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before it."""
        return Period(self.first - self.days * DAY, self.first - DAY, self.zone)

    def buckets(self, grain: Grain) -> list["Period"]:
        """The days, weeks or months in it, in order; the first and the last may be cut short by the period's ends."""
        return list(self._buckets(grain))

    def _buckets(self, grain: Grain) -> Iterator["Period"]:
        first = self.first
        while first <= self.last:
            last = min(next_bucket(first, grain) - DAY, self.last)
            yield Period(first, last, self.zone)
            first = last + DAY


def parse_period(text: str, today: date, zone: str) -> Period:
    """ "30d": that many days to today; "12w": whole weeks, this one included; "6m": whole months, this one included;
    "2026-05-01..2026-05-31": those days.

    Raises:
        ParameterError: it is none of these, or not within YEARS.
    """
    period = _read(text, today, zone)
    if period.first.year < YEARS[0] or period.last.year >= YEARS[1]:
        raise ParameterError(f"{text!r} is not between {YEARS[0]} and {YEARS[1]}.", advice=ADVICE)
    return period


def _read(text: str, today: date, zone: str) -> Period:
    if found := RANGE.fullmatch(text):
        try:
            first, last = (date.fromisoformat(part) for part in found.groups())
        except ValueError as error:
            raise ParameterError(f"{text!r} is no period.", advice=ADVICE) from error
        if first > last:
            raise ParameterError(f"{text!r} ends before it begins.", advice=ADVICE)
        return Period(first, last, zone)
    if not (found := AGO.fullmatch(text)):
        raise ParameterError(f"{text!r} is no period.", advice=ADVICE)
    return Period(_first(int(found[1]), found[2], today), today, zone)


def _first(count: int, unit: str, today: date) -> date:
    if unit == "d":
        return today - (count - 1) * DAY
    if unit == "w":
        return begin_bucket(today, Grain.WEEK) - (count - 1) * 7 * DAY
    months = today.year * 12 + today.month - count
    return date(months // 12, months % 12 + 1, 1)


def begin_bucket(day: date, grain: Grain) -> date:
    """The first day of the bucket that a day lies in."""
    if grain is Grain.WEEK:
        return day - day.weekday() * DAY
    return day.replace(day=1) if grain is Grain.MONTH else day


def next_bucket(day: date, grain: Grain) -> date:
    """The first day of the bucket after the one that a day lies in."""
    began = begin_bucket(day, grain)
    if grain is Grain.MONTH:
        return (began + 31 * DAY).replace(day=1)
    return began + (7 * DAY if grain is Grain.WEEK else DAY)


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of a local day, in UTC: where midnight was skipped by daylight saving, when the clock went on;
    where the whole day was, when the day after it began."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_today(now: datetime, zone: str) -> date:
    """The date that a clock on the wall shows."""
    return now.astimezone(ZoneInfo(zone)).date()
