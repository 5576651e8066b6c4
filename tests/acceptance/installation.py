"""A running installation that real clients send to, and what it has stored of each event source."""

import base64
import itertools
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.acceptance.faults import Proxy
from tests.acceptance.wire_bodies import ids_by_number, message_id, messages
from tests.leadline_process import Folder, Server, wait_until

from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_key, derive_keys, load_master_keys
from leadline.privacy.lookup import LookupHasher

LOADED_SECONDS = 120.0
OURS = {200}
OVERLOAD = {429, 503}

SOURCES = 20
MAKE_SOURCES = """
import json, sys
from leadline.cli.session import migrate, start_django
start_django()
migrate()
from leadline.tracking.models import EventSource
from leadline.tracking.sources import create_key
names = [f"{sys.argv[1]}-{number}" for number in range(int(sys.argv[2]))]
keys = {name: create_key(name) for name in names}
numbers = dict(EventSource.objects.filter(name__in=names).values_list("name", "pk"))
print(json.dumps([(name, numbers[name], key) for name, key in keys.items()]))
"""
_sets = itertools.count(1)


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
    unused: list[Source] = field(default_factory=list)

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

    def source(self) -> Source:
        """A new source whose key the collector knows."""
        if not self.unused:
            self.unused = self._more_sources()
        self.run()
        source = self.unused.pop()
        wait_until_let_in(self.server, source.key)
        return source

    def _more_sources(self) -> list[Source]:
        """Made by one process, since each takes seconds to start."""
        command = [sys.executable, "-c", MAKE_SOURCES, f"clients-{next(_sets)}", str(SOURCES)]
        made = subprocess.run(command, env=self.folder.environment, capture_output=True, text=True, check=True)
        return [Source(*each) for each in json.loads(made.stdout)]

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
        """How many times each message of a source is stored. Waits until all is loaded."""
        self.run()
        wait_until(self.folder.is_loaded, LOADED_SECONDS, "all that was accepted is loaded")
        with TemporaryDirectory(dir=self.folder.data.parent) as copy:
            wait_until(
                lambda: self._is_copied(Path(copy)), LOADED_SECONDS, "the store rests for as long as a copy takes"
            )
            store = EventStore.open(Path(copy), derive_keys(self.folder.data, "event-store"))
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

    def _is_copied(self, to: Path) -> bool:
        """Copy the running server's event store, as a crash would leave it. False when it was written meanwhile."""
        shutil.rmtree(to)
        before = self._store_files()
        try:
            to.mkdir()
            for name in before:
                shutil.copy2(self.folder.data / name, to / name)
        except FileNotFoundError:
            return False
        return self._store_files() == before

    def _store_files(self) -> dict[str, tuple[int, int]]:
        found = {path.name: path.stat() for path in self.folder.data.glob("events*")}
        return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


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
