"""Qualified leads a day against what the team has room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.qualification.assignment import Candidate
from leadline.qualification.team_capacity import QualifiedFlow, TeamRoom, team_room


def seller(capacity: int | None, *, available: bool = True, opened: int = 0) -> Candidate:
    return Candidate(1, "Ada", capacity, available, opened, None)


def flow(then: int = 30, **changes: int | None) -> QualifiedFlow:
    room = TeamRoom(2, changes.get("places", 100), changes.get("opened", 50) or 0)
    return QualifiedFlow(28, 56, changes.get("now", 20) or 0, then, room)


def test_twice_as_many_who_qualify_are_twice_as_many_a_day() -> None:
    assert (flow(20).expected, flow(40).expected) == (2.0, 4.0)


def test_a_team_that_is_half_full_has_room_for_twice_as_many() -> None:
    assert flow().bearable == 4.0
    assert not flow(40).is_too_much
    assert flow(41).is_too_much


@pytest.mark.parametrize("changes", [{"places": None}, {"opened": 0}])
def test_what_is_not_known_is_not_said(changes: dict[str, int | None]) -> None:
    assert flow(**changes).bearable is None
    assert not flow(1000, **changes).is_too_much
    assert flow(now=0).expected is None


def test_only_those_who_are_there_count_and_one_without_a_limit_has_no_end() -> None:
    assert team_room([seller(10, opened=4), seller(5, available=False, opened=5)]) == TeamRoom(1, 10, 4)
    assert team_room([seller(10), seller(None)]).places is None
    assert team_room([]) == TeamRoom(0, None, 0)


@given(st.integers(1, 90), st.integers(1, 500), st.integers(1, 500), st.integers(0, 500))
def test_more_who_qualify_never_mean_fewer_a_day(days: int, entered: int, now: int, then: int) -> None:
    room = TeamRoom(1, 10, 5)
    less, more = (QualifiedFlow(days, entered, now, each, room).expected for each in (then, then + 1))
    assert less is not None
    assert more is not None
    assert less < more
