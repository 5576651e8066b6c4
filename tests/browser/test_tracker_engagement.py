"""Engaged time: visible, focused and active; told in deltas that never hold the same time twice."""

import pytest
from tracker_stage import Collector, OpenTab, Tab

pytestmark = pytest.mark.browser


def told(collector: Collector) -> list[int]:
    return [message["properties"]["engaged_ms"] for message in collector.sent("Page Engaged")]


def read_for(tab: Tab, seconds: int) -> None:
    """Somebody who moves every ten seconds."""
    for _ in range(seconds // 10):
        tab.let_pass(10)
        tab.run("touch()")


def end(tab: Tab, collector: Collector) -> None:
    """Whatever was sent before this has arrived."""
    tab.call("track", "End")
    tab.let_pass(60)
    collector.wait("End")


def test_hiding_the_page_tells_the_time_since_the_last_telling(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.let_pass(12)
    tab.run("pretend({visible: false})")
    collector.wait("Page Engaged")
    tab.let_pass(500)  # out of sight
    tab.run("pretend({visible: true})")
    tab.let_pass(7)
    tab.run("pretend({visible: false})")
    collector.wait("Page Engaged", 2)
    assert told(collector) == [12_000, 7_000]


def test_what_is_told_belongs_to_its_page_view(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.let_pass(4)
    tab.run("history.pushState(null, '', '/quote')")
    tab.let_pass(6)
    tab.run("pretend({focused: false})")
    [first, second] = collector.wait("Page Engaged", 2)
    views = collector.wait("page", 2)
    assert [first["properties"]["page_id"], second["properties"]["page_id"]] == [
        view["properties"]["page_id"] for view in views
    ]
    assert [first["context"]["page"]["path"], second["context"]["page"]["path"]] == ["/pricing", "/quote"]
    assert told(collector) == [4_000, 6_000]


def test_a_page_that_is_seen_but_has_no_focus_is_not_read(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.let_pass(5)
    tab.run("pretend({focused: false})")
    read_for(tab, 100)  # the mouse moves over it
    tab.run("pretend({focused: true})")
    tab.let_pass(5)
    tab.run("pretend({focused: false})")
    collector.wait("Page Engaged", 2)
    assert told(collector) == [5_000, 5_000]


def test_attention_ends_a_minute_after_the_last_sign_of_life(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    read_for(tab, 20)
    tab.let_pass(3600)
    tab.run("touch()")
    tab.let_pass(10)
    tab.run("pretend({visible: false})")
    collector.wait("Page Engaged")
    assert told(collector) == [20_000 + 60_000 + 10_000]


def test_a_long_read_tells_of_itself_while_it_lasts(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    read_for(tab, 700)
    collector.wait("Page Engaged", 2)
    tab.run("pretend({visible: false})")
    collector.wait("Page Engaged", 3)
    assert sum(told(collector)) == 700_000
    assert max(told(collector)) <= 310_000


def test_less_than_three_seconds_more_are_not_worth_a_message(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    for _ in range(5):
        tab.let_pass(1)
        tab.run("pretend({visible: false})")
        tab.run("pretend({visible: true})")
    end(tab, collector)
    assert told(collector) == [1_000, 3_000], "the first tells the depth, the second is kept until it is three seconds"


def test_how_far_the_page_was_scrolled(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.run("document.body.style.height = '500vh'")
    tab.let_pass(2)
    tab.run("pretend({visible: false})")
    collector.wait("Page Engaged")  # both are of the same instant: only what arrived first tells them apart
    tab.run("pretend({visible: true})")
    tab.run("new Promise((done) => { addEventListener('scroll', done); scrollTo(0, innerHeight * 2); })")
    tab.run("pretend({visible: false})")
    first, second = collector.wait("Page Engaged", 2)
    assert 18 <= first["properties"]["scroll_pct"] <= 21
    assert 58 <= second["properties"]["scroll_pct"] <= 61
    assert all(type(value) is int for name, value in second["properties"].items() if name != "page_id")


def test_hiding_and_leaving_tell_the_same_time_once(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.let_pass(8)
    tab.run("pretend({focused: false}); pretend({visible: false}); dispatchEvent(new PageTransitionEvent('pagehide'))")
    end(tab, collector)
    assert told(collector) == [8_000]


def test_leaving_for_another_page_delivers_what_waits(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.let_pass(9)
    tab.call("track", "Last Words")
    tab.page.goto("about:blank")
    collector.wait("Last Words")
    collector.wait("Page Engaged")
    assert told(collector) == [9_000]


BEACONS = """delete Request.prototype.keepalive; window.beacons = 0; const beacon = navigator.sendBeacon;
navigator.sendBeacon = function () { window.beacons += 1; return beacon.apply(this, arguments); };"""


def test_a_browser_without_keepalive_sends_a_beacon(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab(script=BEACONS)
    collector.wait("page")
    tab.call("track", "Last Words")
    tab.run("dispatchEvent(new PageTransitionEvent('pagehide'))")
    collector.wait("Last Words")
    assert tab.run("window.beacons") == 1
    assert collector.preflights == 0
