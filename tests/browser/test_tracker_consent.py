"""Nothing that identifies is kept before consent or after a refusal; what browsers say for their people counts."""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from tracker_stage import Collector, OpenTab, Site, Tab, until

pytestmark = pytest.mark.browser
OBJECTS = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
DO_NOT_TRACK = "Object.defineProperty(Navigator.prototype, 'doNotTrack', {get: () => '1'})"
CHOICE = "identify"
"""A message that says nothing but the choice."""
ANALYTICS = {"categoryPreferences": {"analytics": True}}


@pytest.fixture
def asking(site: Site) -> Site:
    site.attributes = 'data-consent="required"'
    return site


def traces(tab: Tab, context: BrowserContext) -> list[Any]:
    """Whatever is on the device."""
    databases = tab.run("indexedDB.databases()")
    return [*tab.on_device(), *tab.run("Object.keys(sessionStorage)"), *context.cookies(), *databases]


def live(tab: Tab) -> None:
    """All that a visitor may do."""
    tab.call("identify", "u-1", {"title": "Owner"})
    tab.call("group", "g-1")
    tab.call("track", "Tool Used", {"tool": "quote"})
    tab.run("history.pushState(null, '', '/quote')")
    tab.let_pass(20)
    tab.run("pretend({visible: false}); pretend({visible: true})")
    tab.let_pass(20)


@pytest.mark.usefixtures("asking")
def test_before_consent_nothing_is_kept_and_nothing_sent(
    open_tab: OpenTab, collector: Collector, tab_context: BrowserContext
) -> None:
    tab = open_tab("/pricing?utm_source=news&gclid=g-1")
    live(tab)
    assert traces(tab, tab_context) == []
    assert collector.requests == []


@pytest.mark.usefixtures("asking")
def test_what_waited_for_consent_is_sent_with_the_time_it_happened(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab("/pricing?utm_source=news")
    live(tab)
    tab.call("consent", True)
    [first, _] = collector.wait("page", 2)
    assert first["timestamp"].startswith("2026-11-22T12:00:00")
    assert first["context"]["campaign"] == {"source": "news"}
    assert first["batch_context"]["consent"] == ANALYTICS
    assert len({message["anonymousId"] for message in collector.accepted}) == 1
    assert collector.wait("Tool Used")[0]["userId"] == "u-1"
    assert tab.visitor()["anonymousId"] == first["anonymousId"]


@pytest.mark.usefixtures("asking")
def test_the_version_of_the_text_is_kept_and_sent(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.call("consent", True, "2026-11")
    collector.wait("page")
    open_tab("/quote")
    _, second = collector.wait("page", 2)
    assert second["batch_context"]["consent"] == {**ANALYTICS, "version": "2026-11"}
    assert tab.visitor()["consent"]["version"] == "2026-11"


@pytest.mark.usefixtures("asking")
def test_consent_is_remembered(open_tab: OpenTab, collector: Collector) -> None:
    open_tab().call("consent", True)
    [first] = collector.wait("page")
    open_tab("/quote")
    _, second = collector.wait("page", 2)
    assert second["anonymousId"] == first["anonymousId"]


@pytest.mark.usefixtures("asking")
def test_a_refusal_drops_what_waited_and_leaves_nothing(
    open_tab: OpenTab, collector: Collector, tab_context: BrowserContext
) -> None:
    tab = open_tab()
    live(tab)
    tab.call("consent", False)
    live(tab)
    assert traces(tab, tab_context) == []
    assert collector.requests == []


@pytest.mark.usefixtures("asking")
def test_consent_can_be_taken_back(open_tab: OpenTab, collector: Collector, tab_context: BrowserContext) -> None:
    tab = open_tab()
    tab.call("consent", True)
    collector.wait("page")
    tab.run("leadline.track('Waiting'); leadline.consent(false, '2026-11')")
    [told] = collector.wait(CHOICE)
    live(tab)
    assert traces(tab, tab_context) == []
    assert told["anonymousId"] == collector.sent("page")[0]["anonymousId"]
    assert told["batch_context"]["consent"] == {"categoryPreferences": {"analytics": False}, "version": "2026-11"}
    assert collector.sent("Waiting") == []
    assert len(collector.accepted) == 2, "a page, and that it was taken back"


@pytest.mark.usefixtures("asking")
def test_another_tab_learns_of_both(open_tab: OpenTab, collector: Collector, tab_context: BrowserContext) -> None:
    one, other = open_tab(), open_tab("/quote")
    one.call("consent", True)
    collector.wait("page", 2)
    other.run(
        "addEventListener('storage', ({key, newValue}) => { window.told ||= key === 'leadline:visitor' && !newValue })"
    )
    one.call("consent", False)
    until(lambda: other.run("window.told"), "word of the refusal")
    live(other)
    assert {view["properties"]["path"] for view in collector.sent("page")} == {"/pricing", "/quote"}
    assert collector.sent("Tool Used") == []
    assert traces(other, tab_context) == []


def test_categories_decide_by_the_one_for_analytics(open_tab: OpenTab, collector: Collector, asking: Site) -> None:
    asking.attributes += ' data-consent-category="C0002"'
    tab = open_tab()
    tab.call("consent", {"C0002": False, "C0004": True})
    assert tab.on_device() == {}
    tab.call("consent", {"C0002": True, "C0004": False})
    tab.call("track", "Agreed")
    tab.let_pass(1)
    [message] = collector.wait("Agreed")
    assert message["batch_context"]["consent"] == {"categoryPreferences": {"C0002": True, "C0004": False}}
    assert collector.sent("page") == [], "what was refused stays refused"


def test_where_nobody_is_asked_a_refusal_is_remembered(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    collector.wait("page")
    tab.call("consent", False)
    [kept] = tab.on_device().values()
    assert json.loads(kept) == {"made": 1795348800000, "refused": True}
    collector.wait(CHOICE)
    live(open_tab("/quote"))
    assert len(collector.requests) == 2, "a page, and the refusal"


def test_a_refusal_made_before_the_script_loads_comes_first(
    open_tab: OpenTab, collector: Collector, site: Site
) -> None:
    site.before = "window.leadline = []; leadline.push(['track', 'Early'], ['consent', false])"
    live(open_tab())
    assert collector.requests == []


def test_global_privacy_control_is_final(open_tab: OpenTab, collector: Collector, tab_context: BrowserContext) -> None:
    tab = open_tab(script=OBJECTS)
    live(tab)
    tab.call("consent", True)
    live(tab)
    assert traces(tab, tab_context) == []
    assert collector.requests == []


def test_global_privacy_control_turned_on_later_removes_what_was_kept(
    open_tab: OpenTab, collector: Collector, tab_context: BrowserContext
) -> None:
    open_tab()
    collector.wait("page")
    assert traces(open_tab("/quote", script=OBJECTS), tab_context) == []


def test_do_not_track_asks_for_consent(open_tab: OpenTab, collector: Collector, tab_context: BrowserContext) -> None:
    tab = open_tab(script=DO_NOT_TRACK)
    live(tab)
    assert traces(tab, tab_context) == []
    assert collector.requests == []
    tab.call("consent", True)
    collector.wait("page", 2)


def test_a_visitor_is_forgotten_after_thirteen_months(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    [first] = collector.wait("page")
    tab.run("localStorage['leadline:visitor'] = localStorage['leadline:visitor'].replace('1795', '1755')")
    open_tab("/quote")
    _, second = collector.wait("page", 2)
    assert second["anonymousId"] != first["anonymousId"]


def test_blocked_storage_costs_only_the_memory_of_the_visitor(open_tab: OpenTab, collector: Collector) -> None:
    blocked = "Object.defineProperty(window, 'localStorage', {get: () => { throw new DOMException('no') }})"
    tab = open_tab(script=blocked)
    tab.call("track", "Still There")
    tab.let_pass(1)
    [view, event] = [*collector.wait("page"), *collector.wait("Still There")]
    assert view["anonymousId"] == event["anonymousId"]
