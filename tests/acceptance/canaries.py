"""Canaries: words like no others, each in one input, and the search for them wherever bytes may lie.

A canary's word is `zqcanary0017`: whatever is made of it (an e-mail address, a name, a sentence) holds it, however it
is cased, quoted or escaped for a URL, JSON, HTML or SQL, since it has letters and digits alone. Searched for besides:
the same in UTF-16, in base64 at any place, as hexadecimal digits, and inside of gzip, zip and PDF.
"""

import base64
import binascii
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

WORD = "zqcanary"
PHONE = "+493055570"
NETWORK, HOSTS = "198.18", 250
_PLAIN = re.compile(rb"zqcanary(\d{4})|493055570(\d{4})(?!\d)|198\.18\.(\d{1,3})\.(\d{1,3})(?!\d)")
_WIDE = re.compile(rb"(?:z\0q\0c\0a\0n\0a\0r\0y\0(?:\d\0?){4}|4\0009\0003\0000\0005\0005\0005\0007\0000\0(?:\d\0?){4})")
_HEX = re.compile(rb"[57]a[57]163616e617279((?:3\d){4})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
LONGEST_UNPACKED = 50_000_000


def _base64_marks() -> list[bytes]:
    """What base64 of the word always holds, by where in a group of three bytes it begins, small or capitalised."""
    marks = []
    for word in (WORD, WORD.capitalize()):
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + word.encode())
            first, last = -(-shift * 4 // 3), (shift + len(word)) * 4 // 3
            marks.append(encoded[first + (shift > 0) : last])
    return marks


_MARKS = _base64_marks()


class Kind(StrEnum):
    """What a canary stands for."""

    PERSON = "person"
    """Who somebody is: nowhere in clear, in no form."""
    NAMED = "named"
    """What the record store holds in clear, as documented: companies, and what staff call their things."""
    LAID = "laid"
    """What the test itself wrote into the record store in clear."""


@dataclass(frozen=True)
class Canary:
    """One, and which input it was put into."""

    number: int
    place: str
    kind: Kind


@dataclass
class Aviary:
    """Hands out canaries, each with the input that it goes into, and tells found ones by it."""

    canaries: dict[int, Canary] = field(default_factory=dict)

    def word(self, place: str, kind: Kind = Kind.PERSON) -> str:
        """A bare one, for what must have no blanks."""
        number = len(self.canaries) + 1
        self.canaries[number] = Canary(number, place, kind)
        return f"{WORD}{number:04d}"

    def email(self, place: str, kind: Kind = Kind.PERSON) -> str:
        return f"{self.word(place, kind).capitalize()}@Canary.example"

    def name(self, place: str) -> str:
        return f"{self.word(place).capitalize()} O'Quill"

    def text(self, place: str, kind: Kind = Kind.PERSON) -> str:
        return f'please call "{self.word(place, kind)}" back, <b>today</b> & not \u00fcbermorgen'

    def phone(self, place: str) -> str:
        return f"{PHONE}{self.word(place)[-4:]}"

    def address(self, place: str) -> str:
        """An IP address."""
        high, low = divmod(int(self.word(place)[-4:]), HOSTS)
        return f"{NETWORK}.{high}.{low}"

    def places(self, numbers: Iterable[int], kinds: Iterable[Kind] = tuple(Kind)) -> list[str]:
        """The inputs of found ones, of these kinds."""
        known = [self.canaries[number] for number in sorted(set(numbers)) if number in self.canaries]
        return [each.place for each in known if each.kind in set(kinds)]

    def number_of(self, place: str) -> int:
        return next(each.number for each in self.canaries.values() if each.place == place)


def sung(content: bytes, depth: int = 0) -> set[int]:
    """The numbers of the canaries that are in some bytes, in any form."""
    found = _plain(content) | _wide(content) | _hex(content) | _base64(content)
    for inner in _unpacked(content) if depth < 2 else ():
        found |= sung(inner, depth + 1)
    return found


def where(files: Mapping[str, bytes]) -> dict[str, set[int]]:
    """The same of each file, for those that have any."""
    return {name: found for name, content in files.items() if (found := sung(content))}


def _plain(content: bytes) -> set[int]:
    lower = content.lower()
    if not any(mark in lower for mark in (b"zqcanary", b"493055570", b"198.18.")):
        return set()
    return {_number(*each.groups()) for each in _PLAIN.finditer(lower)}


def _number(word: bytes | None, phone: bytes | None, high: bytes | None, low: bytes | None) -> int:
    return int(word or phone or 0) if low is None else int(high or 0) * HOSTS + int(low)


def _wide(content: bytes) -> set[int]:
    if b"a\0n\0a\0r" not in content and b"5\x005\x005\x007" not in content:
        return set()
    return {int(each[0].replace(b"\0", b"")[-4:]) for each in _WIDE.finditer(content.lower())}


def _hex(content: bytes) -> set[int]:
    if b"63616e617279" not in content and b"63616E617279" not in content:
        return set()
    return {int(binascii.unhexlify(each[1])) for each in _HEX.finditer(content.lower())}


def _base64(content: bytes) -> set[int]:
    if not any(mark in content for mark in _MARKS):
        return set()
    found: set[int] = set()
    for run in _BASE64.findall(content):
        if any(mark in run for mark in _MARKS):
            text = run.replace(b"-", b"+").replace(b"_", b"/")
            for shift in range(4):
                cut = text[shift:]
                found |= _plain(base64.b64decode(cut[: len(cut) - len(cut) % 4]))
    return found


def _unpacked(content: bytes) -> list[bytes]:
    try:
        if content.startswith(b"\x1f\x8b"):
            return [gzip.decompress(content)[:LONGEST_UNPACKED]]
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return [archive.read(name) for name in archive.namelist()]
        if content.startswith(b"%PDF"):
            return [zlib.decompressobj().decompress(each[1].strip(b"\r\n")) for each in _STREAM.finditer(content)]
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return []
    return []
