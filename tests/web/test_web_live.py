"""The live page and its stream."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import web_cast as cast
from django.test import AsyncClient, Client
from web_cast import text_of

from leadline.accounts.models import User
from leadline.kernel.clock import to_micros, utc_now
from leadline.pipeline import runtime
from leadline.pipeline.engine import Engine
from leadline.pipeline.live import LiveFeed, Outcome, Result
from leadline.tracking.models import EventSource
from leadline.web.live_rows import LiveFilter, LiveRow
from leadline.web.live_stream import BATCH, STREAMS, Rhythm, stream

pytestmark = pytest.mark.django_db
QUICK = Rhythm(heartbeat=0.05, pause=0.0, length=30.0)


def outcome(name: str = "Quote Requested", result: Result = Result.STORED, **fields: Any) -> Outcome:
    now = to_micros(utc_now())
    known = {"source": "website", "kind": "track", "who": "u…4821", "occurred_micros": now, "received_micros": now}
    return Outcome(**{**known, "name": name, "properties": {"seats": 4}, "result": result, **fields})


def names(html: str) -> list[str]:
    return re.findall(r'class="what"><b>([^<]+)</b>', html)


# --- the page


def test_the_last_events_and_what_became_of_them(admin_browser: Client, engine: Engine) -> None:
    engine.live.publish(
        [
            outcome("Tool Used", noise="bot", path="/tools"),
            outcome("Tool Used", Result.DUPLICATE),
            outcome("Quote Requestd", Result.QUARANTINED, code="unplanned", reason="Quote Requestd is not planned"),
            outcome("Quote Requested", Result.TEST, code="Required-Missing", reason="quote_id is missing"),
            outcome("Role Saved", violations=("seats is missing",), traits=("email", "title")),
        ]
    )
    page = admin_browser.get("/live")
    said = text_of(page)
    for words in (
        "Stored Bot",
        "Duplicate",
        "Quarantined Quote Requestd is not planned",
        "Test would be quarantined: quote_id is missing",
        "Stored 1 plan warning",
        "email, title (values are kept encrypted)",
        '"seats": 4',
        "u…4821",
    ):
        assert words in said
    assert names(page.content.decode()) == ["Role Saved", "Quote Requested", "Quote Requestd", "Tool Used", "Tool Used"]


def test_what_clients_send_is_text(admin_browser: Client, engine: Engine) -> None:
    evil = "<script>alert(1)</script>"
    engine.live.publish([outcome(evil, who=evil, path=evil, reason=evil, properties={evil: evil}, code="x")])
    body = admin_browser.get("/live").content.decode()
    assert evil not in body
    assert body.count("&lt;script&gt;") >= 4


def test_fifty_at_first(admin_browser: Client, engine: Engine) -> None:
    engine.live.publish(outcome(f"Event {number}") for number in range(60))
    shown = names(admin_browser.get("/live").content.decode())
    assert (len(shown), shown[0]) == (50, "Event 59")


def test_by_source_and_by_result(admin_browser: Client, engine: Engine) -> None:
    EventSource.objects.create(name="website")
    EventSource.objects.create(name="crm")
    engine.live.publish([outcome("A"), outcome("B", source="crm"), outcome("C", Result.DUPLICATE, source="crm")])
    assert names(admin_browser.get("/live?source=crm").content.decode()) == ["C", "B"]
    page = admin_browser.get("/live?source=crm&result=duplicate")
    assert names(page.content.decode()) == ["C"]
    assert 'href="?source=crm&amp;result=test"' in page.content.decode()
    assert "<option selected>crm</option>" in page.content.decode()
    assert admin_browser.get("/live?result=nonsense").status_code == 400
    assert "No such event came in" in text_of(admin_browser.get("/live?source=nothing"))


def test_nothing_came_yet(admin_browser: Client, engine: Engine) -> None:  # noqa: ARG001  # it runs
    assert "Make a write key on the page Event sources" in text_of(admin_browser.get("/live"))


def test_before_the_pipeline_has_started(admin_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_running", None)
    said = text_of(admin_browser.get("/live"))
    assert "The pipeline has not started yet." in said


def test_a_server_that_cannot_stream_says_so(admin_browser: Client, engine: Engine) -> None:  # noqa: ARG001  # it runs
    page = admin_browser.get("/live")
    assert "This server does not send events as they arrive." in text_of(page)
    assert 'data-stream=""' in page.content.decode()
    assert admin_browser.get("/live/events").status_code == 204


def test_who_may_look(browser: Client, marketing_browser: Client, engine: Engine) -> None:  # noqa: ARG001  # it runs
    for path in ("/live", "/live/events"):
        assert browser.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert marketing_browser.get("/live").status_code == 200


# --- over ASGI


def asgi(role: str) -> AsyncClient:
    client = AsyncClient()
    client.force_login(cast.user(role))
    return client


async def messages(response: Any) -> AsyncIterator[dict[str, Any]]:
    async for chunk in response.streaming_content:
        fields = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n") if not line.startswith(":"))
        yield fields


@pytest.mark.django_db(transaction=True)
def test_the_stream_begins_where_the_page_ended(engine: Engine) -> None:
    client = asgi(User.Role.ADMINISTRATOR)
    engine.live.publish([outcome("Before")])

    async def look() -> None:
        page = await client.get("/live")
        address = re.findall(r'data-stream="([^"]+)"', page.content.decode())[0]
        engine.live.publish([outcome("After")])
        response = await client.get(address.replace("&amp;", "&"))
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        received = messages(response)
        assert (await anext(received))["retry"] == "2000"
        rows = await anext(received)
        assert rows["event"] == "rows"
        assert int(rows["id"]) == engine.live.last
        assert names(json.loads(rows["data"])["html"]) == ["After"]
        engine.live.close()
        assert [each async for each in received] == []

    asyncio.run(look())


@pytest.mark.django_db(transaction=True)
def test_a_browser_that_comes_again_gets_what_it_missed(engine: Engine) -> None:
    client = asgi(User.Role.MARKETING)
    engine.live.publish([outcome("A"), outcome("B"), outcome("C")])

    async def look() -> None:
        seen = str(engine.live.last - 1)
        response = await client.get("/live/events?after=1", headers={"Last-Event-ID": seen})
        received = messages(response)
        await anext(received)
        assert names(json.loads((await anext(received))["data"])["html"]) == ["C"]
        engine.live.close()
        assert [each async for each in received] == []

    asyncio.run(look())


@pytest.mark.django_db(transaction=True)
def test_a_number_from_the_future_begins_anew(engine: Engine) -> None:
    client = asgi(User.Role.ADMINISTRATOR)
    engine.live.publish([outcome("A")])

    async def look() -> None:
        response = await client.get(f"/live/events?after={engine.live.last + 1}")
        received = messages(response)
        await anext(received)
        assert names(json.loads((await anext(received))["data"])["html"]) == ["A"]
        engine.live.close()
        assert [each async for each in received] == []

    asyncio.run(look())


@pytest.mark.django_db(transaction=True)
def test_sign_in_and_role_hold_for_the_stream(engine: Engine) -> None:  # noqa: ARG001  # it runs
    sales = asgi(User.Role.SALES)

    async def look() -> tuple[int, int]:
        return (await sales.get("/live/events")).status_code, (await AsyncClient().get("/live/events")).status_code

    assert asyncio.run(look()) == (403, 302)


@pytest.mark.django_db(transaction=True)
def test_there_is_an_end_to_streams(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    client = asgi(User.Role.ADMINISTRATOR)
    engine.live.listeners = STREAMS

    async def look() -> int:
        return int((await client.get("/live/events")).status_code)

    assert asyncio.run(look()) == 429
    engine.live.listeners = 0
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "_running", None)
        assert asyncio.run(look()) == 503


# --- the stream itself


def render(rows: list[LiveRow]) -> str:
    return ",".join(row.outcome.name for row in rows)


def collected(feed: LiveFeed, wanted: LiveFilter, act: Callable[[int], None], count: int, rhythm: Rhythm) -> list[str]:
    """The first `count` messages; `act` is called before each."""

    async def collect() -> list[str]:
        source, found = stream(feed, wanted, 0, render, rhythm), []
        for number in range(count):
            act(number)
            found.append(await anext(source))
        await source.aclose()
        return found

    return asyncio.run(collect())


def test_silence_is_told_with_a_heartbeat() -> None:
    feed = LiveFeed(first=7)

    async def collect() -> list[str]:
        source = stream(feed, LiveFilter(), 7, render, QUICK)
        found = [await anext(source) for _ in range(3)]
        await source.aclose()
        return found

    assert asyncio.run(collect()) == ["retry: 2000\n: \nid: 7\n\n", ": \nid: 7\n\n", ": \nid: 7\n\n"]


def test_what_is_not_asked_for_only_moves_the_number() -> None:
    feed = LiveFeed(first=0)
    acts = {1: lambda: feed.publish([outcome("A")]), 2: lambda: feed.publish([outcome("B", source="crm")])}
    found = collected(feed, LiveFilter(source="crm"), lambda number: acts.get(number, lambda: None)(), 3, QUICK)
    assert found[1] == ": \nid: 1\n\n"
    assert found[2] == f"id: 2\nevent: rows\ndata: {json.dumps({'html': 'B', 'more': 0})}\n\n"


def test_of_a_burst_the_newest_and_how_many_more() -> None:
    feed = LiveFeed(first=0)
    feed.publish(outcome(str(number)) for number in range(BATCH + 20))
    message = collected(feed, LiveFilter(), lambda _: None, 2, QUICK)[1]
    sent = json.loads(message.split("data: ")[1])
    assert sent["more"] == 20
    assert sent["html"].split(",")[:2] == [str(BATCH + 19), str(BATCH + 18)]
    assert len(sent["html"].split(",")) == BATCH


@pytest.mark.parametrize("why", ["closed", "over"])
def test_a_stream_ends(why: str) -> None:
    feed = LiveFeed(first=0)

    async def collect() -> list[str]:
        found = []
        async for message in stream(feed, LiveFilter(), 0, render, Rhythm(0.02, 0, 30 if why == "closed" else 0.05)):
            found.append(message)
            assert feed.listeners == 1
            if why == "closed":
                feed.close()
        return found

    assert len(asyncio.run(collect())) >= 1
    assert feed.listeners == 0
