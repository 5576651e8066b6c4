"""Bodies that are too large, too slow or none are refused before Django keeps them; others pass untouched."""

import asyncio
import json
from typing import Any

import pytest

from leadline.project import bodies
from leadline.project.bodies import MEGABYTE, MOST_BYTES, with_bounded_body

PIECE = b"a" * MEGABYTE


async def length_told(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ARG001  # an application
    """Answers with how long the body was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def answer(messages: list[dict[str, Any]], path: str = "/x", length: bytes = b"", wait: float = 0) -> tuple[int, bytes]:
    """Status and body of what is answered to these messages, each of which comes after so many seconds."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(wait)
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"content-length", length)] if length else []}
    asyncio.run(with_bounded_body(length_told, scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def piece(content: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


def test_a_body_within_the_limits_passes() -> None:
    assert answer([piece(PIECE), piece(b"b", more=False)]) == (200, str(MEGABYTE + 1).encode())


def test_one_that_grows_too_large_is_413_and_not_read_on() -> None:
    messages = [piece(PIECE) for _ in range(10)]
    assert answer(messages)[0] == 413
    assert len(messages) == 5


def test_one_that_is_announced_as_too_large_is_not_read_at_all() -> None:
    messages = [piece(PIECE)]
    assert answer(messages, length=str(MOST_BYTES + 1).encode())[0] == 413
    assert len(messages) == 1


def test_a_file_of_spend_may_be_larger() -> None:
    messages = [*(piece(PIECE) for _ in range(20)), piece(b"", more=False)]
    assert answer(messages, "/conversions/money/upload") == (200, str(20 * MEGABYTE).encode())


def test_tiny_pieces_without_end_are_413() -> None:
    assert answer([piece(b"a") for _ in range(bodies.MOST_CHUNKS + 1)])[0] == 413


def test_a_body_that_breaks_off_is_400() -> None:
    assert answer([piece(b"a"), {"type": "http.disconnect"}])[0] == 400


def test_one_that_trickles_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.05)
    assert answer([piece(b"a") for _ in range(100)], wait=0.02)[0] == 408


def test_the_api_is_answered_in_its_own_shape() -> None:
    status, body = answer([piece(PIECE) for _ in range(10)], "/api/v1/leads")
    assert (status, json.loads(body)["code"]) == (413, "too_large")
