"""The token bucket: never more calls than the vendor allows, and the pace comes back."""

from hypothesis import given
from hypothesis import strategies as st

from leadline.crm.limits import MOST_WAIT_SECONDS, SLOWEST_PER_SECOND, Limits
from leadline.crm.testing.clock import FrozenClock

RATES = st.floats(0.5, 200)


def bucket(rate: float, burst: int) -> tuple[Limits, FrozenClock]:
    clock = FrozenClock()
    return Limits(rate, burst, now=clock.monotonic, sleep=clock.advance), clock


@given(RATES, st.integers(1, 20), st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_no_stretch_of_time_sees_more_calls_than_burst_and_rate_allow(
    rate: float, burst: int, gaps: list[float]
) -> None:
    limits, clock = bucket(rate, burst)
    calls = []
    for gap in gaps:
        clock.advance(gap)
        limits.take()
        calls.append(clock.monotonic())
    for first, begun in enumerate(calls):
        for last in range(first, len(calls)):
            assert last - first + 1 <= burst + rate * (calls[last] - begun) + 0.01


@given(st.floats(0, 1000))
def test_nobody_calls_before_the_vendor_said_but_no_wait_is_endless(seconds: float) -> None:
    limits, clock = bucket(10, 5)
    limits.hold(seconds)
    limits.take()
    assert min(seconds, MOST_WAIT_SECONDS) <= clock.monotonic() + 0.001 <= MOST_WAIT_SECONDS + 0.2


def test_a_storm_halves_the_pace_and_calls_that_go_well_bring_it_back() -> None:
    limits, _ = bucket(10, 5)
    limits.hold(1)
    assert limits.per_second == 5
    limits.recover()
    assert limits.per_second == 6
    for _ in range(10):
        limits.recover()
    assert limits.per_second == 10


@given(st.integers(0, 10_000), st.floats(0.1, 86_400))
def test_what_the_vendor_says_is_left_is_spread_over_its_time(remaining: int, seconds: float) -> None:
    limits, _ = bucket(10, 5)
    limits.learn(remaining, seconds)
    assert limits.per_second <= 10
    assert limits.per_second <= max(remaining / seconds, SLOWEST_PER_SECOND)
