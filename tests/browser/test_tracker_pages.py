"""Page views, single-page navigation, calls before the script is there, campaigns, and what travels over the wire."""

import json
from collections.abc import Mapping

import pytest
from tracker_stage import NOON, Collector, OpenTab, Site, until

from leadline.tracking.collector.requests import Limits, parse_batch
from leadline.tracking.places import place_of
from leadline.tracking.spool import SpoolRecord
from leadline.tracking.wire import unpack

pytestmark = pytest.mark.browser
CAMPAIGN = (
    "?utm_source=news&utm_medium=email&utm_campaign=spring&utm_term=va&utm_content=top&gclid=g-1&email=a@b.example"
)


def paths(collector: Collector) -> list[str]:
    return [message["properties"]["path"] for message in collector.sent("page")]


def test_a_page_view_crosses_origins_without_a_preflight(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    open_tab("/pricing?token=secret#part").let_pass(1)
    [view] = collector.wait("page")
    assert view["properties"] == view["context"]["page"]
    known = {name: value for name, value in view["properties"].items() if name != "page_id"}
    assert known == {"path": "/pricing", "url": site.address + "/pricing", "referrer": "", "title": "Pricing"}
    assert len(view["properties"]["page_id"]) == len(view["messageId"]) == len(view["anonymousId"]) == 36
    assert view["timestamp"].startswith("2026-11-22T12:00:00")
    assert collector.preflights == 0
    assert collector.types == ["text/plain;charset=UTF-8"]


def test_the_server_reads_what_the_tracker_sends(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    site.before = "window.leadline = []; leadline.push(['consent', true])"
    open_tab("/pricing" + CAMPAIGN)
    collector.wait("page")
    body = json.dumps(collector.requests[0]).encode()
    assert parse_batch(body, Limits()) == (1, "KEY")
    record = SpoolRecord(1, int(NOON.timestamp() * 1e6), "b", body, {})
    [envelope] = unpack(record, 0)
    assert envelope.message is not None
    assert not envelope.fault
    place = place_of(envelope.message.context, envelope.message.properties)
    assert (place.path, place.utm_source, place.utm_medium, place.utm_campaign) == (
        "/pricing",
        "news",
        "email",
        "spring",
    )
    assert envelope.context["consent"] == {"categoryPreferences": {"analytics": True}}


@pytest.mark.parametrize("method", ["pushState", "replaceState"])
def test_a_path_changed_by_script_is_a_page_view(open_tab: OpenTab, collector: Collector, method: str) -> None:
    tab = open_tab("/pricing")
    tab.run(f"history.{method}(null, '', '/quote?step=1'); document.title = 'Quote'")
    tab.let_pass(1)
    first, second = collector.wait("page", 2)
    assert (second["properties"]["path"], second["properties"]["title"]) == ("/quote", "Quote")
    assert second["properties"]["referrer"].endswith("/pricing")
    assert first["properties"]["page_id"] != second["properties"]["page_id"]


def test_going_back_is_a_page_view(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab("/pricing")
    tab.run("history.pushState(null, '', '/quote')")
    tab.let_pass(0.1)
    tab.run("new Promise((resolve) => { addEventListener('popstate', () => resolve(1)); history.back(); })")
    tab.let_pass(1)
    collector.wait("page", 3)
    assert paths(collector) == ["/pricing", "/quote", "/pricing"]


def test_a_query_or_a_fragment_is_not_another_page(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab("/pricing")
    tab.run("history.pushState(null, '', '?sort=price'); location.hash = 'faq'")
    tab.let_pass(1)
    tab.call("track", "Last")
    tab.let_pass(1)
    collector.wait("Last")
    assert paths(collector) == ["/pricing"]


def test_single_page_navigation_can_be_left_to_the_page(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    site.attributes = 'data-spa="off"'
    tab = open_tab("/pricing")
    tab.run("history.pushState(null, '', '/quote')")
    tab.let_pass(0.1)
    tab.call("page", "Quote", {"plan": "team"})
    tab.let_pass(1)
    _, second = collector.wait("page", 2)
    assert second["name"] == "Quote"
    assert second["properties"]["plan"] == "team"
    assert second["properties"]["path"] == "/quote"


def test_the_pages_own_history_errors_stay_its_own(open_tab: OpenTab) -> None:
    tab = open_tab()
    thrown = tab.run("(() => { try { history.pushState(() => 1, ''); } catch (error) { return error.name; } })()")
    assert thrown == "DataCloneError"
    assert tab.run("history.pushState(null, '', '/x') === undefined && location.pathname === '/x'")


def test_calls_made_before_the_script_is_there(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    site.before = """window.leadline = window.leadline || []; window.kept = leadline;
        leadline.push(["identify", "u-1", {title: "Owner"}], ["track", "Tool Used", {tool: "quote"}], ["nonsense"]);"""
    tab = open_tab()
    tab.run("kept.push(['track', 'Later'])")
    tab.let_pass(1)
    collector.wait("Later")
    order = [message.get("event") or message["type"] for message in collector.accepted]
    assert order == ["page", "identify", "Tool Used", "Later"]
    assert collector.sent("identify")[0]["traits"] == {"title": "Owner"}
    assert collector.sent("Later")[0]["userId"] == "u-1"
    assert "is not a function" in tab.complaints.pop(), "the page's mistake is told, and costs nothing else"


def test_a_page_made_ahead_counts_when_it_is_shown(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab(script="Object.defineProperty(document, 'prerendering', {value: true})")
    tab.let_pass(5)
    assert tab.on_device() == {}
    tab.run("document.dispatchEvent(new Event('prerenderingchange'))")
    collector.wait("page")
    assert len(collector.requests) == 1


def test_a_page_that_comes_back_from_the_browsers_memory_is_a_view(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.run("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    tab.let_pass(1)
    first, second = collector.wait("page", 2)
    assert first["properties"]["page_id"] != second["properties"]["page_id"]


def touches(message: Mapping[str, dict[str, dict[str, str]]]) -> tuple[str | None, str | None]:
    context = message["context"]
    return context["first_touch"].get("name"), context["last_touch"].get("name")


def test_what_brought_the_visitor_is_kept_as_first_and_last_touch(open_tab: OpenTab, collector: Collector) -> None:
    first = open_tab("/pricing" + CAMPAIGN)
    first.let_pass(1)
    open_tab("/again?utm_campaign=summer&utm_source=ads&fbclid=f-1").let_pass(1)
    open_tab("/direct").let_pass(1)
    one, two, three = collector.wait("page", 3)
    spring = {"source": "news", "medium": "email", "name": "spring", "term": "va", "content": "top", "gclid": "g-1"}
    assert one["context"]["campaign"] == spring
    assert one["context"]["first_touch"].items() >= {**spring, "path": "/pricing"}.items()
    assert one["context"]["first_touch"]["at"].startswith("2026-11-22T12:00")
    assert [touches(each) for each in (one, two, three)] == [
        ("spring", "spring"),
        ("spring", "summer"),
        ("spring", "summer"),
    ]
    assert three["context"]["campaign"] == {"name": "summer", "source": "ads", "fbclid": "f-1"}, "the same visit"
    assert three["context"]["last_touch"]["path"] == "/again"
    assert "a@b.example" not in json.dumps(collector.requests)


def test_a_campaign_ends_with_its_visit(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab("/pricing" + CAMPAIGN)
    tab.let_pass(1)
    tab.let_pass(31 * 60)
    tab.run("history.pushState(null, '', '/later')")
    tab.let_pass(1)
    _, later = collector.wait("page", 2)
    assert "campaign" not in later["context"]
    assert later["context"]["last_touch"]["name"] == "spring", "though what brought them is still known"


def test_another_sites_link_is_a_touch(open_tab: OpenTab, collector: Collector) -> None:
    open_tab("/pricing", referer="http://search.example/results?q=private").let_pass(1)
    [view] = collector.wait("page")
    assert view["context"]["last_touch"]["referrer"] == "search.example"
    assert "private" not in json.dumps(collector.requests)


def test_a_second_copy_of_the_script_does_nothing(open_tab: OpenTab, collector: Collector) -> None:
    tab = open_tab()
    tab.run(
        "new Promise((done) => { const copy = document.createElement('script'); copy.onload = done;"
        "copy.src = trustedTypes.createPolicy('t', {createScriptURL: (url) => url}).createScriptURL("
        "document.querySelector('script[data-write-key]').src); document.head.append(copy); })"
    )
    tab.let_pass(1)
    collector.wait("page")
    until(lambda: len(collector.requests) == 1, "one request")
    assert len(collector.sent("page")) == 1
