"""PostHog's clients: every body that they send is understood, and errors are told as they understand them."""

import base64
import errno
import gzip
import json
import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import pytest
from collector_station import Station, write_keyring

from leadline.tracking.collector.routes import NO_FLAGS

EVENT = {"event": "E", "distinct_id": "u1", "uuid": "m-1", "properties": {"a": "ü+ /"}}
KEYED = EVENT | {"api_key": "WK"}
BATCH = {"api_key": "WK", "batch": [EVENT, EVENT], "sent_at": "2026-01-01T00:00:00Z"}
PATHS = ("/batch", "/capture", "/e", "/i/v0/e", "/track", "/engage")


def text(content: Any) -> bytes:
    return json.dumps(content).encode()


def form(content: bytes) -> bytes:
    return b"data=" + quote_plus(base64.b64encode(content)).encode() + b"&ver=1.200.0"


def unescaped_form(content: bytes) -> bytes:
    return b"data=" + base64.b64encode(content)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", PATHS)
def test_every_spelling_takes_events(station: Station, path: str, slash: str) -> None:
    answer = station.post(path + slash, text(KEYED), {})
    assert (answer.status, answer.json()) == (200, {"status": 1})
    (record,) = station.records()
    assert (record.source, record.route, json.loads(record.body)) == (7, "posthog", KEYED)


@pytest.mark.parametrize(
    ("path", "wrap"),
    [
        ("/e/", lambda content: content),
        ("/e/", gzip.compress),
        ("/e/?compression=gzip-js&ver=1.200.0", gzip.compress),
        ("/e/?compression=base64", form),
        ("/e/?compression=base64", unescaped_form),
        ("/e/?compression=base64", lambda content: form(gzip.compress(content))),
        ("/e/", base64.b64encode),
        ("/e/", base64.urlsafe_b64encode),
        ("/e/", lambda content: base64.b64encode(content).rstrip(b"=")),
        ("/e/", lambda content: base64.b64encode(gzip.compress(content))),
        ("/e/", lambda content: b"data=" + quote_plus(content).encode()),
        ("/e/", lambda content: b"  \n" + content),
    ],
)
def test_bodies_are_known_by_what_they_are(station: Station, path: str, wrap: Any) -> None:
    assert station.post(path, wrap(text(BATCH)), {"content-type": "text/plain"}).status == 200
    assert json.loads(station.records()[0].body) == BATCH


def test_an_empty_body_may_have_its_data_in_the_query(station: Station) -> None:
    data = quote_plus(base64.b64encode(text(KEYED)))
    assert station.post(f"/e/?data={data}", b"", {}).status == 200


@pytest.mark.parametrize(
    "content",
    [
        KEYED,
        EVENT | {"token": "WK"},
        EVENT | {"$token": "WK"},
        EVENT | {"properties": {"token": "WK"}},
        [KEYED, EVENT],
        [EVENT | {"properties": {"token": "WK"}}, KEYED],
        BATCH,
        {"token": "WK", "batch": [EVENT]},
        {"batch": [KEYED]},
        {"api_key": "WK", "batch": [EVENT, 5, "x", None, {"api_key": 5, "properties": []}]},
        [KEYED, 5, [], {"properties": 7}],
    ],
)
def test_the_key_is_found_wherever_it_is(station: Station, content: Any) -> None:
    assert station.post("/batch/", text(content), {}).status == 200
    assert station.records()[0].source == 7


@pytest.mark.parametrize(
    ("body", "status", "code", "kind"),
    [
        (text(EVENT), 401, "unknown_write_key", "authentication_error"),
        (text({"api_key": "other", "batch": []}), 401, "unknown_write_key", "authentication_error"),
        (text([]), 401, "unknown_write_key", "authentication_error"),
        (text([KEYED, EVENT | {"token": "other"}]), 400, "several_write_keys", "validation_error"),
        (text({"api_key": "WK", "batch": 5}), 400, "invalid_body", "validation_error"),
        (text({"api_key": "WK", "batch": [1] * 3_001}), 400, "too_many_events", "validation_error"),
        (b"", 400, "malformed_json", "validation_error"),
        (b"5", 400, "malformed_json", "validation_error"),
        (b"{", 400, "malformed_json", "validation_error"),
        (b"data=", 400, "malformed_json", "validation_error"),
        (b"data=%7B", 400, "malformed_json", "validation_error"),
        (b"\x00\xff", 400, "malformed_json", "validation_error"),
        (b'{"a":"\xff"}', 400, "malformed_json", "validation_error"),
        (b"[" * 40_000, 400, "malformed_json", "validation_error"),
        (b"\x1f\x8bnonsense", 400, "malformed_gzip", "validation_error"),
        (base64.b64encode(gzip.compress(b" " * 100_001)), 400, "payload_too_large", "validation_error"),
        (b"&".join([b"data=x"] * 201), 400, "invalid_query", "validation_error"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_refusals_say_what_posthogs_clients_read(
    station: Station, body: bytes, status: int, code: str, kind: str
) -> None:
    answer = station.post("/e/", body, {})
    assert (answer.status, answer.json()["code"], answer.json()["type"]) == (status, code, kind)
    assert answer.json().keys() == {"code", "message", "detail", "type"}
    assert station.records() == []


def test_lz64_is_refused_by_its_name(station: Station) -> None:
    assert station.post("/e/?compression=lz64", b"data=abcd", {}).json()["code"] == "unsupported_compression"


def test_a_full_disk_is_503_since_posthog_js_drops_what_gets_a_429(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    answer = station.post("/e/", text(KEYED), {"origin": "https://shop.example"})
    assert (answer.status, answer.headers["retry-after"], answer.json()["type"]) == (503, "5", "server_error")
    assert answer.headers["access-control-expose-headers"] == "Retry-After"


def test_too_many_requests_are_503_too(station: Station) -> None:
    write_keyring(station.folder / "keyring.json", {"WK": 7}, rate=1)
    statuses = [station.post("/e/", text(KEYED), {}).status for _ in range(3)]
    assert statuses == [200, 200, 503]


@pytest.mark.parametrize("path", ["/flags", "/flags/", "/decide", "/decide/", "/flags/?v=2"])
def test_there_are_no_flags(station: Station, path: str) -> None:
    answer = station.post(path, b"whatever", {})
    assert (answer.status, answer.body) == (200, NO_FLAGS)
    assert answer.json()["flags"] == {}


def test_the_capture_route_answers_for_each_event(station: Station) -> None:
    body = gzip.compress(text({"created_at": "2026-01-01T00:00:00Z", "batch": [EVENT, {"event": "F"}, 5]}))
    headers = {"authorization": "Bearer WK", "posthog-request-timestamp": "2026-01-01T11:59:00Z"}
    answer = station.post("/i/v1/analytics/events", body, headers)
    assert (answer.status, answer.json()) == (200, {"results": {"m-1": {"result": "ok"}}})
    assert station.records()[0].headers == {"sentat": "2026-01-01T11:59:00Z"}
    assert station.post("/i/v1/analytics/events", body, {"authorization": "Bearer no"}).status == 401


def test_the_time_of_sending_may_be_in_the_query(station: Station) -> None:
    sent = datetime(2026, 1, 1, 11, 59, tzinfo=UTC)
    assert station.post(f"/e/?_={int(sent.timestamp() * 1000)}", text(KEYED), {}).status == 200
    assert station.post("/e/?_=17000", text(KEYED), {}).status == 200
    assert [record.headers.get("sentat") for record in station.records()] == [sent.isoformat(), None]
