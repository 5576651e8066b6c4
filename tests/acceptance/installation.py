"""A running installation that real clients send to, and what it has stored of each event source."""

import base64
import json
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.faults import Proxy
from tests.acceptance.wire_bodies import ids_by_number, message_id, messages
from tests.leadline_process import Folder, Server, wait_until

from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_key, derive_keys, load_master_keys
from leadline.privacy.lookup import LookupHasher

LOADED_SECONDS = 60.0
OURS = {200}
OVERLOAD = {429, 503}


@dataclass(frozen=True)
class Source:
    """An event source of one test, with its write key."""

    name: str
    number: int
    key: str


@dataclass
class Installation:
    """`leadline serve` on a data folder; several tests use it one after the other, each with a source of its own."""

    folder: Folder
    server: Server = field(init=False)
    sources: int = 0

    def __post_init__(self) -> None:
        self.server = Server(self.folder)

    @property
    def port(self) -> int:
        return self.server.collect_port

    def run(self) -> None:
        """Start it unless it runs."""
        process = self.server.process
        if process is None or process.poll() is not None:
            self.server.start().wait_until_ready()

    def source(self, kind: str) -> Source:
        """A new source whose key the collector knows."""
        self.run()
        self.sources += 1
        name = f"{kind}-{self.sources}"
        key = self.folder.json("keys", "create", name)["write_key"]
        wait_until_let_in(self.server, key)
        keyring = json.loads((self.folder.data / "keyring.json").read_text())["keys"]
        return Source(name, next(entry["source"] for entry in keyring.values() if entry["name"] == name), key)

    def restart(self) -> None:
        """As an administrator does it: SIGTERM, and start again."""
        self.server.stop()
        self.server.start().wait_until_ready()

    def kill(self) -> None:
        """SIGKILL, and start again."""
        self.server.kill()
        wait_until(self.server.has_left, 30, "the children of a killed supervisor give up their ports")
        self.server.start().wait_until_ready()

    def stop(self) -> None:
        if self.server.process is not None:
            self.server.stop()

    def stored(self, source: Source) -> Counter[str]:
        """How many times each message of a source is stored. Waits until all is loaded; leaves the server stopped."""
        self.run()
        wait_until(self._is_loaded, LOADED_SECONDS, "all that was accepted is loaded")
        self.stop()
        store = EventStore.open(self.folder.data, derive_keys(self.folder.data, "event-store"))
        try:
            with store.cursor() as cursor:
                query = "SELECT message_key::VARCHAR, count(*) FROM events WHERE source = ? GROUP BY 1"
                return Counter(dict(cursor.execute(query, [source.number]).fetchall()))
        finally:
            store.close()

    def keys(self, source: Source, message_ids: Iterable[str]) -> set[str]:
        """The keys under which messages of a source are stored."""
        hasher = LookupHasher(derive_key(load_master_keys(self.folder.data)[-1], "lookup"))
        return {str(uuid.UUID(int=hasher.message_key(source.number, each))) for each in message_ids}

    def _is_loaded(self) -> bool:
        status = self.folder.json("status")
        done = status["stored"] + status["duplicates"] + status["quarantined"]
        return bool(status["accepted"] == done and status["spool_lag_seconds"] == 0)


def wait_until_let_in(server: Server, key: str) -> None:
    """The collector looks at its keyring once a second: until it knows this key."""
    wait_until(lambda: post(f"{server.collector}/v1/batch", key, {"batch": []}) == 200, 30, "the key is known")


def post(url: str, key: str, body: Any) -> int:
    """The status that a JSON body gets."""
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Authorization": f"Basic {credentials}"})  # noqa: S310  # loopback
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310  # loopback
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def assert_each_is_stored_once(
    installation: Installation,
    source: Source,
    proxy: Proxy,
    calls: int,
    *,
    statuses: set[int] = OURS,
    silent: int = 0,
) -> None:
    """Every call got an id, one only; each id ever sent is stored exactly once, and nothing else is.

    Args:
        calls: how many calls the test numbered, from 0.
        statuses: what the collector itself may have answered.
        silent: how many messages the client is to have sent by itself.
    """
    ids = ids_by_number(proxy.exchanges)
    assert sorted(ids) == list(range(calls)), f"never sent: {sorted(set(range(calls)) - set(ids))}"
    assert [number for number, given in ids.items() if len(given) != 1] == [], "one id for each call, kept in retries"
    everything = {message_id(message) for message in messages(proxy.exchanges)}
    assert len(everything) == calls + silent
    assert proxy.statuses <= statuses
    assert proxy.remaining == [], "every fault befell somebody"
    stored = installation.stored(source)
    missing = installation.keys(source, everything) - set(stored)
    assert not missing, f"{len(missing)} of {len(everything)} lost"
    assert set(stored.values()) <= {1}, "none is stored twice"
    assert len(stored) == len(everything)


def wait_for_calls(proxy: Proxy, calls: int, seconds: float) -> None:
    """Until that many of the numbered calls are acknowledged."""
    wait_until(lambda: len(delivered(proxy)) >= calls, seconds, f"{calls} calls are acknowledged")


def delivered(proxy: Proxy) -> set[int]:
    """The numbers of the calls whose client was told 200."""
    return set(ids_by_number([each for each in proxy.exchanges if each.told == 200]))
