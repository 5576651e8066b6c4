"""A backup's file opened, and everything in it compared with what its manifest says. Needs no installation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.kernel.durability import make_durable
from leadline.kernel.errors import ConfigurationError, TransientError
from leadline.pipeline.backups import manifest, sealing
from leadline.pipeline.backups.archive import Unpacker
from leadline.pipeline.backups.compressing import SUFFIX, expand
from leadline.pipeline.backups.manifest import Manifest
from leadline.pipeline.backups.sealing import CannotOpenError, NotWholeError
from leadline.privacy.keys import FILE_NAME, parse_keys

if TYPE_CHECKING:
    import pyrage


@dataclass(frozen=True, slots=True)
class Keys:
    """The master keys to open a backup with.

    Attributes:
        words: as `secret_keys` has them, newest first.
        origin: where they come from: "environment", "file", "passphrase" or "folder".
    """

    words: tuple[str, ...]
    origin: str

    @property
    def masters(self) -> list[bytes]:
        """The keys themselves."""
        return parse_keys(self.words)


def keys_at_hand(environment: Mapping[str, str], file: Path | None, folder: Path) -> Keys | None:
    """The first of: what the environment sets, as the server will use it; a file that was named; the data folder's.

    Raises:
        ConfigurationError: a file was named that has none.
    """
    if text := environment.get("LEADLINE_SECRET_KEYS"):
        return Keys(tuple(text.split()), "environment")
    if name := environment.get("LEADLINE_SECRET_KEYS_FILE"):
        return Keys(_words(Path(name)), "environment")
    if file is not None:
        return Keys(_words(file), "file")
    path = folder / FILE_NAME
    return Keys(_words(path), "folder") if path.is_file() else None


def _words(path: Path) -> tuple[str, ...]:
    words = tuple(path.read_text().split()) if path.is_file() else ()
    if not words:
        raise ConfigurationError(f"There are no secret keys in {path}.")
    return words


def check(path: Path, keys: Keys, identities: "Sequence[pyrage.x25519.Identity]" = ()) -> Manifest:
    """Read a backup to its end and compare every part. Nothing is written.

    Raises:
        CannotOpenError, NotWholeError: the keys don't open it; it was changed or cut off.
    """
    return _read(path, keys, identities, None)


def unpack(path: Path, keys: Keys, identities: "Sequence[pyrage.x25519.Identity]", folder: Path) -> Manifest:
    """Write a backup's files into a folder and compare every part.

    Raises:
        CannotOpenError, NotWholeError: as `check`. What was written by then stays in the folder.
        TransientError: there is no room.
    """
    try:
        told = _read(path, keys, identities, folder)
        for compressed in folder.glob(f"*{SUFFIX}"):
            expand(compressed)
        for each in [folder, *folder.rglob("*")]:
            make_durable(each)
    except OSError as error:
        said = f"The backup could not be unpacked into {folder}: {error.strerror or error}."
        raise TransientError(said, advice="Free space, or name another folder with --to.") from error
    return told


def _read(path: Path, keys: Keys, identities: "Sequence[pyrage.x25519.Identity]", folder: Path | None) -> Manifest:
    unpacker = Unpacker(folder, keep=manifest.FILE_NAME)
    masters = keys.masters
    try:
        sealing.unseal(path, identities or [sealing.identity_of(master) for master in masters], unpacker.take)
    finally:
        unpacker.close()
    told = manifest.opened(bytes(unpacker.kept), masters)
    found = {name: part for name, part in unpacker.found.items() if name != manifest.FILE_NAME}
    if found != told.parts:
        wrong = sorted(name for name in {*found, *told.parts} if found.get(name) != told.parts.get(name))
        raise NotWholeError(f"{path} has not what its manifest says: {', '.join(wrong)[:200]}.")
    return told


def keys_in_front(path: Path, passphrase: str) -> Keys:
    """The master keys that a backup made with a passphrase brings along.

    Raises:
        CannotOpenError: it is another passphrase.
    """
    return Keys(tuple(sealing.words_in_front(sealing.look_into(path).front, passphrase)), "passphrase")


def no_keys(path: Path) -> CannotOpenError:
    """What to say when there is nothing to open a backup with."""
    return CannotOpenError(
        f"There are no secret keys at hand to open {path} with.",
        advice="Give the file secret_keys of the installation that made it: --keys FILE.",
    )
