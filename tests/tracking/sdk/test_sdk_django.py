"""The Django middleware, in sync and async projects; over the test client, without Leadline's own pages."""

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path
from django.utils.functional import SimpleLazyObject
from sdk_cast import KEY, FakeCollector, tracker_of

from leadline import EventTracker
from leadline.kernel.errors import ConfigurationError
from leadline.tracking.sdk import django as sdk
from leadline.tracking.sdk.context import current_request

MIDDLEWARE = ["leadline.tracking.sdk.django.LeadlineMiddleware"]
AGENT = {"User-Agent": "Mozilla/5.0", "Cookie": "ajs_anonymous_id=v1"}
OPTIONS = {"WRITE_KEY": KEY, "HOST": "http://collector.test"}
collector = FakeCollector()
tracker: EventTracker


def view(request: HttpRequest) -> HttpResponse:
    if "user" in request.GET:
        request.user = SimpleNamespace(pk=request.GET["user"], is_authenticated=True)
    tracker.track(event="Viewed")
    return HttpResponse("<p>hello")


async def async_view(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return await asyncio.to_thread(view, request)


def broken(_: HttpRequest) -> HttpResponse:
    raise RuntimeError("mine")


def plain(_: HttpRequest) -> HttpResponse:
    return JsonResponse({})


urlpatterns = [
    path("pricing/", view, name="pricing"),
    path("async/", async_view, name="later"),
    path("broken/", broken),
    path("data/", plain),
]


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    """A project with the middleware and a tracker of its own, whose messages end in `collector`."""
    global collector, tracker  # noqa: PLW0603  # views know them as a project's module does
    collector = FakeCollector()
    with (
        tracker_of(collector) as tracker,
        override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE, LEADLINE_SDK=OPTIONS, ALLOWED_HOSTS=["*"]),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sdk, "get_tracker", lambda: tracker)
        yield


def stored() -> list[dict[str, Any]]:
    assert tracker.flush(10)
    return collector.stored


def test_messages_of_a_view_carry_the_request() -> None:
    Client().get("/pricing/?utm_source=news&next=secret", headers=AGENT)
    (message,) = stored()
    assert message["anonymousId"] == "v1"
    assert message["context"] == {
        "page": {"path": "/pricing/", "url": "http://testserver/pricing/"},
        "campaign": {"source": "news"},
        "userAgent": "Mozilla/5.0",
    }
    assert current_request() is None


def test_a_visitor_who_is_not_known_costs_the_message_and_not_the_request() -> None:
    assert Client().get("/pricing/").status_code == 200
    assert stored() == []
    assert tracker.stats.dropped == 1


def test_async_views_and_their_threads_carry_it_too() -> None:
    answer = asyncio.run(_get_async("/async/"))
    assert answer.status_code == 200
    (message,) = stored()
    assert (message["anonymousId"], message["context"]["page"]["path"]) == ("v1", "/async/")


async def _get_async(url: str) -> Any:
    client = AsyncClient()
    client.cookies["ajs_anonymous_id"] = "v1"
    return await client.get(url)


def test_requests_at_the_same_time_do_not_mix() -> None:
    def visit(number: int) -> None:
        for _ in range(20):
            Client().get("/pricing/", headers={"Cookie": f"ajs_anonymous_id=v{number}", "X-Request-ID": f"v{number}"})

    threads = [threading.Thread(target=visit, args=[number]) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored()) == 80
    assert all(message["anonymousId"] == message["context"]["requestId"] for message in collector.stored)


def test_who_is_logged_in_is_known_also_when_that_happens_during_the_request() -> None:
    Client().get("/pricing/?user=17", headers=AGENT)
    (message,) = stored()
    assert (message["userId"], message["anonymousId"]) == ("17", "v1")


def test_an_exception_of_a_view_passes_and_leaves_no_context() -> None:
    with pytest.raises(RuntimeError, match="mine"):
        Client().get("/broken/", headers=AGENT)
    assert current_request() is None


def test_page_events_are_off_unless_asked_for() -> None:
    Client().get("/pricing/", headers=AGENT)
    assert [message["type"] for message in stored()] == ["track"]


@pytest.mark.parametrize(("url", "name"), [("/pricing/", "pricing"), ("/async/", "later")])
def test_a_page_event_for_each_page_shown(url: str, name: str) -> None:
    with override_settings(LEADLINE_SDK={**OPTIONS, "PAGE_EVENTS": True}):
        client = Client()
        client.get(url, headers=AGENT)
        client.get(url)  # of nobody that is known
        client.get("/data/", headers=AGENT)
        client.post(url, headers=AGENT)
    pages = [message for message in stored() if message["type"] == "page"]
    assert [(page["name"], page["anonymousId"], page["context"]["page"]["path"]) for page in pages] == [
        (name, "v1", url)
    ]


def test_the_settings_choose_ip_cookies_and_user() -> None:
    chosen = {"IP": True, "ANONYMOUS_COOKIES": ["mine"], "USER_ID": f"{__name__}.header_user"}
    with override_settings(LEADLINE_SDK={**OPTIONS, **chosen}):
        Client().get("/pricing/", headers={"Cookie": "mine=v7; ajs_anonymous_id=v1", "X-User": "u9"})
    (message,) = stored()
    assert (message["context"]["ip"], message["anonymousId"], message["userId"]) == ("127.0.0.1", "v7", "u9")


def header_user(request: HttpRequest) -> str | None:
    return request.headers.get("X-User")


def test_a_user_lookup_that_fails_costs_the_user_only(caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(LEADLINE_SDK={**OPTIONS, "USER_ID": f"{__name__}.failing_user"}):
        assert Client().get("/pricing/", headers=AGENT).status_code == 200
    assert [message.get("userId") for message in stored()] == [None]
    assert "could not be looked up" in caplog.text


def failing_user(_: HttpRequest) -> str:
    raise LookupError("mine")


def test_the_middleware_is_async_where_the_project_is() -> None:
    async def get_response(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert iscoroutinefunction(sdk.LeadlineMiddleware(get_response))
    assert not iscoroutinefunction(sdk.LeadlineMiddleware(lambda _: HttpResponse()))


def test_a_host_that_is_not_allowed_breaks_nothing() -> None:
    with override_settings(ALLOWED_HOSTS=["a.example"]):
        request = RequestFactory().get("/x", headers={"Host": "evil.example"})
        assert sdk.LeadlineMiddleware(lambda _: HttpResponse())(request).status_code == 200


def test_the_user_of_async_code_is_the_one_it_has_loaded() -> None:
    async def ask() -> object:
        request = RequestFactory().get("/")
        request.user = SimpleLazyObject(_never)
        assert sdk.user_id(request) is None
        request._acached_user = SimpleNamespace(pk=5, is_authenticated=True)
        return sdk.user_id(request)

    assert asyncio.run(ask()) == 5
    assert sdk.user_id(SimpleNamespace(user=AnonymousUser())) is None
    assert sdk.user_id(SimpleNamespace()) is None


def _never() -> object:
    from django.core.exceptions import SynchronousOnlyOperation

    raise SynchronousOnlyOperation


def test_the_projects_tracker_is_made_from_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    make = sdk.EventTracker
    with override_settings(LEADLINE_SDK={**OPTIONS, "OPTIONS": {"enabled": False}}):
        assert isinstance(_tracker_of_settings(), make)
    for wrong in ({}, {"HOST": "http://a.example"}, {"WRITEKEY": "x"}):
        with override_settings(LEADLINE_SDK=wrong), pytest.raises(ConfigurationError):
            _tracker_of_settings()


def _tracker_of_settings() -> EventTracker:
    real.cache_clear()
    return real()


real = sdk.get_tracker
