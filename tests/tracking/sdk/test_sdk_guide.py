"""The blocks of docs/how-to/python-sdk.md run and do what the page says, against a collector on a socket."""

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path
from sdk_cast import KEY, FakeCollector, listening

from leadline import EventTracker
from leadline.tracking.sdk import django as sdk

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "python-sdk.md"
REFERENCE = GUIDE.parents[1] / "reference" / "python.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
urlpatterns: list[Any] = []


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeCollector, dict[str, Any]]]:
    """A collector, and the names that blocks leave behind; trackers are shut down at the end."""
    monkeypatch.setenv("WRITE_KEY", KEY)
    found, names = FakeCollector(), {"__name__": "platform_code", "os": os, "EventTracker": EventTracker}
    made: list[EventTracker] = []
    with listening(found) as address:
        monkeypatch.setattr(EventTracker, "__init__", _remembering(EventTracker.__init__, made, address))
        yield found, names
        for tracker in made:
            tracker.shutdown()


def _remembering(init: Any, made: list[EventTracker], address: str) -> Any:
    def begin(tracker: EventTracker, write_key: str, host: str, **options: Any) -> None:
        assert (write_key, host) == (KEY, "http://127.0.0.1:8001")
        init(tracker, write_key, address, **options)
        made.append(tracker)

    return begin


def run(word: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run the one block that contains a word."""
    (block,) = [block for block in BLOCKS if word in block]
    exec(compile(block, "python-sdk.md", "exec"), names)  # noqa: S102  # our own page
    return names


def settled(names: dict[str, Any], collector: FakeCollector) -> list[str]:
    assert names["tracker"].flush(10)
    return collector.names()


def test_the_first_block_sends_three_events(collector: Any) -> None:
    found, names = collector
    assert settled(run("visitor-7", names), found) == ["identify", "Tool Used", "group"]


def test_on_error_is_told(collector: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found, names = collector
    found.replies.append((401, {}))
    message_id = run("def lost", names)["tracker"].track("u-1", "E")
    assert not names["tracker"].flush(10)
    assert f"delivery_refused ['{message_id}']" in capsys.readouterr().out


def test_scripts(collector: Any) -> None:
    found, names = collector
    assert len(settled(run("sync=True", names), found)) == 1_001
    assert found.stored[0]["messageId"] == "crm-deal-77-won"


def test_django(collector: Any) -> None:
    found, names = collector
    settings = run("# settings.py", dict(names))
    view = run("# views.py", dict(names))["quote"]
    urlpatterns[:] = [path("quote/", view)]
    chosen = {"LEADLINE_SDK": settings["LEADLINE_SDK"], "MIDDLEWARE": settings["MIDDLEWARE"]}
    sdk.get_tracker.cache_clear()
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], **chosen):
        Client().get("/quote/?utm_source=news", headers={"Cookie": "ajs_anonymous_id=v1"})
        names["tracker"] = sdk.get_tracker()
    sdk.get_tracker.cache_clear()
    assert settled(names, found) == ["Quote Requested"]
    assert found.stored[0]["context"]["campaign"] == {"source": "news"}


def test_asgi(collector: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found, names = collector

    async def app(*_: Any) -> None:
        names["tracker"].track(event="Seen")

    monkeypatch.setitem(sys.modules, "my_platform", _module("my_platform", app=app))
    run("my_platform", names)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "session": {"user_id": "u9"}}
    asyncio.run(names["app"](scope, None, None))
    assert settled(names, found) == ["Seen"]
    assert found.stored[0]["userId"] == "u9"


def test_a_celery_task(collector: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found, names = collector
    monkeypatch.setitem(sys.modules, "celery", _module("celery", shared_task=lambda function: function))
    run("visitor-7", names)
    run("shared_task", names)["send_quote"]("u-1", "q-1")
    assert settled(names, found)[-1] == "Quote Sent"


def _module(name: str, **names: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(names)
    return module


def test_every_key_of_the_setting_and_every_argument_is_documented() -> None:
    guide, reference = GUIDE.read_text(), REFERENCE.read_text()
    arguments = EventTracker.__init__.__annotations__.keys() - {"return"}
    assert sorted(key for key in sdk.KEYS if f"`{key}`" not in guide) == []
    assert sorted(name for name in arguments if f"`{name}`" not in reference) == []
