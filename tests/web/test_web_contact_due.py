from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.web.contact_due import (
    OTHER_ALLOWANCE,
    TRIGGER_ALLOWANCE,
    add_working_time,
    contact_due,
    subtract_working_time,
)
from leadline.web.next_step import due_words

MOMENTS = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LENGTHS = st.sampled_from([TRIGGER_ALLOWANCE, OTHER_ALLOWANCE])


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
    assert contact_due(start, start).at == due


def test_other_qualified_leads_are_due_within_one_working_day() -> None:
    assert contact_due(may(4, 10), None).at == may(5, 10)
    assert contact_due(may(8, 12), None).at == may(11, 12)


def test_a_trigger_before_qualifying_starts_the_hour_on_qualifying() -> None:
    assert contact_due(may(4, 10), may(1, 10)).at == may(4, 11)


def test_a_trigger_of_long_ago_is_not_why_somebody_qualified() -> None:
    assert contact_due(may(4, 10), datetime(2026, 3, 1, tzinfo=UTC)).at == may(5, 10)


def test_a_new_trigger_never_moves_the_promise_that_was_made() -> None:
    assert contact_due(may(4, 10), may(4, 12)).at == may(4, 13)
    assert contact_due(may(4, 10), may(7, 12)).at == may(5, 10)


@given(MOMENTS, LENGTHS)
def test_due_moments_lie_in_working_hours(start: datetime, length: timedelta) -> None:
    due = add_working_time(start, length)
    assert due.weekday() < 5
    assert 9 <= due.hour + due.minute / 60 <= 17


@given(MOMENTS, MOMENTS, LENGTHS)
def test_what_was_due_by_now_is_what_began_early_enough(start: datetime, now: datetime, length: timedelta) -> None:
    assert (add_working_time(start, length) <= now) == (start <= subtract_working_time(now, length))


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
    said = due_words(contact_due(may(4, 10), may(4, 10)), now, UTC)
    assert (said.text, said.tone) == (words, tone)
