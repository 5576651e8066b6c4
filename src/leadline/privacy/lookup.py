"""Keyed hashes: how a personal value is found without being stored in clear."""

import hashlib
import hmac

DIGEST_BYTES = 16


class LookupHasher:
    """HMAC-SHA256 of (kind, value), cut to 16 bytes; stable for one installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, kind: str, value: str) -> bytes:
        """The 16-byte digest of a value of a kind ("user_id", "email")."""
        return hmac.digest(self._key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256)[
            :DIGEST_BYTES
        ]

    def message_key(self, source: int, message_id: str) -> int:
        """A 128-bit number for a message id, scoped to its source: message ids may hold personal data themselves."""
        return int.from_bytes(self.digest(f"message:{source}", message_id), "big")
