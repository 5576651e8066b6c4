"""@rudderstack/analytics-js in Chromium, told only our address, across origins.

Bound: two minutes.
"""

import json
from collections.abc import Callable

import pytest
from tests.acceptance.browser_clients import Site, Window, call_through_a_restart_and_a_kill, host_of
from tests.acceptance.faults import Answer, Cut, Delay, Proxy
from tests.acceptance.installation import (
    OURS,
    OVERLOAD,
    Installation,
    Source,
    assert_each_is_stored_once,
    wait_for_calls,
)

QUEUE = {"minRetryDelay": 200, "maxRetryDelay": 2000, "maxAttempts": 100, "maxItems": 1000}
CALLS = 40
SECONDS = 120.0
FAULTS = (Answer(429, 1), Answer(503), Cut("answer"), Cut("request"), Delay(1.0))
Open = Callable[..., Window]


@pytest.fixture
def open_page(site: Site, shown: Window, source: Source, proxy: Proxy) -> Open:
    """Opens the page, ready to send."""

    def opened(**options: object) -> Window:
        shown.page.goto(site.put_page("rudder", key=source.key, host=proxy.address, options=options))
        shown.page.wait_for_function("window.loaded")
        return shown

    return opened


@pytest.mark.parametrize("batch", [False, True], ids=["singly", "in batches"])
def test_whatever_breaks_each_message_is_stored_once(
    installation: Installation, source: Source, proxy: Proxy, site: Site, open_page: Open, batch: bool
) -> None:
    queue = {**QUEUE, "batch": {"enabled": True, "maxItems": 10, "flushInterval": 500}} if batch else QUEUE
    shown = open_page(queueOptions=queue)
    proxy.play(*FAULTS)
    shown.page.evaluate(f"send(0, {CALLS}, 20)")
    wait_for_calls(proxy, CALLS, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, CALLS)
    paths = {each.path for each in proxy.events}
    assert paths == ({"/v1/batch"} if batch else {"/v1/track", "/v1/identify", "/v1/page", "/v1/group"})
    assert shown.asked() == {host_of(site.origin), proxy.host}
    assert shown.errors == []


@pytest.mark.parametrize("beacon", [False, True], ids=["fetch", "beacon"])
def test_what_was_under_way_when_the_page_was_left_arrives(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open, beacon: bool
) -> None:
    shown = open_page(useBeacon=beacon, queueOptions=QUEUE)
    shown.page.evaluate("send(0, 5)")
    if not beacon:
        wait_for_calls(proxy, 5, SECONDS)
        proxy.lag = 1.0  # stored, but the page is gone before it hears of that
    shown.page.evaluate("() => { send(5, 20); setTimeout(() => location.reload(), 50) }")
    wait_for_calls(proxy, 20, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, 20)
    assert ("/beacon/v1/batch" in {each.path for each in proxy.events}) is beacon


def test_a_restart_and_a_kill_while_it_sends_lose_nothing(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page(queueOptions=QUEUE)
    made = call_through_a_restart_and_a_kill(shown.page, installation, proxy, SECONDS)
    assert any(each.told == 0 for each in proxy.events), "it met a server that was not there"
    assert_each_is_stored_once(installation, source, proxy, made, statuses=OURS | OVERLOAD)


def test_it_sends_an_empty_user_id_which_counts_as_none(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page()
    shown.page.evaluate("send(0, 1)")
    wait_for_calls(proxy, 1, SECONDS)
    assert json.loads(proxy.events[0].body)["userId"] == ""
    assert_each_is_stored_once(installation, source, proxy, 1)
