"""Field encryption: AES-256-GCM with the key's id in front, so that keys can be rotated."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leadline.kernel.errors import ConfigurationError

NONCE_BYTES = 12
KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class SealedWith:
    """One key and the id that stands in front of what it sealed."""

    id: bytes
    cipher: AESGCM


class FieldCipher:
    """Seals small values with the newest key and opens what any known key sealed. Keys have 32 bytes, newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ConfigurationError("There is no key to seal fields with.", advice="Set LEADLINE_SECRET_KEYS.")
        self._keys = [SealedWith(key_id(key), AESGCM(key)) for key in keys]
        self._by_id = {key.id: key for key in self._keys}

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """Encrypt; `context` (the field's name) must be the same when it is opened."""
        newest = self._keys[0]
        nonce = os.urandom(NONCE_BYTES)
        return newest.id + nonce + newest.cipher.encrypt(nonce, plain, context)

    def knows(self, sealed: bytes) -> bool:
        """Whether the key that sealed this is at hand."""
        return bytes(sealed[:KEY_ID_BYTES]) in self._by_id

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """Decrypt what `seal` made.

        Raises:
            ConfigurationError: its key is not among the ones at hand, or the bytes were changed.
        """
        key = self._by_id.get(bytes(sealed[:KEY_ID_BYTES]))
        if key is None:
            name = bytes(sealed[:KEY_ID_BYTES]).hex()
            advice = "Put the old key back into secret_keys, after the newest; `leadline keys status` tells more."
            raise ConfigurationError(f"Something was sealed with a key that is not here ({name}).", advice=advice)
        body = sealed[KEY_ID_BYTES:]
        try:
            return key.cipher.decrypt(bytes(body[:NONCE_BYTES]), bytes(body[NONCE_BYTES:]), context)
        except (InvalidTag, ValueError) as error:  # ValueError: not even a whole nonce is left
            raise ConfigurationError("A sealed field was changed.", advice="Restore it from a backup.") from error


def key_id(key: bytes) -> bytes:
    """Four bytes that name a key without telling it."""
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]
