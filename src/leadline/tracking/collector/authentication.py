"""Write keys: who a request comes from. Known by their SHA-256 only, from a file that the application writes."""

import base64
import binascii
import hashlib
import logging
import os
import time
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from pathlib import Path

import msgspec

from leadline.tracking.collector.options import Network

CHECK_SECONDS = 0.5
CACHED_HEADERS = 1_000

_log = logging.getLogger(__name__)


class KeyEntry(msgspec.Struct, frozen=True):
    """What the keyring says of one write key: the event source's id and name, the web origins that may send (empty:
    any), and how many requests a second each collector process takes (0 or null: any number)."""

    source: int
    name: str = ""
    origins: tuple[str, ...] = ()
    rate: int | None = 0


class KeyringFile(msgspec.Struct, frozen=True):
    """The form of ``keyring.json``: entries by the hexadecimal SHA-256 of the write key; networks in CIDR notation."""

    keys: dict[str, KeyEntry]
    internal_networks: tuple[str, ...] = ()


class Keyring:
    """The write keys of a `keyring.json`, read again when the file changes (looked at every half second at most).

    A file that is absent at the start means no keys; one that disappears or breaks later leaves the last keys valid,
    since a refusal makes clients drop their events.
    """

    def __init__(self, path: Path) -> None:
        self.loaded = False
        self.internal_networks: tuple[Network, ...] = ()
        self._path = path
        self._entries: dict[str, KeyEntry] = {}
        self._by_header: dict[bytes, KeyEntry] = {}
        self._seen: tuple[int, int, int] | None = None
        self._next_check = 0.0

    def entry_of(self, authorization: bytes | None, body_key: object) -> KeyEntry | None:
        """What is known of the key in an Authorization header or a body; None when neither is known. A key in a path
        or query counts as the body's."""
        if time.monotonic() >= self._next_check:
            self.refresh()
        if authorization is not None:
            entry = self._by_header.get(authorization)
            if entry is None:
                entry = self._from_header(authorization)
            if entry is not None:
                return entry
        return self._lookup(body_key.encode(errors="replace")) if isinstance(body_key, str) else None

    def refresh(self) -> None:
        """Read the file again if it changed and the last look is half a second ago."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + CHECK_SECONDS
        try:
            status = os.stat(self._path)  # noqa: PTH116  (on the path of requests: Path.stat costs twice as much)
        except OSError:
            return
        seen = (status.st_mtime_ns, status.st_ino, status.st_size)
        if seen != self._seen:
            self._load()
            self._seen = seen

    def _load(self) -> None:
        try:
            file = msgspec.json.decode(self._path.read_bytes(), type=KeyringFile)
        except (OSError, msgspec.MsgspecError) as error:
            _log.error("the keyring %s can't be read, the last one stays valid: %s", self._path, error)
            return
        self._entries = file.keys
        self._by_header = {}
        self.internal_networks = tuple(_networks(file.internal_networks))
        self.loaded = True

    def _from_header(self, authorization: bytes) -> KeyEntry | None:
        scheme, _, value = authorization.partition(b" ")
        if scheme.lower() != b"basic":  # Bearer belongs to OAuth; the key is in the body then
            return None
        try:
            name, _, _ = base64.b64decode(value.strip()).partition(b":")
        except binascii.Error:
            return None
        entry = self._lookup(name)
        if entry is not None and len(self._by_header) < CACHED_HEADERS:
            self._by_header[authorization] = entry
        return entry

    def _lookup(self, write_key: bytes) -> KeyEntry | None:
        return self._entries.get(hashlib.sha256(write_key).hexdigest())


def _networks(texts: Iterable[str]) -> Iterator[Network]:
    for text in texts:
        try:
            yield ip_network(text, strict=False)
        except ValueError as error:
            _log.error("an internal network of the keyring is left out: %s", error)
