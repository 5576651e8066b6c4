"""The demonstration is a function of (seed, time)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.demo.journeys import live
from leadline.demo.lives import LONGEST_LIFE
from leadline.demo.messages import LATEST_RECEIPT, SimulatedRequest
from leadline.demo.platform import DEMO_EPOCH, Platform, simulate
from leadline.kernel.errors import ConfigurationError

SMALL = Platform(seed=3, origin=datetime(2026, 3, 2, tzinfo=UTC), people=60, days=20)
hours = st.integers(min_value=0, max_value=60 * 24 * 60).map(lambda minutes: SMALL.origin + timedelta(minutes=minutes))


def test_the_same_seed_and_time_give_the_same_messages(platform: Platform, origin: datetime) -> None:
    week = (origin + timedelta(days=30), origin + timedelta(days=37))
    assert list(platform.requests(*week)) == list(platform.requests(*week))


def test_another_seed_gives_other_people(platform: Platform, origin: datetime) -> None:
    other = Platform(platform.seed + 1, origin)
    day = (origin, origin + timedelta(days=1))
    assert list(platform.requests(*day)) != list(other.requests(*day))


@settings(max_examples=15, deadline=None)
@given(st.lists(hours, min_size=3, max_size=3).map(sorted))
def test_two_periods_after_another_are_one(moments: list[datetime]) -> None:
    a, b, c = moments
    assert [*SMALL.requests(a, b), *SMALL.requests(b, c)] == list(SMALL.requests(a, c))


def test_a_period_begins_with_its_start_and_ends_before_its_end() -> None:
    moment = next(SMALL.requests(SMALL.origin, SMALL.origin + timedelta(days=9))).received_at
    tick = timedelta(microseconds=1)
    assert [request.received_at for request in SMALL.requests(moment, moment + tick)] == [moment]
    assert not list(SMALL.requests(moment - tick, moment))


def test_starting_next_week_adds_the_days_between(platform: Platform, end: datetime) -> None:
    week = list(platform.requests(end, end + timedelta(days=7)))
    assert 3_000 < len(week) < 12_000
    assert week[-1].received_at > end + timedelta(days=6, hours=18)


def test_messages_come_in_the_order_received(requests: list[SimulatedRequest]) -> None:
    keys = [(request.received_at, request.message["messageId"]) for request in requests]
    assert all(first < second for first, second in pairwise(keys))


def test_nothing_is_received_before_it_is_sent_or_sent_before_it_happens(requests: list[SimulatedRequest]) -> None:
    for request in requests:
        happened, sent = (datetime.fromisoformat(request.message[key]) for key in ("timestamp", "sentAt"))
        assert happened <= sent <= request.received_at


def test_nothing_happens_before_the_origin(
    platform: Platform, origin: datetime, requests: list[SimulatedRequest]
) -> None:
    assert min(datetime.fromisoformat(request.message["timestamp"]) for request in requests) >= origin
    assert not list(platform.requests(origin - timedelta(days=400), origin))


def test_message_ids_are_unique(requests: list[SimulatedRequest]) -> None:
    assert len({request.message["messageId"] for request in requests}) == len(requests)


def test_every_life_and_every_visit_keeps_within_its_bounds() -> None:
    for number in range(0, 400, 7):
        life = live(1, number, DEMO_EPOCH)
        assert all(DEMO_EPOCH <= visit.at < DEMO_EPOCH + LONGEST_LIFE for visit in life.visits)
        assert all(moment.at < DEMO_EPOCH + LONGEST_LIFE for moment in life.moments)
        # A retry adds at most 69 minutes to the last thing a visit sends.
        lengths = [step.after + step.engaged for visit in life.visits for step in visit.steps]
        assert max(lengths) < (LATEST_RECEIPT - timedelta(minutes=69)).total_seconds()


def test_simulate_counts_its_days_from_a_fixed_epoch() -> None:
    day = (DEMO_EPOCH + timedelta(days=200), DEMO_EPOCH + timedelta(days=201))
    assert list(simulate(5, *day, people=100)) == list(Platform(5, DEMO_EPOCH, 100).requests(*day))


@pytest.mark.parametrize(
    ("origin", "people", "days"),
    [(datetime(2026, 1, 5), 10, 10), (DEMO_EPOCH, 0, 10), (DEMO_EPOCH, 10, 0)],  # noqa: DTZ001 - the naive one is refused
)
def test_a_platform_without_zone_people_or_days_is_refused(origin: datetime, people: int, days: int) -> None:
    with pytest.raises(ConfigurationError):
        Platform(1, origin, people, days)
