"""A collector over a real spool in a temporary folder, spoken to as an ASGI server would."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leadline.kernel.clock import to_micros
from leadline.tracking.collector.app import Application
from leadline.tracking.spool import SpoolRecord, SpoolWriter, closed_segments, read_segment

SPOOL_KEY = b"k" * 32
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOON_MICROS = to_micros(NOON)
BASIC = {"authorization": "Basic V0s6"}  # "WK:"
TRACK = b'{"type":"track","event":"E","anonymousId":"a"}'


def write_keyring(path: Path, keys: Mapping[str, int], networks: Sequence[str] = (), **settings: Any) -> None:
    """A keyring of these keys and sources; `settings` are what each says beside its source."""
    entries = {
        hashlib.sha256(key.encode()).hexdigest(): {"source": source, "name": "web", **settings}
        for key, source in keys.items()
    }
    nascent = path.with_suffix(".new")
    nascent.write_text(json.dumps({"keys": entries, "internal_networks": networks}))
    nascent.replace(path)


@dataclass(frozen=True)
class Answer:
    """What the application sent back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Station:
    """A collector and what lies behind it."""

    folder: Path
    writer: SpoolWriter
    app: Application
    chunk: int = 1 << 16

    def post(self, path: str, body: bytes, headers: Mapping[str, str] = BASIC) -> Answer:
        return self.request("POST", path, body, headers)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", path, b"", headers or {})

    def request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], client: str = "192.0.2.1"
    ) -> Answer:
        return asyncio.run(call(self.app, method, path, body, headers, self.chunk, client))

    def records(self) -> list[SpoolRecord]:
        self.writer.rotate()
        found = [one for path in closed_segments(self.writer.folder) for one in read_segment(path, [SPOOL_KEY])]
        return [one for one in found if isinstance(one, SpoolRecord)]


async def call(
    app: Application,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    chunk: int = 1 << 16,
    client: str = "192.0.2.1",
) -> Answer:
    """One request, its body in pieces of `chunk` bytes, from the address `client`. A path may have a query."""
    pieces = [body[start : start + chunk] for start in range(0, len(body), chunk)] or [b""]
    events = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    name, _, query = path.partition("?")
    scope = {"type": "http", "scheme": "http", "method": method, "path": name, "query_string": query.encode()}
    await app(scope | {"headers": raw, "client": (client, 50_000)}, receive, send)
    start = sent[0]
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], answered, b"".join(message["body"] for message in sent[1:]))
