"""Our own browser tracker, loaded from a running collector into Chromium, across origins.

Bound: two minutes. It repeats what it does not know to have arrived, under the same message id.
"""

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
from tests.acceptance.wire_bodies import ids_by_number, message_id, messages

CALLS = 40
SECONDS = 90.0
FAULTS = (Answer(429, retry_after=1), Cut("answer"), Delay(1.0), Cut("request"), Answer(503))
Open = Callable[[], Window]


@pytest.fixture
def open_page(site: Site, shown: Window, source: Source, proxy: Proxy) -> Open:
    """Opens the page, with the tracker there."""

    def opened() -> Window:
        shown.page.goto(site.put_page("tracker", key=source.key, host=proxy.address))
        shown.page.wait_for_function("window.loaded")
        return shown

    return opened


def silent(proxy: Proxy) -> int:
    """How many messages the tracker sent that the test did not number: page views and engaged time."""
    return len({message_id(message) for message in messages(proxy.exchanges)}) - len(ids_by_number(proxy.exchanges))


def test_whatever_breaks_each_message_is_stored_once(
    installation: Installation, source: Source, proxy: Proxy, site: Site, open_page: Open
) -> None:
    shown = open_page()
    proxy.play(*FAULTS)
    shown.page.evaluate(f"send(0, {CALLS}, 250)")
    wait_for_calls(proxy, CALLS, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, CALLS, silent=silent(proxy))
    assert shown.asked() == {host_of(site.origin), proxy.host}
    assert shown.errors == []


def test_a_page_that_is_left_at_once_loses_nothing(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page()
    shown.page.evaluate("() => { send(0, 10); location.href = 'about:blank' }")
    wait_for_calls(proxy, 10, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, 10, silent=silent(proxy))


def test_a_restart_and_a_kill_while_it_sends(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page()
    made = call_through_a_restart_and_a_kill(shown.page, installation, proxy, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, made, statuses=OURS | OVERLOAD, silent=silent(proxy))
