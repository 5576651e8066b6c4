"""Small files of events."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DAY = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
"""Yesterday: an import evaluates each midnight since its first event."""


def message(number: int, **more: Any) -> dict[str, Any]:
    named = {"type": "track", "event": "Tool Used", "userId": f"user-{number % 7}"}
    properties = {"tool": "calculator", "completed": True}
    return {
        **named,
        "messageId": f"m-{number}",
        "timestamp": f"{DAY}T10:00:{number % 60:02}Z",
        "properties": properties,
        **more,
    }


def lines(count: int) -> list[str]:
    return [json.dumps(message(number)) for number in range(count)]


def write(path: Path, content: list[str]) -> Path:
    text = "\n".join(content) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


BAD = [
    "{not json",
    json.dumps([1, 2]),
    json.dumps({"type": "track", "event": "Tool Used", "userId": "user-1", "properties": {"tool": 5}}),
    json.dumps({"type": "track", "userId": "user-1"}),
    json.dumps({"type": "track", "event": "Tool Used"}),
    "",
]
