"""What was acknowledged is never lost and never stored twice, whichever process is killed under load.

Bound: two minutes.
"""

import itertools
import os
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segment.analytics.consumer
from segment.analytics.client import Client
from tests.acceptance.installation import wait_until_let_in
from tests.leadline_process import Folder, Server, wait_until

from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_key, derive_keys, load_master_keys
from leadline.privacy.lookup import LookupHasher

KILLS = 10
SENDERS = 4
PAUSE_SECONDS = 0.01
LOAD_SECONDS = 1.0


class Witness:
    """Stands between Segment's client and the network, and notes which messages it saw acknowledged."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.acknowledged: Counter[str] = Counter()
        self.given_up: list[str] = []
        self.attempts = 0
        self._post = segment.analytics.consumer.post
        self._lock = threading.Lock()
        monkeypatch.setattr(segment.analytics.consumer, "post", self.post)

    def post(self, *arguments: Any, **options: Any) -> Any:
        self.attempts += 1
        response = self._post(*arguments, **options)
        with self._lock:
            self.acknowledged.update(message["messageId"] for message in options["batch"])
        return response

    def on_error(self, _: Exception, batch: list[dict[str, Any]]) -> None:
        self.given_up.extend(message["messageId"] for message in batch)


class Load:
    """Threads that send events through the official client until they are told to stop."""

    def __init__(self, host: str, key: str, witness: Witness) -> None:
        self.sent = 0
        self._numbers: Iterator[int] = itertools.count()
        self._stop = threading.Event()
        self._clients = [
            Client(
                key,
                host=host,
                on_error=witness.on_error,
                max_queue_size=200_000,
                upload_size=25,
                upload_interval=0.05,
                max_retries=20,
                timeout=5,
                gzip=number % 2 == 0,
            )
            for number in range(SENDERS)
        ]
        self._threads = [threading.Thread(target=self._send, args=[client]) for client in self._clients]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop sending, and wait until every message was acknowledged or given up."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for client in self._clients:
            client.flush()
            client.join()

    def _send(self, client: Client) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            number = next(self._numbers)
            tool = {"tool": "calculator", "completed": True}
            client.track(f"person-{number % 50}", "Tool Used", tool, message_id=f"m-{number}")
            self.sent += 1


def kill_everything(server: Server) -> None:
    """The supervisor dies; collector and application must die with it, so that another can start at once."""
    server.kill()
    wait_until(server.has_left, 15, "the children of a killed supervisor give up their ports")
    server.start().wait_until_ready()


def kill_collector_worker(server: Server) -> None:
    """The process that answers clients dies; the supervisor has it back without help."""
    wait_until(server.collector_workers, 30, "a collector worker shows itself")
    before = server.collector_workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: set(server.collector_workers()) - set(before), 30, "another collector worker is there")
    server.wait_until_ready()


def stored_times(data: Path) -> Counter[str]:
    """How many times each message key is in the event store."""
    store = EventStore.open(data, derive_keys(data, "event-store"))
    try:
        with store.cursor() as cursor:
            return Counter(
                dict(cursor.execute("SELECT message_key::VARCHAR, count(*) FROM events GROUP BY 1").fetchall())
            )
    finally:
        store.close()


def test_every_acknowledged_event_is_stored_once_when_processes_are_killed_under_load(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = Witness(monkeypatch)
    began = time.monotonic()
    with Server(folder) as server:
        key = folder.json("keys", "create", "website")["write_key"]
        wait_until_let_in(server, key)
        with Load(server.collector, key, witness) as load:
            for number in range(KILLS):
                time.sleep(LOAD_SECONDS)
                (kill_everything if number % 2 else kill_collector_worker)(server)
            time.sleep(LOAD_SECONDS)
        wait_until(lambda: folder.ask("status")["spool_lag_seconds"] == 0, 90, "all is loaded")
        status = folder.json("status")
        count = folder.json("events", "count")["count"]
        assert server.stop() < 15
    stored = stored_times(folder.data)
    print(  # noqa: T201  # a measured figure, for whoever runs it
        f"\n{KILLS} kills in {time.monotonic() - began:.0f} s: {load.sent:,} sent, {len(witness.acknowledged):,} "
        f"acknowledged, {len(witness.given_up)} given up, {count:,} stored, {status['duplicates']:,} duplicates refused"
    )
    assert load.sent > 1_000
    assert set(stored.values()) == {1}
    assert _keys(folder.data, witness.acknowledged) <= set(stored)
    assert count == len(stored) == status["stored"]
    assert status["accepted"] == status["stored"] + status["duplicates"] + status["quarantined"]
    assert status["quarantined"] == 0


def _keys(data: Path, message_ids: Counter[str]) -> set[str]:
    """The keys under which these messages are stored. The test's source is the installation's first."""
    hasher = LookupHasher(derive_key(load_master_keys(data)[-1], "lookup"))
    return {str(uuid.UUID(int=hasher.message_key(1, message_id))) for message_id in message_ids}
