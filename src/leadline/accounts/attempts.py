"""Django's cache, which counts the attempts to sign in: a small SQLite file beside the record store.

Rate limits need a count that all processes share, that a restart does not forget and that an attack does not make
grow without bounds; and counting in the record store itself would let whoever guesses passwords hold up the writes of
everybody else. Values are JSON (no pickle); keys, which hold addresses of clients, are kept as keyed digests.
"""

import itertools
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from leadline.privacy.fields import lookup_hasher

MOST_ENTRIES = 20_000
"""Beyond it what would end first goes: about 3 MB."""
SWEEP_EVERY = 500
"""Writes of one process between two sweeps."""
PATIENCE_SECONDS = 5.0
POLL_SECONDS = 0.02
FOREVER = 1e12
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_until ON kept (until);
"""
_connections: dict[tuple[int, Path], sqlite3.Connection] = {}
"""By process and file: opening one costs ten times what counting does, and whoever guesses makes us count."""
_using = threading.RLock()
_writes = itertools.count()


class AttemptsCache(BaseCache):
    """A cache backend over one SQLite file, whose path is the LOCATION."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._file = Path(location)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless one is kept already. Returns whether it was; of several at once one succeeds."""
        row = (self._key(key, version), json.dumps(value), self._until(timeout))
        with self._changing() as kept:
            kept.execute("DELETE FROM kept WHERE key = ? AND until <= ?", (row[0], time.time()))
            return kept.execute("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", row).rowcount == 1

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, as it is read from JSON; `default` for none and one that is over."""
        asked = (self._key(key, version), time.time())
        with self._opened() as kept:
            found = kept.execute("SELECT value FROM kept WHERE key = ? AND until > ?", asked).fetchone()
        return json.loads(found[0]) if found else default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a JSON value for so many seconds; None: for good."""
        row = (self._key(key, version), json.dumps(value), self._until(timeout))
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", row)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep what there is for another so many seconds. Returns whether there was something."""
        told = (self._until(timeout), self._key(key, version), time.time())
        with self._changing() as kept:
            return kept.execute("UPDATE kept SET until = ? WHERE key = ? AND until > ?", told).rowcount == 1

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value. Returns whether there was one."""
        with self._changing() as kept:
            return kept.execute("DELETE FROM kept WHERE key = ?", (self._key(key, version),)).rowcount == 1

    def clear(self) -> None:
        """Forget everything."""
        with self._changing() as kept:
            kept.execute("DELETE FROM kept")

    def _key(self, key: Any, version: int | None) -> bytes:
        return lookup_hasher().digest("attempt", self.make_key(str(key), version))

    def _until(self, timeout: Any) -> float:
        return self.get_backend_timeout(timeout) or FOREVER

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._opened() as kept:
            kept.execute("BEGIN IMMEDIATE")
            try:
                yield kept
                self._sweep(kept)
                kept.execute("COMMIT")
            except BaseException:
                kept.rollback()
                raise

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The connection that all threads of this process share, one after the other."""
        with _using:
            place = (os.getpid(), self._file)
            if place not in _connections or not self._file.exists():
                if (former := _connections.pop(place, None)) is not None:
                    former.close()
                _connections[place] = self._connected()
            yield _connections[place]

    def _connected(self) -> sqlite3.Connection:
        if not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file.touch(mode=0o600)
        kept = sqlite3.connect(self._file, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
        self._make(kept)
        kept.execute("PRAGMA synchronous = OFF")  # a count that a power cut forgets is no loss
        return kept

    def _make(self, kept: sqlite3.Connection) -> None:
        """Turning to the write-ahead log does not wait for other processes by itself, as every later statement does."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                kept.executescript(SCHEMA)
                return
            except sqlite3.OperationalError:
                if time.monotonic() >= until:
                    raise
                time.sleep(POLL_SECONDS)

    def _sweep(self, kept: sqlite3.Connection) -> None:
        if next(_writes) % SWEEP_EVERY:
            return
        kept.execute("DELETE FROM kept WHERE until <= ?", (time.time(),))
        surplus = kept.execute("SELECT count(*) FROM kept").fetchone()[0] - MOST_ENTRIES
        if surplus > 0:
            kept.execute("DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY until LIMIT ?)", (surplus,))
