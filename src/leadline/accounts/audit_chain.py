"""The chain of the audit trail: each entry's hash is over the one before it. Pure.

`hash = SHA-256(previous, as 32 bytes || canonical JSON of the other fields)`; the first entry's `previous` is 64
zeros. Canonical is what `json.dumps(..., sort_keys=True, separators=(",", ":"))` writes: ASCII, keys in order.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leadline.accounts.audit_verbs import AUDIT_TRIMMED

BEGINNING = "0" * 64
LINKS = ("previous", "hash")
Fields = Mapping[str, Any]
"""An entry as exports have it: number, at, user, via, verb, about, about_number, numbers, request, previous, hash."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was written."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Known:
    """An entry whose hash somebody wrote down earlier."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a chain found. `head` is the hash of the last entry: written down elsewhere, it shows later that
    nothing up to it was removed or made anew."""

    entries: int
    first: int
    last: int
    head: str
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        """Whether every entry is as it was written."""
        return self.fault is None


def hash_of(fields: Fields) -> str:
    """The hash that an entry has to have, in 64 hexadecimal digits."""
    body = {name: value for name, value in fields.items() if name not in LINKS}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(fields["previous"]) + text.encode()).hexdigest()


def check(entries: Iterable[Fields], known: Known | None = None) -> Verdict:
    """Follow a chain from its first entry to its last.

    Args:
        entries: in the order of their numbers.
        known: must be among them as it was; one that was removed as documented is taken for that.
    """
    walk = _Walk(known)
    for fields in entries:
        if (fault := walk.step(fields)) is not None:
            return walk.verdict(fault)
    return walk.verdict(walk.ending())


@dataclass(slots=True)
class _Walk:
    """Where the check stands."""

    known: Known | None
    entries: int = 0
    first: int = 0
    last: int = 0
    head: str = BEGINNING
    began: str = BEGINNING
    trimmed: dict[int, str] = field(default_factory=dict)

    def step(self, fields: Fields) -> Fault | None:
        number = int(fields["number"])
        if not self.entries:
            self.first, self.began = number, fields["previous"]
        elif number != self.last + 1:
            return Fault(self.last + 1, f"It is missing; {number} follows {self.last}.")
        elif fields["previous"] != self.head:
            return Fault(number, f"It does not follow entry {self.last} as that is now.")
        if hash_of(fields) != fields["hash"]:
            return Fault(number, "It was changed: its hash is another's.")
        if self.known and self.known.number == number and self.known.hash != fields["hash"]:
            return Fault(number, "It is not the entry whose hash is known: the trail was made anew.")
        self._remember(number, fields)
        return None

    def _remember(self, number: int, fields: Fields) -> None:
        self.entries, self.last, self.head = self.entries + 1, number, fields["hash"]
        if fields["verb"] == AUDIT_TRIMMED:
            self.trimmed[int(fields["about_number"])] = str(fields["numbers"].get("hash", ""))

    def ending(self) -> Fault | None:
        if self.known and self.known.number > self.last:
            return Fault(self.last + 1, f"It is missing, and so is all up to {self.known.number}, which is known.")
        if not self.entries or (self.first == 1 and self.began == BEGINNING):
            return None
        if self.trimmed.get(self.first - 1) == self.began:
            return None
        return Fault(self.first - 1, "It is missing, and no entry says that the trail was shortened up to it.")

    def verdict(self, fault: Fault | None) -> Verdict:
        return Verdict(self.entries, self.first, self.last, self.head, fault)
