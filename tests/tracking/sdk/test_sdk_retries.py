"""When a batch is sent again, how long it waits, and when it is given up."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_cast import FakeTime, Scripted

from leadline.tracking.sdk import DeliveryFailedError, DeliveryRefusedError
from leadline.tracking.sdk.courier import Courier
from leadline.tracking.sdk.messages import Packed
from leadline.tracking.sdk.retries import Answer, RetryPolicy, Verdict, retry_after

BATCH = [Packed("m", b"{}")]
TAKEN = Answer(200, confirmed=True)
BUSY = Answer(503, "HTTP 503")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def courier(transport: Scripted, time: FakeTime, policy: RetryPolicy | None = None, **options: Any) -> Courier:
    told: list[str] = options.pop("told", [])
    chance = options.pop("chance", 1.0)
    return Courier(transport, policy or RetryPolicy(), time, told.append, time.monotonic, lambda: chance)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((status, Verdict.AGAIN) for status in (0, 201, 202, 204, 404, 408, 425, 429, 500, 502, 503, 504, 511)),
        *((status, Verdict.REFUSED) for status in (301, 302, 307, 308, 400, 401, 403, 405, 413, 422)),
    ],
)
def test_what_an_answer_means(status: int, verdict: Verdict) -> None:
    assert Answer(status, confirmed=True).verdict is verdict


def test_only_a_200_that_says_success_is_success() -> None:
    assert Answer(200, confirmed=True).verdict is Verdict.DELIVERED
    assert Answer(200, confirmed=False).verdict is Verdict.AGAIN


def test_the_waits_double_up_to_a_limit() -> None:
    time, transport = FakeTime(), Scripted([*[BUSY] * 8, TAKEN])
    told: list[str] = []
    courier(transport, time, told=told).deliver(BATCH)
    assert time.waits == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert told == ["HTTP 503"] * 8
    assert len(transport.sent) == 9


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_jitter_takes_any_part_of_a_wait_and_no_wait_is_longer_than_the_limit(retry: int, chance: float) -> None:
    policy = RetryPolicy()
    whole = policy.delay(retry, None, 1.0)
    assert policy.delay(retry, None, chance) == pytest.approx(chance * whole)
    assert 0 < whole <= policy.longest


@pytest.mark.parametrize(("asked", "waited"), [(0.0, 0.25), (7.0, 7.25), (300.0, 300.25), (86_400.0, 300.25)])
def test_what_the_server_asks_for_is_waited_for_up_to_five_minutes(asked: float, waited: float) -> None:
    time = FakeTime()
    courier(Scripted([Answer(429, retry_after=asked), TAKEN]), time, chance=0.5).deliver(BATCH)
    assert time.waits == [waited]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5", 5), ("", None), ("soon", None), ("-3", None), ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
     ("Sun, 01 Mar 2026 11:00:00 GMT", 0), ("9" * 400, 999_999_999), ("1.5", None), ("٣", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text} if text else {}, NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_breaks_it(text: str) -> None:
    found = retry_after({"retry-after": text}, NOW)
    assert found is None or found >= 0


def test_after_the_time_it_is_given_up() -> None:
    time, transport = FakeTime(), Scripted([BUSY])
    with pytest.raises(DeliveryFailedError, match="HTTP 503") as caught:
        courier(transport, time, RetryPolicy(give_up_after=60)).deliver(BATCH)
    assert caught.value.transient
    assert time.now <= 60
    assert sum(time.waits) > 30
    assert len(transport.sent) == len(time.waits) + 1


def test_a_wait_that_would_end_too_late_is_not_begun() -> None:
    time = FakeTime()
    with pytest.raises(DeliveryFailedError):
        courier(Scripted([Answer(429, retry_after=300)]), time, RetryPolicy(give_up_after=60)).deliver(BATCH)
    assert time.waits == []


def test_retries_may_be_counted_instead() -> None:
    transport = Scripted([BUSY])
    with pytest.raises(DeliveryFailedError, match="3 attempts"):
        courier(transport, FakeTime(), RetryPolicy(max_retries=2)).deliver(BATCH)
    assert len(transport.sent) == 3


def test_a_refusal_is_final_and_says_what_to_do() -> None:
    transport = Scripted([BUSY, Answer(401, "HTTP 401 unknown")])
    with pytest.raises(DeliveryRefusedError, match="write key") as caught:
        courier(transport, FakeTime()).deliver(BATCH)
    assert (caught.value.status, caught.value.transient, len(transport.sent)) == (401, False, 2)
    with pytest.raises(DeliveryRefusedError, match="redirects"):
        courier(Scripted([Answer(308)]), FakeTime()).deliver(BATCH)


def test_while_it_shuts_down_an_attempt_takes_no_longer_than_what_is_left() -> None:
    time = FakeTime(left=3.0)
    transport = Scripted([BUSY])

    def pass_time() -> None:
        time.left = 0.0 if transport.sent else 1.5

    transport.before = pass_time
    with pytest.raises(DeliveryFailedError):
        courier(transport, time).deliver(BATCH)
    assert [longest for _, longest in transport.sent] == [3.0, 1.5]


def test_without_time_nothing_is_tried() -> None:
    transport = Scripted([TAKEN])
    with pytest.raises(DeliveryFailedError, match="before the first"):
        courier(transport, FakeTime(left=0.0)).deliver(BATCH)
    assert transport.sent == []
