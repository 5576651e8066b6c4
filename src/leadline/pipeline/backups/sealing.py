"""A backup's file: an age file (https://age-encryption.org/v1), so that the `age` program opens it too.

It is sealed to one recipient. By default that is a key pair derived from the installation's master key; or a public key
whose private half is kept elsewhere. A file made with a passphrase has one line in front, in which the master keys are
sealed under the passphrase (an age file as well, in base64); what follows is sealed as by default.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

from leadline.kernel.errors import ConfigurationError, TerminalError
from leadline.pipeline.backups import bech32
from leadline.privacy.keys import derive_key

FRONT = b"leadline-backup-keys "
LONGEST_FRONT = 1 << 16
AGE = b"age-encryption.org/v1\n"
PURPOSE = "backup"


class NotWholeError(TerminalError):
    """A backup was changed, cut off or is none."""

    code = "backup_not_whole"


class CannotOpenError(TerminalError):
    """No key at hand opens a backup."""

    code = "backup_key"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What a backup's file begins with.

    Attributes:
        front: the master keys, sealed under a passphrase; empty when it has none.
        starts_at: where the age file begins, in bytes.
    """

    front: bytes
    starts_at: int


def identity_of(master: bytes) -> "pyrage.x25519.Identity":
    """The key pair that backups are sealed to by default."""
    return pyrage.x25519.Identity.from_str(private_text(master))


def private_text(master: bytes) -> str:
    """The same as the `age` program reads it from a file."""
    return bech32.encode("age-secret-key-", derive_key(master, PURPOSE)).upper()


def recipient_named(text: str) -> "pyrage.x25519.Recipient":
    """Somebody's public key.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise ConfigurationError(
            "That is no recipient.", advice="It begins with age1; `age-keygen` prints one."
        ) from error


def identities_in(path: Path) -> "list[pyrage.x25519.Identity]":
    """The private keys in a file that `age-keygen` wrote.

    Raises:
        ConfigurationError: it has none.
    """
    lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise ConfigurationError(f"{path} is no file of age keys.", advice="`age-keygen` writes one.") from error
    if not found:
        raise ConfigurationError(f"{path} has no age key.", advice="`age-keygen` writes one.")
    return found


def front_of(words: Sequence[str], passphrase: str) -> bytes:
    """The line in front: master keys, sealed under a passphrase."""
    return FRONT + base64.b64encode(pyrage.passphrase.encrypt("\n".join(words).encode(), passphrase)) + b"\n"


def words_in_front(front: bytes, passphrase: str) -> list[str]:
    """The inverse.

    Raises:
        CannotOpenError: it is another passphrase, or the line was changed.
    """
    try:
        opened: bytes = pyrage.passphrase.decrypt(base64.b64decode(front, validate=True), passphrase)
    except (binascii.Error, pyrage.DecryptError) as error:
        raise CannotOpenError("The passphrase does not open it.", advice="Or its first line was changed.") from error
    return opened.decode().split()


def look_into(path: Path) -> SealedFile:
    """What kind of file it is.

    Raises:
        TerminalError: there is no such file.
        NotWholeError: it is no backup.
    """
    if not path.is_file():
        raise TerminalError(f"There is no file {path}.")
    with path.open("rb") as file:
        first = file.readline(LONGEST_FRONT)
        front, start = (b"", 0) if not first.startswith(FRONT) else (first[len(FRONT) : -1], len(first))
        file.seek(start)
        if file.readline(LONGEST_FRONT) != AGE:
            raise NotWholeError(f"{path} is no backup of Leadline.", advice="`leadline backup FILE` makes one.")
    return SealedFile(front, start)


def seal(chunks: Iterable[bytes], out: BinaryIO, recipient: "pyrage.x25519.Recipient") -> None:
    """Write what the chunks make together, sealed.

    Raises:
        OSError: it can't be written. What making the chunks raises is raised as well.
    """
    reader, writer = _Reader(chunks), _Writer(out.write)
    try:
        pyrage.encrypt_io(reader, writer, [recipient])
    except pyrage.EncryptError as error:
        raise (reader.failed or writer.failed or error) from error


def unseal(path: Path, identities: "Sequence[pyrage.x25519.Identity]", take: Callable[[bytes], object]) -> None:
    """Hand over what is in a backup, piece by piece. Each piece is as it was written; only when this returns were they
    all.

    Raises:
        CannotOpenError: none of the keys opens it.
        NotWholeError: a byte was changed, or something is missing. What `take` raises is raised as well.
    """
    start, writer = look_into(path).starts_at, _Writer(take)
    with path.open("rb") as file:
        file.seek(start)
        try:
            pyrage.decrypt_io(file, writer, list(identities))
        except (pyrage.DecryptError, OSError) as error:
            raise (writer.failed or _why(path, error)) from error


def _why(path: Path, error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno is not None:
        return error
    if "No matching keys" in str(error):
        advice = "It opens with the secret keys of the installation that made it: --keys FILE."
        return CannotOpenError(f"None of the keys at hand opens {path}.", advice=advice)
    return NotWholeError(f"{path} was changed or cut off.", advice="Use another copy of it.")


class _Reader:
    """What age reads from. It keeps what went wrong, of which age only keeps the words."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._left = iter(chunks), b""
        self.failed: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        try:
            while not self._left:
                self._left = next(self._chunks)
        except StopIteration:
            return b""
        except BaseException as error:
            self.failed = error
            raise
        piece, self._left = (self._left[:size], self._left[size:]) if size >= 0 else (self._left, b"")
        return piece


class _Writer:
    """What age writes to."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self.failed: BaseException | None = None

    def write(self, piece: bytes) -> int:
        """All of it."""
        try:
            self._take(bytes(piece))
        except BaseException as error:
            self.failed = error
            raise
        return len(piece)

    def flush(self) -> None:
        """Whoever opened the file does so."""
