"""The code of docs/how-to/browser-tracker.md, in a page."""

import re
from pathlib import Path

import pytest
from tracker_stage import Collector, OpenTab, Site

pytestmark = pytest.mark.browser
GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "browser-tracker.md").read_text()


def as_files(html: str) -> tuple[str, str]:
    """Inline scripts in a file, as the guide advises for a strict policy; and the rest of the page."""
    inline = re.compile(r"<script>(.*?)</script>", re.DOTALL)
    return "\n".join(inline.findall(html)), inline.sub("", html)


def test_the_guides_code_does_what_it_says(open_tab: OpenTab, collector: Collector, site: Site) -> None:
    snippet, calls = re.findall(r"```html\n(.*?)```", GUIDE, re.DOTALL)
    site.before, rest = as_files(snippet + calls)
    before = '<script src="/before.js"></script>'
    site.html = f"<!doctype html><title>Guide</title><link rel=icon href='data:,'>{before}{rest}".replace(
        "https://events.example.com", collector.address
    )
    tab = open_tab()
    tab.page.click("button")
    tab.let_pass(1)
    collector.wait("Strategy Call Booked")
    assert [message.get("event") or message["type"] for message in collector.accepted] == [
        "page",
        "identify",
        "group",
        "Tool Used",
        "Strategy Call Booked",
    ]
    assert collector.sent("Strategy Call Booked")[0]["properties"] == {"call_id": "c-1"}
    assert collector.requests[0]["writeKey"] == "KEY"


def test_the_guide_names_every_option_and_call() -> None:
    source = (Path(__file__).parents[2] / "src/leadline/tracking/browser/t.js").read_text()
    options = re.findall(r"options\.(\w+)", source) + re.findall(r'"(\w+)" in options', source)
    elements = re.findall(r"\bleadline[A-Z]\w+", source)
    hyphened = {"data-" + re.sub(r"[A-Z]", lambda letter: "-" + letter[0].lower(), name) for name in options + elements}
    calls = {"track", "page", "identify", "group", "reset", "consent"}
    assert sorted(name for name in hyphened if f"`{name}" not in GUIDE) == []
    assert sorted(name for name in calls if f"`leadline.{name}(" not in GUIDE) == []
