"""The record store made smaller before it is sealed. The event store is not: what is encrypted can't be."""

import zlib
from collections.abc import Callable
from pathlib import Path

SUFFIX = ".zz"
LEVEL = 1
PIECE = 1 << 20


def compress(source: Path, waiting: Callable[[], None] = lambda: None) -> Path:
    """A smaller file takes its place, with another suffix."""
    target = source.with_name(source.name + SUFFIX)
    packer = zlib.compressobj(LEVEL)
    target.touch(0o600)
    with source.open("rb") as file, target.open("wb") as out:
        while piece := file.read(PIECE):
            out.write(packer.compress(piece))
            waiting()
        out.write(packer.flush())
    source.unlink()
    return target


def expand(source: Path) -> Path:
    """The inverse."""
    target, unpacker = source.with_name(source.name.removesuffix(SUFFIX)), zlib.decompressobj()
    target.touch(0o600)
    with source.open("rb") as file, target.open("wb") as out:
        while piece := file.read(PIECE):
            out.write(unpacker.decompress(piece))
        out.write(unpacker.flush())
    source.unlink()
    return target
