"""@segment/analytics-next in Chromium, told only our address: standard and batching mode, across origins.

Bound: two minutes.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.acceptance.browser_clients import Site, Window, call_through_a_restart_and_a_kill, host_of
from tests.acceptance.faults import Answer, Cut, Delay, Proxy
from tests.acceptance.installation import (
    OURS,
    OVERLOAD,
    Installation,
    Source,
    assert_each_is_stored_once,
    delivered,
    wait_for_calls,
)

STANDARD: dict[str, Any] = {}
BATCHING = {"strategy": "batching", "config": {"size": 10, "timeout": 500}}
CALLS = 60
SECONDS = 120.0
FAULTS = (Answer(429, 1), Answer(503), Cut("answer"), Cut("request"), Delay(1.0))


@pytest.fixture(params=[STANDARD, BATCHING], ids=["standard", "batching"])
def opened(request: pytest.FixtureRequest, site: Site, shown: Window, source: Source, proxy: Proxy) -> Iterator[Window]:
    """The page, ready to send. It asked nobody but us and its own site, whatever it does."""
    strategy = {"deliveryStrategy": request.param} if request.param else {}
    options = {"integrations": {"Segment.io": strategy}}
    shown.page.goto(site.put_page("segment", key=source.key, host=proxy.address, options=options))
    shown.page.evaluate("ready")
    yield shown
    assert shown.asked() == {host_of(site.origin), proxy.host}


def test_whatever_breaks_each_message_is_stored_once(
    installation: Installation, source: Source, proxy: Proxy, opened: Window
) -> None:
    proxy.play(*FAULTS)
    opened.page.evaluate(f"send(0, {CALLS}, 20)")
    wait_for_calls(proxy, CALLS, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, CALLS)
    assert opened.errors == []
    assert [each.method for each in proxy.exchanges].count("OPTIONS") > 0, "preflights"


def test_what_was_under_way_when_the_page_was_left_arrives(
    installation: Installation, source: Source, proxy: Proxy, opened: Window
) -> None:
    opened.page.evaluate("send(0, 5)")
    wait_for_calls(proxy, 5, SECONDS)
    proxy.lag = 1.0  # stored, but the page is gone before it hears of that
    opened.page.evaluate("() => { send(5, 20); setTimeout(() => location.reload(), 50) }")
    wait_for_calls(proxy, 20, SECONDS)
    opened.page.wait_for_load_state()
    assert_each_is_stored_once(installation, source, proxy, 20)


def test_what_was_sent_offline_arrives_when_the_network_is_back(
    installation: Installation, source: Source, proxy: Proxy, opened: Window
) -> None:
    opened.page.context.set_offline(True)
    opened.page.evaluate(f"send(0, {CALLS})")
    opened.page.wait_for_timeout(1500)
    assert delivered(proxy) == set()
    opened.page.context.set_offline(False)
    wait_for_calls(proxy, CALLS, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, CALLS)


def test_a_restart_and_a_kill_while_it_sends_lose_nothing(
    installation: Installation, source: Source, proxy: Proxy, opened: Window
) -> None:
    made = call_through_a_restart_and_a_kill(opened.page, installation, proxy, SECONDS)
    assert any(each.told == 0 for each in proxy.events), "it met a server that was not there"
    assert_each_is_stored_once(installation, source, proxy, made, statuses=OURS | OVERLOAD)
