"""The key of the event store's file: random, its own, kept wrapped beside it so that an erasure can change both."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.encryption import FieldCipher

FILE_NAME = "events.key"
KEY_BYTES = 32
CONTEXT = b"events.key"


def read_or_create(data: Path, store: Path, keys: Sequence[bytes]) -> bytes:
    """The file key of `store`; a new one when neither file nor key exists.

    Args:
        data: the data folder.
        store: the database file that the key opens.
        keys: the wrapping keys, newest first.

    Raises:
        ConfigurationError: the store is there without its key, or none of `keys` unwraps it.
    """
    path = data / FILE_NAME
    if path.exists():
        return FieldCipher(keys).open(path.read_bytes(), CONTEXT)
    if store.exists():
        raise ConfigurationError(f"{store} is there, {path} is not.", advice="Restore both from the same backup.")
    key = secrets.token_bytes(KEY_BYTES)
    write(path, key, keys)
    return key


def write(path: Path, key: bytes, keys: Sequence[bytes]) -> None:
    """Wrap `key` and put it at `path` in one step, mode 0600, durable when this returns."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(FieldCipher(keys).seal(key, CONTEXT))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
