"""A request as context: what it tells, and what it must not."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk_cast import FakeCollector, tracker_of

from leadline import EventTracker
from leadline.tracking.sdk.context import RequestContext, attached, current_request
from leadline.tracking.sdk.requests import Request, described, is_page_view, visitor

HEADERS = {
    "user-agent": "Mozilla/5.0",
    "accept-language": "de-CH,de;q=0.9",
    "referer": "https://user:pw@Search.example:8443/find/4711234567?q=secret#x",
    "x-request-id": "r-1",
}
REQUEST = Request(
    method="GET",
    scheme="https",
    host="app.example",
    path="/courses/intro",
    query="utm_source=news&utm_campaign=May&utm_term=a%40b.example&token=s3cret",
    headers=HEADERS,
    cookies={"ajs_anonymous_id": "v1"},
    ip="203.0.113.9",
)


def test_a_request_is_told_without_query_secrets_or_address() -> None:
    assert described(REQUEST) == {
        "page": {
            "path": "/courses/intro",
            "url": "https://app.example/courses/intro",
            "referrer": "https://search.example:8443/find/:id",
        },
        "campaign": {"source": "news", "name": "May"},
        "userAgent": "Mozilla/5.0",
        "locale": "de-CH",
        "requestId": "r-1",
    }
    assert "secret" not in str(described(REQUEST))


def test_the_ip_address_is_told_only_when_asked_for() -> None:
    assert described(REQUEST, with_ip=True)["ip"] == "203.0.113.9"
    assert "203.0.113.9" not in str(described(REQUEST))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/reset/MTI/c0x1z2-0123456789abcdef0123456789abcdef/", "/reset/MTI/:id/"),
        ("/invite/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_DEF-123", "/invite/:id"),
        ("/confirm/MTI:1tHKpX:Zl0gDnG3p5hCwT1PzY0qkC7iQ2x-abcdEFGHIJKLMNO/", "/confirm/:id/"),
        ("/people/jane@acme.example", "/people/:id"),
        ("/jobs/how-to-hire-2-assistants-in-one-month", "/jobs/how-to-hire-2-assistants-in-one-month"),
        ("//evil.example/x", "/evil.example/x"),
        ("", "/"),
    ],
)
def test_paths_lose_tokens_and_addresses(path: str, told: str) -> None:
    assert described(Request("GET", "https", "a.example", path))["page"]["path"] == told


@pytest.mark.parametrize(
    ("cookies", "found"),
    [
        ({}, None),
        ({"ajs_anonymous_id": "v1"}, "v1"),
        ({"ajs_anonymous_id": quote('"v1"')}, "v1"),
        ({"leadline_anonymous_id": "ours", "ajs_anonymous_id": "v1"}, "ours"),
        ({"leadline_anonymous_id": "null", "ajs_anonymous_id": "v1"}, "v1"),
        ({"ajs_anonymous_id": "x" * 201}, None),
    ],
)
def test_the_visitor_is_in_a_browser_trackers_cookie(cookies: dict[str, str], found: str | None) -> None:
    assert visitor(cookies) == found


@pytest.mark.parametrize(
    ("request_", "status", "content_type", "is_page"),
    [
        (REQUEST, 200, "text/html; charset=utf-8", True),
        (REQUEST, 302, "text/html", False),
        (REQUEST, 404, "text/html", False),
        (REQUEST, 200, "application/json", False),
        (Request("POST", "https", "", "/"), 200, "text/html", False),
        (Request("GET", "https", "", "/", headers={"hx-request": "true"}), 200, "text/html", False),
        (Request("GET", "https", "", "/", headers={"x-requested-with": "XMLHttpRequest"}), 200, "text/html", False),
        (Request("GET", "https", "", "/", headers={"sec-purpose": "prefetch;prerender"}), 200, "text/html", False),
    ],
)
def test_what_counts_as_a_page_view(request_: Request, status: int, content_type: str, is_page: bool) -> None:
    assert is_page_view(request_, status, content_type) is is_page


anything = st.text(st.characters(), max_size=60)


@given(
    st.builds(
        Request, method=anything, scheme=anything, host=anything, path=anything,
        query=anything.map("utm_source=".__add__),
        headers=st.dictionaries(st.sampled_from([*HEADERS]), anything), ip=anything,
        cookies=st.dictionaries(st.just("ajs_anonymous_id"), anything),
    )
)  # fmt: skip
def test_no_request_makes_tracking_fail(request: Request) -> None:
    context = RequestContext(described(request, with_ip=True), visitor(request.cookies))
    with attached(context):
        assert EventTracker("", "", enabled=False).track("u1", "E")


@pytest.mark.parametrize("sync", [False, True])
def test_a_message_about_nobody_during_a_request_of_nobody_is_counted_and_not_sent(sync: bool) -> None:
    collector = FakeCollector()
    with tracker_of(collector, sync=sync) as tracker, attached(RequestContext()):
        assert tracker.track(event="E") == ""
    assert (collector.requests, tracker.stats.dropped) == ([], 1)


def people_of(context: RequestContext, *arguments: Any, **options: Any) -> tuple[Any, Any]:
    """Whom a track call inside a request is about."""
    collector = FakeCollector()
    with tracker_of(collector) as tracker, attached(context):
        tracker.track(*arguments, event="E", **options)
    return collector.stored[0].get("userId"), collector.stored[0].get("anonymousId")


ASKING = RequestContext({}, "v1", lambda: "u1")


def test_a_message_about_nobody_is_about_who_asks() -> None:
    assert people_of(ASKING) == ("u1", "v1")
    assert people_of(RequestContext({}, "v1")) == (None, "v1")


def test_a_message_about_who_asks_gets_the_visitor() -> None:
    assert people_of(ASKING, "u1") == ("u1", "v1")


def test_a_message_about_somebody_else_does_not_get_the_visitor() -> None:
    assert people_of(ASKING, "u2") == ("u2", None)
    assert people_of(RequestContext({}, "v1"), "u2") == ("u2", None)


def test_what_the_call_says_wins() -> None:
    assert people_of(ASKING, "u2", anonymous_id="v2") == ("u2", "v2")
    assert people_of(ASKING, anonymous_id="v2") == (None, "v2")


def test_the_calls_context_lies_over_the_requests() -> None:
    collector = FakeCollector()
    with tracker_of(collector) as tracker, attached(RequestContext({"locale": "de", "ip": "x"})):
        tracker.track("u1", "E", context={"locale": "fr"})
    assert collector.stored[0]["context"] == {"locale": "fr", "ip": "x"}
    assert current_request() is None


def test_an_alias_is_about_its_two_ids_only() -> None:
    collector = FakeCollector()
    with tracker_of(collector) as tracker, attached(RequestContext({}, "v1", lambda: "u1")):
        tracker.alias("v2", "u1")
    assert "anonymousId" not in collector.stored[0]
