"""Messages wait on the device until they are answered for: outages, offline, two tabs, another page load."""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from tracker_stage import Collector, OpenTab, Site, Tab, until

pytestmark = pytest.mark.browser


def waiting(tab: Tab) -> int:
    return sum(key.startswith("leadline:message:") for key in tab.on_device())


def answered(tab: Tab) -> None:
    """The page has heard what became of its request: it holds no lock, and waits for none."""
    until(
        lambda: tab.run("navigator.locks.query().then(({held, pending}) => !held.length && !pending.length)"), "answer"
    )


def nothing_waits(tab: Tab, collector: Collector) -> None:
    """The page's own message arrived, and the page has heard that it did: the one comes before the other."""
    collector.wait("page")
    until(lambda: waiting(tab) == 0, "empty queue")


def retry_until(tab: Tab, collector: Collector, requests: int) -> None:
    for _ in range(60):
        answered(tab)
        tab.let_pass(1)
        answered(tab)
        if len(collector.requests) >= requests:
            return
    pytest.fail(f"only {len(collector.requests)} requests in a minute")


def seconds_between(one: dict[str, Any], other: dict[str, Any]) -> float:
    return (datetime.fromisoformat(other["sentAt"]) - datetime.fromisoformat(one["sentAt"])).total_seconds()


def ids(request: dict[str, Any]) -> list[str]:
    return [message["messageId"] for message in request["batch"]]


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "7"}), (429, {}), (503, {}), (500, {})])
def test_an_overloaded_collector_gets_the_same_message_again(
    open_tab: OpenTab, collector: Collector, status: int, headers: dict[str, str]
) -> None:
    collector.answers = [(status, headers)]
    tab = open_tab()
    until(lambda: collector.requests, "request")
    retry_until(tab, collector, 2)
    first, second = collector.requests
    assert ids(first) == ids(second)
    assert seconds_between(first, second) >= (7 if headers else 1)
    until(lambda: waiting(tab) == 0, "empty queue")


def test_pauses_between_tries_grow(open_tab: OpenTab, collector: Collector) -> None:
    collector.answers = [(503, {})] * 4
    tab = open_tab()
    until(lambda: collector.requests, "request")
    for number in range(2, 6):
        retry_until(tab, collector, number)
    collector.wait("page")
    pauses = [seconds_between(*pair) for pair in zip(collector.requests, collector.requests[1:], strict=False)]
    assert all(pause >= 2**number for number, pause in enumerate(pauses)), pauses


def test_leaving_during_a_pause_does_not_press_the_collector(open_tab: OpenTab, collector: Collector) -> None:
    collector.answers = [(429, {"Retry-After": "300"})]
    tab = open_tab()
    until(lambda: collector.requests, "request")
    answered(tab)
    tab.let_pass(5)
    tab.run("pretend({visible: false})")
    assert waiting(tab) == 2
    tab.page.close()
    open_tab("/quote")
    collector.wait("page", 2)
    assert [len(request["batch"]) for request in collector.requests] == [1, 3], "nothing between the two"


def test_what_is_refused_for_good_is_dropped_and_told(open_tab: OpenTab, collector: Collector) -> None:
    collector.answers = [(401, {})]
    tab = open_tab()
    until(lambda: waiting(tab) == 0, "empty queue")
    assert "leadline: 401" in tab.complaints
    tab.complaints.clear()


def test_offline_messages_arrive_once_the_network_is_back(
    open_tab: OpenTab, collector: Collector, tab_context: BrowserContext
) -> None:
    tab = open_tab()
    nothing_waits(tab, collector)
    tab_context.set_offline(True)
    tab.call("track", "On The Train")
    tab.let_pass(1)
    assert waiting(tab) == 1
    tab_context.set_offline(False)
    collector.wait("On The Train")
    until(lambda: waiting(tab) == 0, "empty queue")
    assert len(collector.sent("On The Train")) == 1


def test_what_a_closed_page_could_not_send_the_next_one_sends(
    open_tab: OpenTab, collector: Collector, tab_context: BrowserContext
) -> None:
    tab = open_tab()
    nothing_waits(tab, collector)
    tab_context.set_offline(True)
    tab.call("track", "On The Train")
    kept = next(key for key in tab.on_device() if "message" in key)
    tab.page.close()
    tab_context.set_offline(False)
    open_tab("/quote")
    [event] = collector.wait("On The Train")
    assert kept.endswith(event["messageId"])


def test_at_most_a_hundred_messages_wait_the_newest(
    open_tab: OpenTab, collector: Collector, tab_context: BrowserContext
) -> None:
    tab = open_tab()
    nothing_waits(tab, collector)
    tab_context.set_offline(True)
    tab.run("for (let number = 0; number < 130; number++) leadline.track('Many', {number})")
    assert waiting(tab) == 100
    tab_context.set_offline(False)
    many = collector.wait("Many", 100)
    assert [message["properties"]["number"] for message in many] == list(range(30, 130))
    assert all(len(str(request["batch"])) < 60_000 for request in collector.requests)


def test_two_tabs_lose_nothing(open_tab: OpenTab, collector: Collector) -> None:
    collector.delay_seconds = 0.05
    tabs = [open_tab("/one", still=False), open_tab("/two", still=False)]
    for number in range(5):
        for tab in tabs:
            tab.run(f"for (const part of [1, 2, 3]) leadline.track('Seen', {{number: {number}, part}})")
    until(lambda: len({message["messageId"] for message in collector.sent("Seen")}) == 30, "thirty messages")
    until(lambda: waiting(tabs[0]) == 0, "empty queue")
    assert len({message["messageId"] for message in collector.sent("Seen")}) == 30
    assert len({message["anonymousId"] for message in collector.sent("Seen")}) == 1


def test_a_message_too_large_is_told_and_costs_no_other(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.run("leadline.track('Huge', {text: 'x'.repeat(30000)}); leadline.track('Odd', {window})")
    tab.call("track", "Fine")
    tab.let_pass(1)
    collector.wait("Fine")
    assert [text.split("\n")[0][:16] for text in tab.complaints] == ["leadline: too la", "leadline: TypeEr"]
    tab.complaints.clear()


def test_a_full_device_costs_nothing_while_the_page_lives(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab(script="localStorage.filler = 'x'.repeat(5 * 1024 * 1024 - 50)")
    tab.call("track", "Fine")
    tab.let_pass(1)
    collector.wait("Fine")
    assert len({message["anonymousId"] for message in collector.accepted}) == 1


def test_another_user_is_another_visitor(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab("/pricing?utm_campaign=spring")
    tab.call("identify", "u-1", {"title": "Owner"})
    tab.call("identify", {"role": "buyer"})
    tab.call("identify", 1002)
    tab.let_pass(1)
    [view] = collector.wait("page")
    one, more, two = collector.wait("identify", 3)
    assert [each.get("userId") for each in (view, one, more, two)] == [None, "u-1", "u-1", "1002"]
    assert view["anonymousId"] == one["anonymousId"] == more["anonymousId"] != two["anonymousId"]
    assert more["traits"] == {"role": "buyer"}
    assert "first_touch" not in two["context"]


def test_reset_forgets_the_visitor_but_not_their_consent(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    site.attributes = 'data-consent="required"'
    tab = open_tab()
    tab.call("consent", True)
    tab.call("identify", "u-1")
    tab.call("group", "g-1", {"name": "Northgate"})
    tab.call("track", "Before")
    tab.call("reset")
    tab.call("track", "After")
    tab.let_pass(1)
    [before], [after], [group] = collector.wait("Before"), collector.wait("After"), collector.wait("group")
    assert (before["userId"], before["context"]["groupId"]) == ("u-1", "g-1")
    assert (group["groupId"], group["traits"]) == ("g-1", {"name": "Northgate"})
    assert "userId" not in after
    assert "groupId" not in after["context"]
    assert after["anonymousId"] != before["anonymousId"]
    assert tab.visitor()["consent"] == {"categoryPreferences": {"analytics": True}}
