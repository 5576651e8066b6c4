"""A person's archive: everything held about them in every store, for programs (JSON) and to read (index.html), and to
whom it was sent. GDPR art. 15. The portable one has only what they gave themselves, as JSON and CSV: art. 20.

archive-7.zip
    index.html            to read: no script, nothing from elsewhere
    archive.json          who it is about, when it was made, recipients, sources, and which file holds what
    data/<kind>.json      every record of a kind
    explanation.json      how their score comes about, point by point (art. 15(1)(h))
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadline.kernel.errors import LeadlineError
from leadline.pipeline.engine import Engine
from leadline.pipeline.explain_command import explain_found
from leadline.pipeline.finding import find_lead
from leadline.pipeline.privacy.archive_page import page_of
from leadline.pipeline.privacy.archive_table import csv_of
from leadline.pipeline.privacy.at_work import working_on
from leadline.pipeline.privacy.recipients import Recipient, recipients_of
from leadline.pipeline.privacy.registry import kinds_of
from leadline.privacy.kinds import DataKind, Record, Subject, Whose

FORMAT = "leadline-archive-1"


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one kind."""

    kind: DataKind
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Archive:
    """Everything that goes into the file.

    Attributes:
        names: (kind, value) of the person's names.
        explanation: how their score comes about; None when they have none.
    """

    names: tuple[tuple[str, str], ...]
    made_at: datetime
    held: tuple[Held, ...]
    recipients: tuple[Recipient, ...] = ()
    explanation: dict[str, Any] | None = None

    @property
    def records(self) -> int:
        """How many records it has."""
        return sum(len(each.records) for each in self.held)


def archive_of(engine: Engine, subject: Subject, now: datetime) -> Archive:
    """Everything that is held about a person; of somebody who works with Leadline their account and its trail."""
    whose = Whose.USERS if subject.users else Whose.LEADS
    held = _held(engine, subject, kinds_of(whose))
    return Archive(subject.names, now, held, tuple(recipients_of(subject)), _explained(engine, subject))


def portable_of(engine: Engine, subject: Subject, now: datetime) -> Archive:
    """What the person gave themselves, by typing it or by what they did."""
    given = [kind for kind in kinds_of(Whose.LEADS) if kind.given and kind.name != "privacy.requests"]
    return Archive(subject.names, now, _held(engine, subject, given))


def archive_file(archive: Archive) -> bytes:
    """The zip file of what is held."""
    files = {f"data/{each.kind.name}.json": _json(each.records) for each in archive.held}
    if archive.explanation:
        files["explanation.json"] = _json(archive.explanation)
    files["archive.json"] = _json(_contents(archive))
    files["index.html"] = page_of(archive)
    return _zipped(files, archive.made_at)


def portable_file(archive: Archive) -> bytes:
    """The zip file of what was given: each kind as JSON and as CSV."""
    files = {f"data/{each.kind.name}.json": _json(each.records) for each in archive.held}
    files |= {f"data/{each.kind.name}.csv": csv_of(each.records) for each in archive.held}
    files["archive.json"] = _json(_contents(archive))
    return _zipped(files, archive.made_at)


def _held(engine: Engine, subject: Subject, kinds: Iterable[DataKind]) -> tuple[Held, ...]:
    with working_on(engine):
        found = [Held(kind, tuple(kind.export(subject))) for kind in kinds]
    return tuple(each for each in found if each.records)


def _explained(engine: Engine, subject: Subject) -> dict[str, Any] | None:
    """Whoever was never scored has nothing to explain."""
    if not subject.leads:
        return None
    with suppress(LeadlineError):
        return explain_found(engine, find_lead(subject.leads[0]))
    return None


def _contents(archive: Archive) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": archive.made_at.isoformat(),
        "about": [{"kind": kind, "value": value} for kind, value in archive.names],
        "kinds": [_described(each) for each in archive.held],
        "sent_to": [each.as_json() for each in archive.recipients],
    }


def _described(held: Held) -> dict[str, Any]:
    kind = held.kind
    said = {"kind": kind.name, "title": kind.title, "file": f"data/{kind.name}.json", "records": len(held.records)}
    return {**said, "holds": kind.holds, "purpose": kind.purpose, "basis": kind.basis, "store": kind.store.value}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


def _zipped(files: dict[str, str], at: datetime) -> bytes:
    """The same archive at the same moment is the same file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _ordered(files):
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return packed.getvalue()


def _ordered(files: dict[str, str]) -> Sequence[tuple[str, str]]:
    """What is to be read first comes first."""
    return sorted(files.items(), key=lambda item: (item[0] != "index.html", "/" in item[0], item[0]))
