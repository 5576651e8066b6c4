"""Every refusal: its status, its exact JSON, and that nothing of it reaches the spool."""

import asyncio
import errno
import gzip
import json
import os
import tracemalloc
import zlib

import pytest
from collector_station import BASIC, TRACK, Station, call

from leadline.tracking.collector.requests import BodyReader, DisconnectedError, Limits, RefusedError, inflate

LIST_ADVICE = "A batch is an object with a list named batch."
TOO_LARGE = {
    "code": "payload_too_large",
    "message": "The body is larger than 100000 bytes.",
    "detail": "Send smaller batches; the limit holds after decompression.",
}


@pytest.mark.parametrize(
    ("body", "code", "message", "detail"),
    [
        (b"", "malformed_json", "Input data was truncated.", "byte 0, line 1, column 1"),
        (b'{"batch":[', "malformed_json", "Input data was truncated.", "byte 10, line 1, column 11"),
        (
            b'{\n "batch": [}',
            "malformed_json",
            "JSON is malformed: invalid character (byte 13).",
            "byte 13, line 2, column 12",
        ),
        (
            b'{"batch":["\xff"]}',
            "malformed_json",
            "The body is not UTF-8 (invalid start byte).",
            "byte 11, line 1, column 12",
        ),
        (b"[1]", "invalid_body", "Expected `object`, got `array`.", LIST_ADVICE),
        (b"null", "invalid_body", "Expected `object`, got `null`.", LIST_ADVICE),
        (b"{}", "invalid_body", "Object missing required field `batch`.", LIST_ADVICE),
        (b'{"batch":5}', "invalid_body", "Expected `array`, got `int` - at `$.batch`.", LIST_ADVICE),
        (
            b'{"batch":[' + b"[" * 40_000 + b"]" * 40_000 + b"]}",
            "malformed_json",
            "The JSON is nested too deeply.",
            "A thousand levels is too many.",
        ),
        (
            b'{"batch":[' + b"1," * 3_000 + b"1]}",
            "too_many_events",
            "The batch has 3001 events; the limit is 3000.",
            "Send smaller batches.",
        ),
    ],
)
def test_bad_bodies_are_400(station: Station, body: bytes, code: str, message: str, detail: str) -> None:
    answer = station.post("/v1/batch", body)
    assert answer.status == 400
    assert answer.json() == {"code": code, "message": message, "detail": detail}
    assert answer.headers["content-type"] == "application/json"
    assert station.records() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"a":"\xff"}', b'{"a":' + b"[" * 40_000])
def test_bad_single_messages_are_400(station: Station, body: bytes) -> None:
    assert station.post("/v1/track", body).status == 400


def test_a_batch_at_segments_limits_passes() -> None:
    assert Limits().body_bytes > 500_000
    assert Limits().batch_events >= 2_500


def test_one_overlong_event_is_not_a_reason_to_refuse(station: Station) -> None:
    body = json.dumps({"batch": [{"type": "track", "event": "x" * 40_000}, {"type": "track"}]}).encode()
    assert station.post("/v1/batch", body).status == 200


@pytest.mark.parametrize("headers", [{}, {"content-length": "100001"}])
def test_large_bodies_are_refused(station: Station, headers: dict[str, str]) -> None:
    answer = station.post("/v1/batch", b" " * 100_001, BASIC | headers)
    assert (answer.status, answer.json()) == (400, TOO_LARGE)


@pytest.mark.parametrize("header", [{"content-encoding": "gzip"}, {}])
def test_gzip_is_known_by_its_header_or_its_first_bytes(station: Station, header: dict[str, str]) -> None:
    assert station.post("/v1/track", gzip.compress(TRACK), BASIC | header).status == 200
    assert [record.body for record in station.records()] == [TRACK]


def test_gzip_in_several_members_is_joined() -> None:
    assert inflate(gzip.compress(TRACK[:10]) + gzip.compress(TRACK[10:]), Limits()) == TRACK


@pytest.mark.parametrize("body", [gzip.compress(TRACK, mtime=0)[:-9], b"\x1f\x8bnonsense"], ids=["cut off", "nonsense"])
def test_damaged_gzip_is_400(station: Station, body: bytes) -> None:
    answer = station.post("/v1/track", body)
    assert (answer.status, answer.json()["code"]) == (400, "malformed_gzip")


def test_a_gzip_bomb_is_refused_in_bounded_memory() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError, match="larger than 4194304 bytes"):
            inflate(bomb, Limits())
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_a_full_disk_is_429_with_retry_after(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    answer = station.post("/v1/track", TRACK, BASIC | {"origin": "https://shop.example"})
    assert answer.status == 429
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    assert answer.json() == {
        "code": "spool_unavailable",
        "message": "The spool can't be written: No space left on device.",
        "detail": "Free disk space, or check the disk's health; the collector recovers by itself.",
    }
    assert station.get("/readyz").status == 503


def test_a_closed_spool_is_429_so_that_clients_come_again(station: Station) -> None:
    station.writer.close()
    assert station.post("/v1/track", TRACK).status == 429


def test_too_many_bodies_at_once_are_429(station: Station) -> None:
    async def scenario() -> list[int]:
        bodies = [b" " * 90_000 for _ in range(4)]
        answers = [call(slow, "POST", "/v1/batch", body, BASIC, 30_000) for body in bodies]
        return sorted(answer.status for answer in await asyncio.gather(*answers))

    async def slow(scope, receive, send):
        async def pausing() -> object:
            await asyncio.sleep(0)
            return await receive()

        await station.app(scope, pausing, send)

    statuses = asyncio.run(scenario())
    assert 429 in statuses
    assert set(statuses) <= {400, 429}  # blanks are no JSON
    assert station.post("/v1/track", TRACK).status == 200


def test_gzip_of_very_many_members_is_refused_before_it_costs_time(station: Station) -> None:
    answer = station.post("/v1/track", gzip.compress(b" ") * 1_000)
    assert (answer.status, answer.json()["code"]) == (400, "malformed_gzip")


def test_a_body_that_trickles_is_told_to_come_again() -> None:
    async def receive() -> dict[str, object]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    with pytest.raises(RefusedError) as refused:
        asyncio.run(BodyReader(Limits(body_seconds=0.1)).read(receive, {}))
    assert (refused.value.status, refused.value.code) == (429, "too_slow")


def test_a_body_of_tiny_pieces_without_end_is_refused() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b" ", "more_body": True}

    reader = BodyReader(Limits())
    with pytest.raises(RefusedError, match="too many pieces"):
        asyncio.run(reader.read(receive, {}))
    assert reader.held_bytes == 0


def test_a_client_that_leaves_is_counted_and_frees_its_bytes() -> None:
    reader = BodyReader(Limits())
    events = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> dict[str, object]:
        return events.pop(0)

    with pytest.raises(DisconnectedError):
        asyncio.run(reader.read(receive, {}))
    assert reader.held_bytes == 0
