"""The ASGI middleware, around a bare application."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sdk_cast import FakeCollector, tracker_of

from leadline import EventTracker
from leadline.tracking.sdk.asgi import LeadlineMiddleware
from leadline.tracking.sdk.context import current_request

HEADERS = {"User-Agent": "Mozilla/5.0", "Cookie": "a=b; ajs_anonymous_id=v1", "Accept-Language": "nl"}


class Route:
    name = "pricing"


def application(tracker: EventTracker, content_type: str = "text/html") -> Callable[..., Any]:
    """Tracks from a task and from a thread, then answers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001  # ASGI
        scope["route"] = Route()
        await asyncio.gather(asyncio.to_thread(tracker.track, event="Thread"), _in_task(tracker))
        headers = [(b"content-type", content_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    return app


async def _in_task(tracker: EventTracker) -> None:
    await asyncio.sleep(0)
    tracker.track(event="Task")


def get(app: Any, url: str = "https://app.example/pricing?utm_source=news&token=x", **headers: str) -> httpx.Response:
    async def fetch() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), headers={**HEADERS, **headers}) as client:
            return await client.get(url)

    return asyncio.run(fetch())


def test_messages_from_tasks_and_threads_of_a_request_carry_it() -> None:
    collector = FakeCollector()
    with tracker_of(collector) as tracker:
        assert get(LeadlineMiddleware(application(tracker))).text == "hello"
    assert sorted(collector.names()) == ["Task", "Thread"]
    for message in collector.stored:
        assert message["anonymousId"] == "v1"
        assert message["context"] == {
            "page": {"path": "/pricing", "url": "https://app.example/pricing"},
            "campaign": {"source": "news"},
            "userAgent": "Mozilla/5.0",
            "locale": "nl",
        }
    assert current_request() is None


def test_who_asks_comes_from_the_platforms_own_code() -> None:
    collector = FakeCollector()
    with tracker_of(collector) as tracker:
        get(LeadlineMiddleware(application(tracker), user_id=lambda scope: len(scope["path"])))
    assert {message["userId"] for message in collector.stored} == {"8"}


def test_page_events_are_sent_for_pages_only_and_only_when_asked_for() -> None:
    for options, content_type, expected in (
        ({"page_events": True}, "text/html", 1),
        ({"page_events": True}, "application/json", 0),
        ({}, "text/html", 0),
    ):
        collector = FakeCollector()
        with tracker_of(collector) as tracker:
            get(LeadlineMiddleware(application(tracker, content_type), tracker, **options))
        pages = [message for message in collector.stored if message["type"] == "page"]
        assert [(page["name"], page["anonymousId"]) for page in pages] == [("pricing", "v1")] * expected


@pytest.mark.parametrize(
    ("lines", "anonymous_id"),
    [
        ([b'[odd]={"a": 1}; ajs_anonymous_id=v1'], "v1"),
        ([b"a=b", b"ajs_anonymous_id=%22v1%22; c=d"], "v1"),
        ([b"\xff\x00; =; ;;"], None),
        ([], None),
    ],
)
def test_cookies_may_be_odd_and_in_several_headers(lines: list[bytes], anonymous_id: str | None) -> None:
    seen: list[Any] = []

    async def app(*_: Any) -> None:
        seen.append(current_request())

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", line) for line in lines]}
    asyncio.run(LeadlineMiddleware(app)(scope, None, None))
    assert seen[0].anonymous_id == anonymous_id


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_what_is_no_request_passes_through(kind: str) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([scope, receive, send, current_request()])

    given = [{"type": kind}, object(), object()]
    asyncio.run(LeadlineMiddleware(app)(*given))
    assert seen == [*given, None]


def test_an_exception_of_the_application_passes() -> None:
    async def app(*_: Any) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        get(LeadlineMiddleware(app))
    assert current_request() is None
