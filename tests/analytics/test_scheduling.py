"""Scheduled times follow the wall clock: each day once, also when the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.scheduling import PAUSES, Timetable, next_try

TABLES = st.builds(
    Timetable,
    st.none() | st.integers(0, 6),
    st.integers(0, 23),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Manila", "Australia/Lord_Howe"]),
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  # hypothesis wants bounds without a zone


@given(TABLES, MOMENTS, st.lists(st.integers(1, 4000), max_size=10))
def test_whenever_somebody_looks_each_time_is_due_once(table: Timetable, start: datetime, minutes: list[int]) -> None:
    found, seen = [], start
    for each in minutes:
        now = seen + timedelta(minutes=each)
        found += table.due_between(seen, now)
        seen = now
    assert found == table.due_between(start, seen)


@given(TABLES, MOMENTS)
def test_each_matching_local_day_has_one_time(table: Timetable, start: datetime) -> None:
    days = [at.astimezone(ZoneInfo(table.zone)).date() for at in table.due_between(start, start + timedelta(days=30))]
    assert len(days) == len(set(days))
    assert len(days) in ({29, 30, 31} if table.weekday is None else {4, 5})


def test_a_skipped_hour_is_due_when_the_clock_has_gone_on() -> None:
    found = Timetable(None, 2, "Europe/Berlin").next_after(datetime(2026, 3, 28, 22, tzinfo=UTC))
    assert found.astimezone(ZoneInfo("Europe/Berlin")).isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_doubled_hour_is_due_the_first_time_only() -> None:
    night = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert Timetable(None, 2, "Europe/Berlin").due_between(night, night + timedelta(days=1)) == [
        datetime(2026, 10, 25, 0, tzinfo=UTC)
    ]


def test_tries_are_further_and_further_apart_and_end() -> None:
    tried = datetime(2026, 5, 4, tzinfo=UTC)
    pauses = [next_try(attempts, tried) for attempts in range(1, len(PAUSES) + 1)]
    assert [at - tried for at in pauses if at] == list(PAUSES) == sorted(PAUSES)
    assert next_try(len(PAUSES) + 1, tried) is None
