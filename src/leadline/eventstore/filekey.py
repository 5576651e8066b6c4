"""The key of the event store's file and that file's name: random, its own, kept wrapped beside it.

Both are in one small file, which is replaced in one step: an erasure copies the store into a new file under a new key,
and whoever opens the store after a crash finds either the old pair or the new one.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from leadline.kernel.durability import make_durable
from leadline.kernel.errors import ConfigurationError
from leadline.privacy.durable_files import replace_durably
from leadline.privacy.encryption import FieldCipher

FILE_NAME = "events.key"
KEY_BYTES = 32
CONTEXT = b"events.key"
BEFORE = ".before"
STORE = "events.duckdb"
"""The first file; each copy has a number."""
NAMES = re.compile(r"events(\.\d+)?\.duckdb")


@dataclass(frozen=True, slots=True)
class FileKey:
    """A database file's name, inside the data folder, and the 32 bytes that open it."""

    key: bytes = field(repr=False)
    file: str = STORE

    def next(self) -> "FileKey":
        """A fresh key for the next copy: events.duckdb, events.2.duckdb, events.3.duckdb."""
        number = int(self.file.split(".")[1]) if self.file != STORE else 1
        return FileKey(secrets.token_bytes(KEY_BYTES), f"events.{number + 1}.duckdb")


def read_or_create(data: Path, keys: Sequence[bytes]) -> FileKey:
    """Which file of `data` is the event store, and its key; a new one when there is neither file nor key.

    Args:
        data: the data folder.
        keys: the wrapping keys, newest first.

    Raises:
        ConfigurationError: a store is there without its key or a key without its store, or none of `keys` unwraps it.
    """
    path = data / FILE_NAME
    if path.exists():
        return _beside_its_store(data, read(path, keys))
    if store := next(iter(store_files(data)), None):
        raise ConfigurationError(f"{store} is there, {path} is not.", advice="Restore both from the same backup.")
    made = FileKey(secrets.token_bytes(KEY_BYTES))
    write(path, made, keys)
    return made


def read(path: Path, keys: Sequence[bytes]) -> FileKey:
    """What `write` put at `path`. Before there were copies, it held the key alone."""
    plain = FieldCipher(keys).open(path.read_bytes(), CONTEXT)
    return FileKey(plain[:KEY_BYTES], plain[KEY_BYTES:].decode() or STORE)


def store_files(data: Path) -> list[Path]:
    """Every event store in the folder, without write-ahead logs: one, except between the steps of a copy."""
    return sorted(path for path in data.glob("events*.duckdb") if NAMES.fullmatch(path.name))


def _beside_its_store(data: Path, found: FileKey) -> FileKey:
    # The first start may have died between key and store; a copy is there before it is named.
    if found.file == STORE and not store_files(data):
        return found
    if not (data / found.file).exists():
        advice = "Restore both from the same backup."
        raise ConfigurationError(f"{data / FILE_NAME} is the key of {found.file}, which is not there.", advice=advice)
    return found


def write(path: Path, key: FileKey, keys: Sequence[bytes]) -> None:
    """Wrap `key` and put it at `path` in one step, mode 0600, durable when this returns."""
    replace_durably(path, FieldCipher(keys).seal(key.key + key.file.encode(), CONTEXT))


@contextmanager
def replaced(path: Path, key: FileKey, keys: Sequence[bytes]) -> Iterator[None]:
    """Have another key at `path` from now on; the former one again when what is done inside fails. To put it back needs
    no room on the disk."""
    before = path.with_name(path.name + BEFORE)
    before.unlink(missing_ok=True)
    before.hardlink_to(path)
    try:
        write(path, key, keys)
        yield
    except BaseException:
        before.replace(path)
        make_durable(path.parent)
        raise
    before.unlink()
