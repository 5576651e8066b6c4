"""Periods: local days as bounds in UTC, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.periods import Grain, Period, begin_bucket, day_begins, local_today, parse_period
from leadline.kernel.errors import TerminalError

ZONES = ("UTC", "Europe/London", "America/Sao_Paulo", "Asia/Manila", "America/Havana", "Asia/Kathmandu", "Asia/Beirut")
zones = st.sampled_from(ZONES)
dates = st.dates(date(2015, 1, 1), date(2030, 12, 31))
periods = st.builds(lambda first, days, zone: Period(first, first + timedelta(days=days), zone), dates,
                    st.integers(0, 400), zones)  # fmt: skip
TODAY = date(2026, 5, 20)  # a Wednesday


@given(periods, st.sampled_from(Grain))
def test_buckets_tile_a_period_exactly(period: Period, grain: Grain) -> None:
    buckets = period.buckets(grain)
    assert (buckets[0].start, buckets[-1].end) == (period.start, period.end)
    assert all(one.end == next_one.start for one, next_one in pairwise(buckets))
    assert sum(bucket.days for bucket in buckets) == period.days


@given(periods, st.sampled_from(Grain))
def test_a_bucket_lies_within_one_day_week_or_month(period: Period, grain: Grain) -> None:
    for bucket in period.buckets(grain):
        assert begin_bucket(bucket.first, grain) == begin_bucket(bucket.last, grain)


@given(dates, zones)
def test_a_day_begins_at_the_first_instant_of_its_date(day: date, zone: str) -> None:
    begins = day_begins(day, zone)
    assert begins.astimezone(ZoneInfo(zone)).date() == day
    assert (begins - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


@given(periods)
def test_the_period_before_is_as_long_and_ends_where_it_begins(period: Period) -> None:
    assert (period.before.days, period.before.end) == (period.days, period.start)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # midnight was skipped
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the day was skipped
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # the hour before midnight came twice
        ("America/Sao_Paulo", date(2026, 11, 1), 24),  # there is no daylight saving any more
        ("Asia/Manila", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_daylight_saving_makes_it(zone: str, day: date, hours: int) -> None:
    period = Period(day, day, zone)
    assert period.end - period.start == timedelta(hours=hours)


def test_a_skipped_midnight_begins_when_the_clock_goes_on() -> None:
    assert day_begins(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_days_of_manila_begin_at_four_in_the_afternoon_of_utc() -> None:
    assert day_begins(date(2026, 5, 20), "Asia/Manila") == datetime(2026, 5, 19, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1d", TODAY, TODAY),
        ("30d", date(2026, 4, 21), TODAY),
        ("1w", date(2026, 5, 18), TODAY),
        ("12w", date(2026, 3, 2), TODAY),
        ("1m", date(2026, 5, 1), TODAY),
        ("6m", date(2025, 12, 1), TODAY),
        ("2026-02-01..2026-02-28", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_texts_of_periods(text: str, first: date, last: date) -> None:
    assert parse_period(text, TODAY, "UTC") == Period(first, last, "UTC")


@pytest.mark.parametrize(
    "text",
    ["", "d", "0d", "30", "30y", "2026-05-01", "2026-02-30..2026-03-01", "2026-05-02..2026-05-01",
     "0001-01-01..2026-01-01", "2026-01-01..9999-12-31", "9999m"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(TerminalError):
        parse_period(text, TODAY, "UTC")


def test_weeks_begin_on_monday_and_the_first_may_be_cut_short() -> None:
    buckets = Period(date(2026, 5, 7), TODAY).buckets(Grain.WEEK)
    assert [(bucket.first.day, bucket.last.day) for bucket in buckets] == [(7, 10), (11, 17), (18, 20)]


def test_months_have_their_own_lengths() -> None:
    buckets = Period(date(2024, 1, 15), date(2024, 3, 2)).buckets(Grain.MONTH)
    assert [bucket.days for bucket in buckets] == [17, 29, 2]


def test_today_is_what_a_clock_on_the_wall_shows() -> None:
    late = datetime(2026, 5, 20, 20, tzinfo=UTC)
    assert local_today(late, "Asia/Manila") == date(2026, 5, 21)
    assert local_today(late, "America/Sao_Paulo") == date(2026, 5, 20)
