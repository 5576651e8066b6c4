"""Where every key comes from: master keys, newest first, and one derived key per purpose.

The embedded installation makes its master key on first start, mode 0600, in the data folder. A server installation
passes them in ``LEADLINE_SECRET_KEYS`` (or the file named by ``LEADLINE_SECRET_KEYS_FILE``), newest first.
"""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leadline.kernel.durability import make_durable
from leadline.kernel.errors import ConfigurationError
from leadline.privacy.durable_files import replace_durably

KEY_BYTES = 32
FILE_NAME = "secret_keys"
KEYS_VARIABLE, FILE_VARIABLE = "LEADLINE_SECRET_KEYS", "LEADLINE_SECRET_KEYS_FILE"


def create_master_key(data: Path) -> None:
    """Make the first master key of a data folder; an existing one is left as it is.

    The file appears whole or not at all: an empty one, left by a crash, would never be replaced.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (data / FILE_NAME).exists():
        return
    draft = data / f".{FILE_NAME}.{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            (data / FILE_NAME).hardlink_to(draft)
    finally:
        draft.unlink()
    make_durable(data)


def load_master_keys(data: Path) -> list[bytes]:
    """The master keys, newest first: from the environment, else from the data folder.

    Raises:
        ConfigurationError: there is none, one is not 64 hexadecimal digits, or LEADLINE_SECRET_KEYS_FILE names no
            file: to go on with other keys would make new digests of everybody.
    """
    words = _from_environment() or _from_file(data / FILE_NAME)
    if not words:
        raise ConfigurationError(
            f"There are no secret keys in {data}.",
            advice="Run `leadline serve` once, or set LEADLINE_SECRET_KEYS_FILE.",
        )
    return parse_keys(words)


def parse_keys(words: Sequence[str]) -> list[bytes]:
    """Master keys from how `secret_keys` writes them.

    Raises:
        ConfigurationError: one is not 64 hexadecimal digits.
    """
    return [_parse(word) for word in words]


def derive_key(master: bytes, purpose: str) -> bytes:
    """A 32-byte key that serves one purpose and tells nothing about the others (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"leadline:{purpose}".encode()).derive(master)


def derive_keys(data: Path, purpose: str) -> list[bytes]:
    """One derived key for each master key, newest first."""
    return [derive_key(master, purpose) for master in load_master_keys(data)]


def from_environment() -> bool:
    """Whether the operator keeps the keys: then none is added or taken away here."""
    return any(os.environ.get(name) for name in (KEYS_VARIABLE, FILE_VARIABLE))


def write_master_keys(data: Path, masters: Sequence[bytes]) -> None:
    """Have these keys, newest first, in the data folder's file from now on."""
    replace_durably(data / FILE_NAME, "".join(f"{master.hex()}\n" for master in masters).encode())


def _from_environment() -> list[str]:
    if keys := os.environ.get(KEYS_VARIABLE):
        return keys.split()
    if not (file := os.environ.get(FILE_VARIABLE)):
        return []
    if not (words := _from_file(Path(file))):
        raise ConfigurationError(f"There are no secret keys in {file}.", advice="LEADLINE_SECRET_KEYS_FILE names it.")
    return words


def _from_file(path: Path) -> list[str]:
    return path.read_text().split() if path.is_file() else []


def _parse(word: str) -> bytes:
    try:
        key = bytes.fromhex(word)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError("A secret key is not 64 hexadecimal digits.", advice="Make one: openssl rand -hex 32")
    return key
