"""Clicks and forms that are marked, or that the whole page opted in to; never what was typed."""

import json

import pytest
from tracker_stage import Collector, OpenTab, Site, Tab

pytestmark = pytest.mark.browser
BODY = """
<a id="out" href="http://user:secret@partner.example:99/offer?email=a@b.example#x"><b>Partner</b></a>
<a id="in" href="/inside">Inside</a> <a id="mail" href="mailto:a@b.example">Mail</a>
<p data-leadline-outbound><a id="marked" href="https://partner.example/marked">Marked</a></p>
<button id="named" data-leadline-event="Tool Used"
  data-leadline-props='{"tool": "quote", "completed": true}'>Go</button>
<form id="plain"><input name="email" value="a@b.example"><button>Send</button></form>
<form id="quote-form" data-leadline-form><input name="id" value="a@b.example"><button>Send</button></form>
<form id="calling" data-leadline-form="call" data-leadline-event="Call Asked"><textarea name="why">secret</textarea>
<button>Send</button></form>
"""
STAY = """document.addEventListener("click", (event) => event.target.closest("a") && event.preventDefault());
document.addEventListener("submit", (event) => event.preventDefault());"""


@pytest.fixture
def marked(site: Site) -> Site:
    site.body, site.before = BODY, STAY
    return site


def press_everything(tab: Tab, collector: Collector) -> list[tuple[str, dict[str, object]]]:
    for target in ("#out b", "#in", "#mail", "#marked", "#named", "#plain button", "#quote-form button"):
        tab.page.click(target)
    tab.page.click("#calling textarea")
    tab.page.click("#calling button")
    tab.call("track", "End")
    tab.let_pass(1)
    collector.wait("End")
    assert "secret" not in json.dumps(collector.requests)
    assert "a@b.example" not in json.dumps(collector.requests)
    return [(each["event"], each["properties"]) for each in collector.sent("track") if each["event"] != "End"]


@pytest.mark.usefixtures("marked")
def test_only_what_is_marked_is_told(open_tab: OpenTab, collector: Collector) -> None:
    assert press_everything(open_tab(), collector) == [
        ("Outbound Link Clicked", {"host": "partner.example", "url": "https://partner.example/marked"}),
        ("Tool Used", {"tool": "quote", "completed": True}),
        ("Form Submitted", {"form_id": "quote-form"}),
        ("Call Asked", {}),
        ("Form Submitted", {"form_id": "call"}),
    ]


def test_a_whole_page_can_opt_in(open_tab: OpenTab, collector: Collector, marked: Site) -> None:
    marked.attributes = "data-outbound data-forms"
    told = press_everything(open_tab(), collector)
    assert told[0] == (
        "Outbound Link Clicked",
        {"host": "partner.example:99", "url": "http://partner.example:99/offer"},
    )
    assert [properties["form_id"] for event, properties in told if event == "Form Submitted"] == [
        "plain",
        "quote-form",
        "call",
    ]


def test_broken_properties_are_told_and_break_nothing(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    site.body = "<button data-leadline-event='Odd' data-leadline-props='{tool}'>Go</button>"
    tab = open_tab()
    tab.page.click("button")
    assert "leadline: SyntaxError" in tab.complaints.pop()
    tab.call("track", "Fine")
    tab.let_pass(1)
    collector.wait("Fine")


def test_another_host_can_be_given(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    site.attributes = f'data-host="{collector.address}/through"'
    open_tab()
    collector.wait("page")
    assert collector.paths == ["/through/v1/b"]
