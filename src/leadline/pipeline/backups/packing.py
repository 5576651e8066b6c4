"""A staged folder into one sealed file, which appears whole or not at all."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from leadline.kernel.durability import make_durable
from leadline.kernel.errors import TerminalError, TransientError
from leadline.pipeline.backups import archive, manifest, sealing
from leadline.pipeline.backups.manifest import Manifest, Part
from leadline.pipeline.backups.staging import Staged, files_of

if TYPE_CHECKING:
    import pyrage


class CannotWriteError(TransientError):
    """A backup can't be written where it should be."""

    code = "cannot_write"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a backup is sealed with.

    Attributes:
        recipient: whom it is sealed to.
        master: what seals the manifest.
        front: the line with the master keys under a passphrase; empty for none.
    """

    recipient: "pyrage.x25519.Recipient"
    master: bytes
    front: bytes = b""


def check_place(path: Path, data: Path) -> None:
    """Refuse early where a backup can't or should not be.

    Raises:
        TerminalError: inside the data folder, which is what it protects from losing; no folder; or it is there.
    """
    if path.resolve().is_relative_to(data.resolve()):
        raise TerminalError("A backup inside the data folder is lost with it.", advice="Name a file elsewhere.")
    if not path.parent.is_dir():
        raise TerminalError(f"There is no folder {path.parent}.", advice="Make it, or name another.")
    if path.exists():
        raise TerminalError(f"{path} is there already.", advice="Name another file, or remove it.")


def pack(staged: Staged, path: Path, seal: Seal, report: Callable[[int, int], None]) -> Manifest:
    """Pack and seal a staged folder. The file is mode 0600, and durable when this returns.

    Args:
        report: told how many of how many bytes are done; what it raises ends it, and there is no file.

    Raises:
        CannotWriteError: there is no room, or it can't be written. There is no file then.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(seal.front)
            made = _pack(staged, out, seal, report)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):
            said = f"{path} could not be written: {error.strerror or error}."
            raise CannotWriteError(said, advice="There is no half file; free space, or name another place.") from error
        raise
    make_durable(path.parent)
    return made


def _pack(staged: Staged, out: BinaryIO, seal: Seal, report: Callable[[int, int], None]) -> Manifest:
    parts: dict[str, Part] = {}
    made = datetime.fromisoformat(staged.made_at)
    told = Manifest(staged.version, made, staged.records, staged.rows, parts)
    chunks = _chunks(Path(staged.folder), told, parts, seal.master)
    sealing.seal(_counted(chunks, Path(staged.folder), report), out, seal.recipient)
    return told


def _chunks(folder: Path, told: Manifest, parts: dict[str, Part], master: bytes) -> Iterator[bytes]:
    """The parts, then the manifest, which knows them by then."""
    for name, path in files_of(folder):
        yield from archive.packed(name, path, parts)
    yield archive.packed_bytes(manifest.FILE_NAME, manifest.sealed(told, master))
    yield archive.end()


def _counted(chunks: Iterator[bytes], folder: Path, report: Callable[[int, int], None]) -> Iterator[bytes]:
    done, total = 0, sum(path.stat().st_size for _, path in files_of(folder))
    for chunk in chunks:
        done += len(chunk)
        report(min(done, total), total)
        yield chunk
