"""How a subject request may go on, and by when it is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import (
    DONE,
    MOVES,
    OPEN,
    RECEIVED,
    REFUSED,
    VERIFIED,
    WORKING,
    Act,
    WrongStateError,
    due_at,
    extended_to,
    months_later,
    next_state,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
moments = st.integers(0, 60 * 525_600).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.lists(st.sampled_from(Act), max_size=12))
def test_nothing_is_ever_done_whose_identity_was_not_checked(acts: list[Act]) -> None:
    state, passed = RECEIVED, [RECEIVED]
    for act in acts:
        if (state, act) in MOVES:
            state = next_state(state, act)
            passed.append(state)
        else:
            with pytest.raises(WrongStateError):
                next_state(state, act)
    assert state != DONE or VERIFIED in passed
    assert (state in (DONE, REFUSED)) == (state not in OPEN)


def test_an_answer_is_open_until_it_was_handed_over() -> None:
    ready = next_state(WORKING, Act.MAKE_READY)
    assert ready in OPEN
    assert next_state(ready, Act.HAND_OVER) == DONE
    with pytest.raises(WrongStateError, match="no answer that waits"):
        next_state(WORKING, Act.HAND_OVER)
    with pytest.raises(WrongStateError):
        next_state(ready, Act.FINISH)


@pytest.mark.parametrize("over", [DONE, REFUSED])
@pytest.mark.parametrize("act", Act)
def test_what_is_over_stays_over(over: str, act: Act) -> None:
    with pytest.raises(WrongStateError):
        next_state(over, act)


def test_the_states_are_those_of_the_stored_rows() -> None:
    assert {RECEIVED, *MOVES.values()} == set(SubjectRequest.State.values)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-03-05", "2026-04-05"),
        ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2026-08-31", "2026-09-30"),
        ("2026-12-15", "2027-01-15"),
    ],
)
def test_a_month_is_a_calendar_month(day: str, due: str) -> None:
    received = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert f"{due_at('access', received):%Y-%m-%d}" == due


@given(moments, st.integers(1, 40))
def test_months_later_is_that_many_months_on_and_never_past_the_same_day(moment: datetime, months: int) -> None:
    later = months_later(moment, months)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == months
    assert later.day == moment.day or (later.day < moment.day and (later + timedelta(days=1)).day == 1)
    assert later.timetz() == moment.timetz()


@given(moments)
def test_an_opt_out_is_due_within_fifteen_business_days(moment: datetime) -> None:
    due = due_at("opt_out", moment)
    between = [moment + timedelta(days=n) for n in range(1, (due - moment).days + 1)]
    assert sum(each.weekday() < 5 for each in between) == 15
    assert due.weekday() < 5


def test_an_extension_is_two_months_more_once_and_only_in_time() -> None:
    due = due_at("access", NOON)
    longer = extended_to("access", NOON, due, NOON)
    assert f"{longer:%Y-%m-%d}" == "2026-04-30"
    with pytest.raises(WrongStateError, match="already"):
        extended_to("access", NOON, longer, NOON)
    with pytest.raises(WrongStateError, match="over"):
        extended_to("access", NOON, due, due + timedelta(seconds=1))
    with pytest.raises(WrongStateError, match="opt-out"):
        extended_to("opt_out", NOON, due_at("opt_out", NOON), NOON)
