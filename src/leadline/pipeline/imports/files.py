"""A file to import: its format, and its bytes, unpacked."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, TextIO

from leadline.kernel.errors import DocumentError

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
ZIP = b"PK\x03\x04"
HEAD_BYTES = 64 << 10
HASH_BLOCK = 1 << 20
DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DAMAGED = "Import it again once it is whole: nothing is added twice."


class Format(StrEnum):
    """What a file is written in."""

    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"


SUFFIXES = {
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
    ".json": Format.NDJSON,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".parquet": Format.PARQUET,
}


@dataclass(frozen=True)
class ImportFile:
    """A file and how to read it.

    Attributes:
        encoding, delimiter: of a CSV file.
    """

    path: Path
    format: Format
    packed: bool = False
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def open(self) -> IO[bytes]:
        """Its bytes, unpacked."""
        return gzip.open(self.path, "rb") if self.packed else self.path.open("rb")  # type: ignore[return-value]  # GzipFile reads like a file

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Its text, line ends as they are."""
        with self.open() as stream, io.TextIOWrapper(stream, self.encoding, newline="") as text:
            yield text


def look_at(path: Path, form: str = "", encoding: str = "", delimiter: str = "") -> ImportFile:
    """What a file is; whatever is given is not guessed.

    Raises:
        DocumentError: its compression is damaged from the start, it is packed otherwise, there is no such format, or
            no such delimiter.
    """
    if form and form not in tuple(Format):
        raise DocumentError(f"There is no format {form!r}.", advice=f"Formats are {', '.join(Format)}.")
    if len(delimiter) > 1 or delimiter in ("\r", "\n", '"'):
        raise DocumentError(
            f"The columns cannot be parted by {delimiter!r}.", advice="Give one sign, such as ; or \\t."
        )
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP
    head = _head(ImportFile(path, Format.NDJSON, packed))
    if head.startswith(ZIP):
        raise DocumentError(f"{path} is a zip archive or a workbook.", advice="Unpack it, or save it as CSV UTF-8.")
    found = Format(form) if form else _format(path, head)
    if found is not Format.CSV:
        return ImportFile(path, found, packed)
    marked = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")
    text = encoding or marked
    return ImportFile(path, found, packed, text, delimiter or _delimiter(head.decode(text, "replace")))


def digest_of(path: Path, *more: str) -> str:
    """A hash of a file and of what else decides how it is read."""
    digest = hashlib.sha256("\0".join(more).encode())
    with path.open("rb") as stream:
        while block := stream.read(HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _head(file: ImportFile) -> bytes:
    try:
        with file.open() as stream:
            return stream.read(HEAD_BYTES)
    except (EOFError, OSError, zlib.error) as error:
        if not file.packed:
            raise
        with gzip.open(file.path, "rb") as stream:
            return _readable_part(stream, error, file.path)


def _readable_part(stream: gzip.GzipFile, error: Exception, path: Path) -> bytes:
    """What can be read before a damage: reading says line by line what is lost."""
    found = b""
    try:
        while byte := stream.read(1):
            found += byte
    except (EOFError, OSError, zlib.error):
        pass
    if not found:
        raise DocumentError(f"The compression of {path} is damaged: {error}.", advice=DAMAGED) from error
    return found


def _format(path: Path, head: bytes) -> Format:
    if head.startswith(PARQUET):
        return Format.PARQUET
    suffixes = [suffix for suffix in path.suffixes if suffix.lower() != ".gz"]
    named = SUFFIXES.get(suffixes[-1].lower()) if suffixes else None
    if named is not None:
        return named
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    first = start.partition(b"\n")[0]
    return (
        Format.CSV
        if not start.startswith(b"{") and any(sign.encode() in first for sign in DELIMITERS)
        else Format.NDJSON
    )


def _delimiter(head: str) -> str:
    """The sign that parts the header into the most columns; quoted ones do not count."""
    first = head.lstrip("\r\n")
    line = first.partition("\n")[0].replace("\r", "")  # csv refuses a bare one
    counts = {sign: len(next(csv.reader([line], delimiter=sign), [])) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: counts[sign])
