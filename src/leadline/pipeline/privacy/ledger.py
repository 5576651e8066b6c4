"""The erasure ledger: whose names were erased, as keyed digests, in the record store and in a file of its own.

The file, `<data>/erasures.jsonl`, is only ever appended to. A backup that is restored brings back a record store that
knows nothing of later erasures: the file says which to do again (`leadline privacy reapply`). Keep it, and copy it
elsewhere; it holds nothing that tells who somebody was.
"""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from leadline.kernel.durability import make_durable
from leadline.kernel.errors import DocumentError
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.kinds import Subject
from leadline.privacy.lookup import DIGEST_BYTES
from leadline.privacy.models import ErasedName, SubjectRequest
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Identity

FILE_NAME = "erasures.jsonl"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
Line = tuple[str, bytes, datetime]
"""(kind of name, digest, when it was erased)."""


def enter(data: Path, subject: Subject, at: datetime, request: SubjectRequest | None = None) -> int:
    """Enter every name of a person: first in the file, durable when this returns. Returns how many names they have."""
    lines = [(kind, lookup_hasher().digest(kind, value), at) for kind, value in subject.names]
    append(data / FILE_NAME, lines)
    _keep(lines, request)
    return len(lines)


def append(path: Path, lines: Iterable[Line]) -> None:
    """Add to the file, which only its owner may read. What a crash left of a line goes: it would spoil the next."""
    text = "".join(_as_json(line) + "\n" for line in lines)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    make_durable(path.parent)


def read(path: Path) -> list[Line]:
    """What a ledger's file says. A last line that a crash cut off is left out: nothing was erased under it yet.

    Raises:
        DocumentError: it is no such file.
    """
    lines = path.read_text("utf-8").split("\n") if path.exists() else []
    return [_parsed(text, path) for text in lines[:-1]]


def merge(path: Path) -> int:
    """Have the record store know what a file says. Returns how many names that is news of."""
    return _keep(read(path))


def restored(path: Path) -> list[Identity]:
    """Names in the ledger, or in this file of one, that are here again with a past from before their erasure: a backup
    brought them back. Who came back by themselves has none."""
    erased = {(entry.kind, bytes(entry.digest)): entry.erased_at for entry in ErasedName.objects.iterator()}
    for kind, digest, at in read(path):
        erased[kind, digest] = max(at, erased.get((kind, digest), at))
    found: list[Identity] = []
    for some in chunks(list(erased)):
        rows = Identity.objects.filter(digest__in=[digest for _, digest in some])
        found += [row for row in rows if row.first_seen_at <= erased.get((row.kind, bytes(row.digest)), LONG_AGO)]
    return found


def _keep(lines: Iterable[Line], request: SubjectRequest | None = None) -> int:
    changed = 0
    for kind, digest, at in lines:
        row, made = ErasedName.objects.get_or_create(
            kind=kind, digest=digest, defaults={"erased_at": at, "request": request}
        )
        if not made and row.erased_at < at:
            row.erased_at, row.request = at, request or row.request
            row.save(update_fields=["erased_at", "request"])
            made = True
        changed += made
    return changed


def _as_json(line: Line) -> str:
    kind, digest, at = line
    return json.dumps({"kind": kind, "digest": digest.hex(), "erased_at": at.isoformat()})


def _parsed(text: str, path: Path) -> Line:
    try:
        found = json.loads(text)
        line = found["kind"], bytes.fromhex(found["digest"]), datetime.fromisoformat(found["erased_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(f"{path} is no erasure ledger.", advice="It has one JSON object a line.") from error
    if len(line[1]) != DIGEST_BYTES or line[2].tzinfo is None:
        raise DocumentError(f"{path} is no erasure ledger.", advice="It has one JSON object a line.")
    return line
