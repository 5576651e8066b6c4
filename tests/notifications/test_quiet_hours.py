"""Quiet hours and digests by the clock on the wall, on days with a change of clocks too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.notifications.timing import Hours

ZONES = (
    "UTC",
    "Europe/Oslo",
    "America/New_York",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
)
HOURS = st.integers(0, 23)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone
MINUTE = timedelta(minutes=1)


def oslo(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Oslo"), fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]  # parts of a date


@given(st.sampled_from(ZONES), HOURS, HOURS, INSTANTS)
def test_quiet_is_what_the_clock_on_the_wall_says(zone: str, begins: int, ends: int, at: datetime) -> None:
    hours = Hours(zone, begins, ends)
    quiet = {(begins + step) % 24 for step in range((ends - begins) % 24)}
    assert hours.is_quiet(at) == (at.astimezone(ZoneInfo(zone)).hour in quiet)


@given(st.sampled_from(ZONES), HOURS, HOURS, INSTANTS)
def test_awake_is_the_first_instant_at_which_it_is_not_quiet(zone: str, begins: int, ends: int, at: datetime) -> None:
    hours = Hours(zone, begins, ends)
    awake = hours.awake(at)
    assert awake >= at
    assert not hours.is_quiet(awake)
    minutes = int((awake - at) / MINUTE)
    assert all(hours.is_quiet(at + step * MINUTE) for step in range(0, minutes, 30))
    assert awake == at or hours.is_quiet(awake - MINUTE)


@given(st.sampled_from(ZONES), HOURS, HOURS, st.lists(HOURS, max_size=4), INSTANTS)
def test_a_digest_goes_later_within_two_days_and_never_in_quiet_hours(
    zone: str, begins: int, ends: int, digest: list[int], at: datetime
) -> None:
    hours = Hours(zone, begins, ends, tuple(digest))
    due = hours.next_digest(at)
    assert at < due <= at + timedelta(hours=50)
    assert not hours.is_quiet(due)
    local = due.astimezone(ZoneInfo(zone))
    skipped = local.utcoffset() != (local - timedelta(hours=3)).astimezone(UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert local.hour in {*(digest or [8]), ends} or skipped


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (oslo(2026, 3, 29, 1, 30), oslo(2026, 3, 29, 3, 0)),  # 02:00 is skipped: the clock goes on at 03:00
        (oslo(2026, 10, 25, 1, 30), oslo(2026, 10, 25, 2, 0)),  # 02:00 comes twice: the first time
        (oslo(2026, 5, 20, 23, 0), oslo(2026, 5, 21, 2, 0)),
        (oslo(2026, 5, 20, 12, 0), oslo(2026, 5, 20, 12, 0)),
    ],
)
def test_quiet_hours_end_where_the_clocks_change(at: datetime, due: datetime) -> None:
    assert Hours("Europe/Oslo", 22, 2).due(at, digest=False) == due


def test_a_rule_that_gathers_goes_in_the_morning_to_a_channel_without_digest_hours() -> None:
    at = oslo(2026, 5, 20, 12, 0)
    assert Hours("Europe/Oslo").due(at, digest=True) == oslo(2026, 5, 21, 8, 0)
    assert Hours("Europe/Oslo", digest=(9, 17)).due(at, digest=False) == oslo(2026, 5, 20, 17, 0)
