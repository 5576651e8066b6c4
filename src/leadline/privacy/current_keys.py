"""The keys of one purpose as they are now: a process that runs for months learns of a rotation by itself."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from leadline.kernel.errors import ConfigurationError
from leadline.privacy.encryption import FieldCipher
from leadline.privacy.keys import derive_keys

LOOK_SECONDS = 1.0
"""How long a process may go on to seal with a key after a newer one was put in front."""


class CurrentKeys:
    """Derived keys, newest first. The key file is looked at again when the last look is a second old; one that can't be
    read then changes nothing: what can go on with the keys at hand does.

    Raises:
        ConfigurationError: there is no usable key to begin with.
    """

    def __init__(self, data: Path, purpose: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._data, self._purpose, self._clock = data, purpose, clock
        self._keys: tuple[bytes, ...] = ()
        self.look_again()

    def all(self) -> tuple[bytes, ...]:
        """Every key that opens."""
        if self._clock() - self._looked >= LOOK_SECONDS:
            with suppress(ConfigurationError, OSError):
                self.look_again()
        return self._keys

    def newest(self) -> bytes:
        """The key that seals."""
        return self.all()[0]

    def look_again(self) -> None:
        """Read the keys now.

        Raises:
            ConfigurationError: there is no usable one.
        """
        self._looked = self._clock()
        self._keys = tuple(derive_keys(self._data, self._purpose))


class CurrentCipher:
    """Seals with the newest key there is now, and looks for a key that it does not know before it says so."""

    def __init__(self, keys: CurrentKeys) -> None:
        self._ring = keys
        self._made: tuple[tuple[bytes, ...], FieldCipher] = (keys.all(), FieldCipher(keys.all()))

    def seal(self, plain: bytes, context: bytes = b"") -> bytes:
        """Encrypt; see `FieldCipher.seal`."""
        return self._cipher().seal(plain, context)

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """Decrypt what `seal` made.

        Raises:
            ConfigurationError: its key is not among the ones at hand, or the bytes were changed.
        """
        cipher = self._made[1]
        if not cipher.knows(sealed):
            self.look_again()
            cipher = self._cipher()
        return cipher.open(sealed, context)

    def look_again(self) -> None:
        """Learn of another key now."""
        self._ring.look_again()

    def _cipher(self) -> FieldCipher:
        keys = self._ring.all()
        if self._made[0] != keys:
            self._made = keys, FieldCipher(keys)
        return self._made[1]
