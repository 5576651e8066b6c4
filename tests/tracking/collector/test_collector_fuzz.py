"""Whatever is sent: never a 5xx, always JSON (an image from pixels), and nothing refused reaches the spool."""

import asyncio
import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from collector_station import SPOOL_KEY, Answer, call, write_keyring
from hypothesis import given
from hypothesis import strategies as st

from leadline.tracking.collector import Keyring, Limits, create_app
from leadline.tracking.collector.app import Application
from leadline.tracking.collector.pixels import GIF
from leadline.tracking.collector.routes import PIXEL_KINDS, ROUTES
from leadline.tracking.spool import SpoolWriter

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["api_key", "token", "$token", "batch", "event", "properties", "writeKey", "uuid", "sent_at"])
OBJECTS = st.dictionaries(NAMES, JSON | st.just("WK") | st.lists(st.dictionaries(NAMES, JSON, max_size=3), max_size=3))
TEXTS = (OBJECTS | st.lists(OBJECTS, max_size=3) | JSON).map(lambda content: json.dumps(content).encode())
PLAIN = TEXTS | st.binary(max_size=60) | st.sampled_from([b"[" * 3_000, b'{"batch":' * 2_000, b"data=", b"\x1f\x8b"])
WRAPPINGS = st.sampled_from(
    [
        lambda content: content,
        gzip.compress,
        base64.b64encode,
        lambda content: b"data=" + base64.b64encode(content),
        lambda content: urlencode({"data": content}).encode(),
        lambda content: gzip.compress(content)[:-3],
    ]
)
BODIES = st.builds(lambda content, inner, outer: outer(inner(content)), PLAIN, WRAPPINGS, WRAPPINGS)
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["compression", "data", "_", "sent_at", "writeKey", "properties.a.b", "userId", "..", "type"]),
        st.sampled_from(["base64", "lz64", "WK", "1700000000000", "²" * 13, ""]) | st.text(max_size=20),
    ),
    max_size=4,
).map(lambda pairs: urlencode([(name, value.encode(errors="replace")) for name, value in pairs]))
RAW_QUERIES = QUERIES | st.text(alphabet="%=&+ab0fF;", max_size=30)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "authorization": st.sampled_from(["Basic V0s6", "Basic !", "Bearer WK", "Bearer", "x"]),
        "origin": st.sampled_from(["null", "https://a.example"]),
        "content-encoding": st.just("gzip"),
        "x-forwarded-for": st.text(alphabet="0123456789.:[], x", max_size=12),
        "anonymousid": st.sampled_from(["YQ==", "!"]),
    },
)


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    write_keyring(folder / "keyring.json", {"WK": 7}, ["10.0.0.0/8"])
    with SpoolWriter(folder / "spool", SPOOL_KEY) as writer:
        yield create_app(writer, Keyring(folder / "keyring.json"), limits=Limits(body_bytes=50_000))


def sent(app: Application, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    return asyncio.run(call(app, method, path, body, headers))


@given(st.sampled_from(sorted(ROUTES)), RAW_QUERIES, BODIES, HEADERS)
def test_every_posted_body_gets_json_and_no_5xx(
    collector: Application, path: str, query: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = sent(collector, "POST", f"{path}?{query}", body, headers)
    assert answer.status in (200, 400, 401)
    content: Any = answer.json()
    assert answer.headers["content-type"] == "application/json"
    if answer.status != 200:
        posthog = ROUTES[path].posthog
        assert content.keys() == {"code", "message", "detail"} | ({"type"} if posthog else set())


@given(st.sampled_from(sorted(PIXEL_KINDS)), RAW_QUERIES, HEADERS)
def test_every_pixel_is_an_image(collector: Application, root: str, query: str, headers: dict[str, str]) -> None:
    answer = sent(collector, "GET", f"{root}/track?{query}", b"", headers)
    assert (answer.status, answer.body) == (200, GIF)


@given(BODIES)
def test_data_of_a_pixel_may_be_anything(collector: Application, data: bytes) -> None:
    answer = sent(collector, "GET", "/pixel/v1/page?" + urlencode({"data": data, "writeKey": "WK"}), b"", {})
    assert (answer.status, answer.body) == (200, GIF)


@given(st.text(alphabet="/abtsv1{}.%*-_", max_size=30), st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "POST"]))
def test_any_path_gets_an_answer(collector: Application, path: str, method: str) -> None:
    answer = sent(collector, method, f"/{path}", b"", {})
    assert answer.status in (200, 400, 401, 404, 405)
