"""A person is erased on a running server, from every file: their bytes are there before, and nowhere afterwards.

Two searches. In the record store's files, its log and every other file of the data folder: the sealed values of the
person's rows, byte by byte as SQLite stores them; a row that was deleted and whose bytes are left would be found. In
the event store, which is encrypted and compressed: an uncompressed copy in clear. Each search is made before the
erasure, too, so that one that finds nothing because it can't find anything is no proof.

Bound: four minutes.
"""

import base64
import json
import shutil
import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.leadline_process import Folder, Server, wait_until

from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_keys

CANARY = "canary-4711"
EMAIL = f"ada.{CANARY}@example.com"
SEALED_START = 48
"""Of a sealed value so many bytes, key id and nonce among them, are like no other's; SQLite keeps them in one piece."""
SEALED = {
    "tracking_identity": ("value",),
    "tracking_profile": ("traits",),
    "tracking_lead": ("card",),
    "tracking_quarantinedmessage": ("body",),
}


def messages() -> list[dict[str, Any]]:
    """Ada's: as a visitor, as a user, and one that can't become an event."""
    ada: dict[str, Any] = {"userId": f"user-{CANARY}", "anonymousId": f"browser-{CANARY}"}
    pricing = {"page": {"path": f"/{CANARY}/pricing"}}
    return [
        {"type": "page", "anonymousId": f"browser-{CANARY}", "context": pricing, "messageId": "1"},
        {"type": "identify", **ada, "traits": {"email": EMAIL, "name": f"Ada {CANARY}"}, "messageId": "2"},
        {"type": "page", **ada, "context": pricing, "messageId": "3"},
        {"type": "track", **ada, "properties": {"note": f"no name of an event: {CANARY}"}, "messageId": "4"},
    ]


def others() -> list[dict[str, Any]]:
    """Somebody who stays."""
    ben = {"userId": "user-ben"}
    stays = {"page": {"path": "/ben-stays"}}
    return [
        {"type": "identify", **ben, "traits": {"email": "ben@example.com"}, "messageId": "5"},
        {"type": "page", **ben, "context": stays, "messageId": "6"},
    ]


def send(server: Server, key: str, batch: list[dict[str, Any]]) -> None:
    secret = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
    body = json.dumps({"batch": batch}).encode()
    request = urllib.request.Request(f"{server.collector}/v1/batch", body, headers)  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  # loopback
        assert response.status == 200


def sealed_bytes(data: Path) -> dict[str, bytes]:
    """The beginnings of every sealed value that is not Ben's, as it lies on the disk."""
    with sqlite3.connect(data / "records.sqlite3") as records:
        ben = "SELECT lead_id FROM tracking_identity WHERE id IN (SELECT identity_id FROM tracking_identityclaim)"
        assert records.execute(ben).fetchall()
        return {
            f"{table}.{column} {number}": bytes(value)[:SEALED_START]
            for table, columns in SEALED.items()
            for column in columns
            for number, value in records.execute(f"SELECT rowid, {column} FROM {table}")  # noqa: S608  # our own names
            if value is not None
        }


def found_in_files(data: Path, wanted: dict[str, bytes]) -> set[str]:
    """Which of these bytes are in any file of the folder."""
    files = [path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()]
    return {name for name, value in wanted.items() if any(value in content for content in files)}


def count_in_events(data: Path, scratch: Path, word: str) -> int:
    """How often a word stands in an uncompressed copy, in clear, of the event store."""
    copy = scratch / "copy"
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.sock"))
    store = EventStore.open(copy, derive_keys(copy, "event-store"))
    plain = scratch / "plain.duckdb"
    with store.cursor() as cursor:
        cursor.execute("SET force_compression = 'uncompressed'")
        cursor.execute(f"ATTACH '{plain}' AS plain")
        cursor.execute("COPY FROM DATABASE store TO plain")
        cursor.execute("DETACH plain")
    store.close()
    count = plain.read_bytes().count(word.encode())
    plain.unlink()
    shutil.rmtree(copy)
    return count


def answer(url: str) -> int:
    """The status of an answer, however long it takes on a busy machine."""
    with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310  # loopback
        return int(response.status)


@contextmanager
def visited(server: Server) -> Iterator[list[int]]:
    """Somebody reads pages that ask both stores, all the time: what they are answered."""
    statuses: list[int] = []
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            statuses.extend(answer(f"{server.pages}{path}") for path in ("/readyz", "/metrics", "/"))

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        yield statuses
    finally:
        over.set()
        visitor.join()


def test_nothing_of_a_person_is_left_in_any_file(folder: Folder, tmp_path: Path) -> None:
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        send(server, key, messages() + others())
        wait_until(lambda: folder.ask("status")["stored"] == 5, 60, "events are stored")
        assert folder.json("status")["quarantined"] == 1
    wanted = sealed_bytes(folder.data)
    assert {name.split(".")[0] for name in wanted} == set(SEALED)
    assert found_in_files(folder.data, wanted) == set(wanted)
    assert count_in_events(folder.data, tmp_path, CANARY) >= 2
    with Server(folder) as server, visited(server) as statuses:
        proof = folder.json("privacy", "erase", EMAIL, "--yes")
        assert proof["state"] == "erased"
        assert not any(proof["left"].values())
        erased = found_in_files(folder.data, wanted)
    assert set(statuses) == {200}
    kept = set(sealed_bytes(folder.data))
    assert erased == found_in_files(folder.data, wanted) == kept & set(wanted)
    assert len(kept) < len(wanted)
    assert count_in_events(folder.data, tmp_path, CANARY) == 0
    assert count_in_events(folder.data, tmp_path, "/ben-stays") >= 1
    assert [path.name for path in folder.data.glob("*.duckdb")] == ["events.2.duckdb"]
    in_clear = [path for path in folder.data.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert not in_clear
    assert CANARY not in Path(f"{folder.data}.log").read_text()


@pytest.mark.postgres
def test_a_person_is_erased_with_the_record_store_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    folder = Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql})
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        send(server, key, messages() + others())
        wait_until(lambda: folder.ask("status")["stored"] == 5, 60, "events are stored")
        proof = folder.json("privacy", "erase", EMAIL, "--yes")
        assert proof["state"] == "erased"
        assert not any(proof["left"].values())
        assert folder.json("events", "count")["count"] == 2
    assert count_in_events(folder.data, tmp_path, CANARY) == 0
