"""When a first contact is due: the default promise, other working hours, changes of clocks, and snoozes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.qualification.sla import (
    add_working_time,
    after_snooze,
    contact_due,
    promised,
    working_time_between,
)
from leadline.scoring.sales_terms import ContactPromise, WorkingHours
from leadline.web.next_step import due_words

PROMISE = ContactPromise()
HOUR = timedelta(hours=1)
BERLIN = WorkingHours(opens=8 * 60, closes=18 * 60, zone="Europe/Berlin")
NIGHTS = WorkingHours(days=(5, 6), opens=0, closes=24 * 60, zone="America/New_York")
HOURS = st.sampled_from([WorkingHours(), BERLIN, NIGHTS, WorkingHours(days=(1,), opens=600, closes=660)])
MOMENTS = st.integers(0, 60 * 24 * 360).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LENGTHS = st.integers(1, 60 * 20).map(lambda minutes: timedelta(minutes=minutes))


def may(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """May 2026: the 4th is a Monday."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (may(4, 10), may(4, 11)),
        (may(4, 16, 30), may(5, 9, 30)),
        (may(4, 16), may(4, 17)),
        (may(4, 7), may(4, 10)),
        (may(8, 16, 30), may(11, 9, 30)),
        (may(9, 12), may(11, 10)),
    ],
)
def test_a_trigger_is_due_within_one_working_hour(start: datetime, due: datetime) -> None:
    assert contact_due(PROMISE, start, [start]).at == due


def test_other_qualified_leads_are_due_within_one_working_day() -> None:
    assert contact_due(PROMISE, may(4, 10), []).at == may(5, 10)
    assert contact_due(PROMISE, may(8, 12), []).at == may(11, 12)


def test_a_trigger_before_qualifying_starts_the_hour_on_qualifying() -> None:
    assert contact_due(PROMISE, may(4, 10), [may(1, 10)]).at == may(4, 11)


def test_a_trigger_of_long_ago_is_not_why_somebody_qualified() -> None:
    assert contact_due(PROMISE, may(4, 10), [datetime(2026, 3, 1, tzinfo=UTC)]).at == may(5, 10)


def test_a_new_trigger_never_moves_the_promise_that_was_made() -> None:
    assert contact_due(PROMISE, may(4, 10), [may(4, 12)]).at == may(4, 13)
    assert contact_due(PROMISE, may(4, 10), [may(4, 12), may(4, 15)]).at == may(4, 13)
    assert contact_due(PROMISE, may(4, 10), [may(7, 12)]).at == may(5, 10)


def test_a_ruleset_promises_what_it_says() -> None:
    promise = ContactPromise(trigger_minutes=30, other_minutes=20 * 60, hours=BERLIN)
    assert contact_due(promise, may(4, 10), [may(4, 10)]).at == may(4, 10, 30)
    assert contact_due(promise, may(4, 6), []).at == may(5, 16)  # 8:00 to 18:00 in Berlin, twice
    assert contact_due(promise, may(4, 10), [may(4, 10)]).promise == "30-minute promise"


@pytest.mark.parametrize(
    ("friday", "expected"),
    [
        # 29 March 2026: the clocks of Berlin go forward; 18:00 was 17:00 UTC, 8:00 is 6:00 UTC
        (datetime(2026, 3, 27, 16, 30, tzinfo=UTC), datetime(2026, 3, 30, 6, 30, tzinfo=UTC)),
        # 25 October 2026: they go back; 18:00 was 16:00 UTC, 8:00 is 7:00 UTC
        (datetime(2026, 10, 23, 15, 30, tzinfo=UTC), datetime(2026, 10, 26, 7, 30, tzinfo=UTC)),
    ],
)
def test_working_hours_follow_the_clocks_on_the_wall(friday: datetime, expected: datetime) -> None:
    assert add_working_time(BERLIN, friday, HOUR) == expected


def test_a_shift_over_a_change_of_clocks_has_an_hour_more_or_less() -> None:
    new_york = ZoneInfo("America/New_York")
    forward = datetime(2026, 3, 8, tzinfo=new_york).astimezone(UTC)
    back = datetime(2026, 11, 1, tzinfo=new_york).astimezone(UTC)
    assert working_time_between(NIGHTS, forward, forward + timedelta(days=2)) == 23 * HOUR
    assert working_time_between(NIGHTS, back, back + timedelta(days=2)) == 25 * HOUR


def test_a_snooze_is_an_answer() -> None:
    assert after_snooze(PROMISE, may(4, 11), None) == may(4, 11)
    assert after_snooze(PROMISE, may(4, 11), may(6, 12)) == may(6, 13)
    assert after_snooze(PROMISE, may(8, 11), may(6, 12)) == may(8, 11)


@given(HOURS, MOMENTS, LENGTHS)
def test_what_is_added_lies_between(hours: WorkingHours, start: datetime, length: timedelta) -> None:
    end = add_working_time(hours, start, length)
    assert working_time_between(hours, start, end) == length
    wall = end.astimezone(ZoneInfo(hours.zone))
    minutes = wall.hour * 60 + wall.minute
    ended_at_midnight = hours.closes == 24 * 60 and minutes == 0
    assert hours.opens <= minutes <= hours.closes or ended_at_midnight


@given(HOURS, MOMENTS, LENGTHS, LENGTHS)
def test_adding_in_two_steps_is_adding_at_once(
    hours: WorkingHours, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert add_working_time(hours, add_working_time(hours, start, one), other) == add_working_time(
        hours, start, one + other
    )


@given(MOMENTS, st.lists(MOMENTS, max_size=3))
def test_the_promise_behind_a_due_moment_is_found_again(qualified_at: datetime, triggers: list[datetime]) -> None:
    due = contact_due(PROMISE, qualified_at, triggers)
    assert promised(PROMISE, qualified_at, due.at).at == due.at
    if not triggers:
        assert promised(PROMISE, qualified_at, due.at) == due


def test_no_working_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="needs working hours"):
        add_working_time(WorkingHours(days=()), may(4), HOUR)


@pytest.mark.parametrize(
    ("now", "words", "tone"),
    [
        (may(4, 13), "overdue 2 h", "bad"),
        (may(4, 10, 22), "38 min left", "warn"),
        (may(4, 9, 30), "today 11:00", ""),
        (may(3, 12), "tomorrow 11:00", ""),
    ],
)
def test_the_due_moment_in_words(now: datetime, words: str, tone: str) -> None:
    said = due_words(contact_due(PROMISE, may(4, 10), [may(4, 10)]), now, UTC)
    assert (said.text, said.tone) == (words, tone)
