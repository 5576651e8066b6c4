"""posthog-js in Chromium, told only our address, across origins.

Bound: three minutes: it waits three seconds before it sends, and at least as long before it sends again.
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
    delivered,
    wait_for_calls,
)
from tests.acceptance.wire_bodies import ids_by_number, messages
from tests.leadline_process import wait_until

CALLS = 40
SECONDS = 120.0
FAULTS = (Answer(503), Cut("answer"), Delay(1.0), Cut("request"))
Open = Callable[..., Window]


@pytest.fixture
def open_page(site: Site, shown: Window, source: Source, proxy: Proxy) -> Open:
    """Opens the page, ready to send."""

    def opened(**options: object) -> Window:
        shown.page.goto(site.put_page("posthog", key=source.key, host=proxy.address, options=options))
        shown.page.wait_for_function("window.loaded")
        return shown

    return opened


def own_messages(proxy: Proxy) -> int:
    """How many messages the client sent that the test did not ask for."""
    return len({message["uuid"] for message in messages(proxy.exchanges)}) - len(ids_by_number(proxy.exchanges))


def test_whatever_breaks_each_message_is_stored_once(
    installation: Installation, source: Source, proxy: Proxy, site: Site, open_page: Open
) -> None:
    shown = open_page()
    proxy.play(*FAULTS)
    shown.page.evaluate(f"send(0, {CALLS}, 350)")
    wait_for_calls(proxy, CALLS, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, CALLS, silent=own_messages(proxy))
    assert {each.body[:2] for each in proxy.events} == {b"\x1f\x8b"}
    assert {each.path for each in proxy.events} == {"/e/"}
    assert shown.asked() == {host_of(site.origin), proxy.host}
    assert shown.errors == []


def test_what_it_asks_for_beside_is_answered(proxy: Proxy, open_page: Open) -> None:
    shown = open_page()
    shown.page.evaluate("send(0, 1)")
    wait_for_calls(proxy, 1, SECONDS)
    wait_until(lambda: all(each.told for each in proxy.exchanges), SECONDS, "every request is answered")
    asked = {(each.method, each.path.rsplit("/", 1)[-1]): each.told for each in proxy.exchanges}
    assert asked[("GET", "config")] == 200 or asked[("GET", "config.js")] == 200
    assert {each.told for each in proxy.exchanges} == {200}


def test_bodies_that_are_not_compressed(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page(disable_compression=True)
    shown.page.evaluate("send(0, 10)")
    wait_for_calls(proxy, 10, SECONDS)
    shown.page.evaluate("() => { send(10, 20); setTimeout(() => location.href = 'about:blank', 50) }")
    wait_for_calls(proxy, 20, SECONDS)
    assert {each.body[:1] for each in proxy.events} <= {b"[", b"{", b"d"}
    assert any(each.body.startswith(b"data=") for each in proxy.events), "base64 in a form, when the page is left"
    assert_each_is_stored_once(installation, source, proxy, 20, silent=own_messages(proxy))


def test_what_is_waiting_when_the_page_is_left_arrives(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page()
    shown.page.evaluate("() => { send(0, 20); setTimeout(() => location.href = 'about:blank', 50) }")
    wait_for_calls(proxy, 20, SECONDS)
    assert_each_is_stored_once(installation, source, proxy, 20, silent=own_messages(proxy))


def test_a_restart_and_a_kill_while_it_sends_lose_nothing(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page()
    made = call_through_a_restart_and_a_kill(shown.page, installation, proxy, SECONDS)
    own = own_messages(proxy)
    assert_each_is_stored_once(installation, source, proxy, made, statuses=OURS | OVERLOAD, silent=own)


def test_it_drops_what_gets_a_429_which_is_why_we_answer_503(
    installation: Installation, source: Source, proxy: Proxy, open_page: Open
) -> None:
    shown = open_page()
    proxy.play(Answer(429, 1))
    shown.page.evaluate("send(0, 3)")
    wait_until(lambda: 429 in {each.told for each in proxy.exchanges}, SECONDS, "the first are turned away")
    shown.page.evaluate("send(3, 6)")
    wait_for_calls(proxy, 3, SECONDS)
    shown.page.wait_for_timeout(5000)
    assert delivered(proxy) == {3, 4, 5}, "the research says: no 4xx is sent again"
    assert len(installation.stored(source)) == 3 + own_messages(proxy)
