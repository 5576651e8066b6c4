"""One call of a vendor's API: what each answer means, and what it teaches about the pace."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from leadline.crm.errors import (
    CredentialsError,
    CRMError,
    RateLimitedError,
    RejectedError,
    SetupError,
    UnreachableError,
)
from leadline.crm.http import RemoteAPI, Said, retry_after
from leadline.crm.limits import Limits
from leadline.crm.testing.clock import FrozenClock
from leadline.crm.testing.loopback import serving

Answer = Callable[[httpx.Request], httpx.Response]


def paced(clock: FrozenClock) -> Limits:
    return Limits(10, 10, now=clock.monotonic, sleep=clock.advance)


def api_of(answer: Answer, clock: FrozenClock, limits: Limits, said: str = "") -> RemoteAPI:
    def learn(found: httpx.Response, known: Limits) -> None:
        if "Left" in found.headers:
            known.learn(int(found.headers["Left"]), 10)

    return RemoteAPI(
        "https://crm.test/api",
        limits,
        clock,
        lambda: {"Authorization": "Bearer very-secret"},
        lambda _: Said(message=said),
        learn,
        httpx.MockTransport(answer),
    )


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (400, "bad", RejectedError),
        (401, "", CredentialsError),
        (403, "", CredentialsError),
        (404, "gone", RejectedError),
        (429, "", RateLimitedError),
        (500, "ValueError: no such field", RejectedError),
        (500, "", UnreachableError),
        (503, "maintenance", UnreachableError),
    ],
)
def test_what_an_answer_means(status: int, said: str, error: type[CRMError]) -> None:
    clock = FrozenClock()
    with pytest.raises(error) as raised:
        api_of(lambda _: httpx.Response(status), clock, paced(clock), said).call("GET", "x")
    assert type(raised.value) is error
    assert raised.value.vendor_code == str(status)
    assert said in raised.value.message
    assert "very-secret" not in repr(raised.value)


def test_no_answer_may_have_been_done_all_the_same_and_can_be_tried_again() -> None:
    def none(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    clock = FrozenClock()
    with pytest.raises(UnreachableError, match=r"crm\.test does not answer") as raised:
        api_of(none, clock, paced(clock)).call("POST", "x", json={})
    assert raised.value.transient


def test_retry_after_is_seconds_or_a_date() -> None:
    clock = FrozenClock()
    date = format_datetime(clock() + timedelta(seconds=90), usegmt=True)
    assert retry_after(httpx.Response(429, headers={"Retry-After": "7"}), clock) == 7
    assert retry_after(httpx.Response(429, headers={"Retry-After": date}), clock) == 90
    assert retry_after(httpx.Response(429, headers={"Retry-After": "soon"}), clock) is None
    assert retry_after(httpx.Response(429), clock) is None


def test_after_too_many_calls_nobody_calls_before_the_vendor_said() -> None:
    clock = FrozenClock()
    limits = paced(clock)
    api = api_of(lambda _: httpx.Response(429, headers={"Retry-After": "30"}), clock, limits)
    with pytest.raises(RateLimitedError) as raised:
        api.call("GET", "x")
    assert raised.value.retry_after == 30
    assert limits.take() == pytest.approx(30, abs=0.5)


def test_the_pace_that_the_vendor_allows_is_not_left_because_calls_go_well() -> None:
    clock = FrozenClock()
    limits = paced(clock)
    api = api_of(lambda _: httpx.Response(200, headers={"Left": "20"}), clock, limits)
    for _ in range(5):
        api.call("GET", "x")
    assert limits.per_second == 2


def test_the_pace_comes_back_when_calls_go_well_and_the_vendor_says_nothing() -> None:
    clock = FrozenClock()
    limits = paced(clock)
    limits.hold(1)
    assert limits.per_second == 5
    api = api_of(lambda _: httpx.Response(200), clock, limits)
    for _ in range(9):
        api.call("GET", "x")
    assert limits.per_second == 10


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[::]"]
)
def test_what_a_machine_tells_about_itself_is_not_asked_for(host: str) -> None:
    clock = FrozenClock()
    api = RemoteAPI(f"http://{host}/latest", paced(clock), clock, dict, lambda _: Said())
    with pytest.raises(SetupError, match="is no CRM"):
        api.call("GET", "meta-data")


def test_a_crm_in_the_private_network_is_called() -> None:
    clock = FrozenClock()
    with serving(lambda _: httpx.Response(200, json={}), "http://crm.test") as address:
        api = RemoteAPI(address, paced(clock), clock, dict, lambda _: Said())
        assert api.call("GET", "x").status_code == 200
