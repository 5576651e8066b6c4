"""The files of a data folder as kinds of personal data: the spool, and what lies in folders for a while."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import msgspec

from leadline.kernel.clock import from_micros, utc_now
from leadline.pipeline.privacy.at_work import engine_at_work
from leadline.pipeline.tick import tick
from leadline.privacy.kinds import DataKind, Record, Store, Subject, not_personal, register
from leadline.tracking.kept_messages import NameSearch
from leadline.tracking.spool.frames import CorruptFrame
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.spool.segments import closed_segments, read_segment
from leadline.tracking.wire import UNREADABLE, Envelope, unpack

INTEREST = "legitimate interest (GDPR art. 6(1)(f)); consent where the platform asks for it"
PATTERNS = {
    "records.sqlite3*": "files.records",
    "events*.duckdb*": "files.events",
    "spool": "files.spool",
    "backup-*": "files.backups",
    "tmp": "files.temporary",
    "rebuild-*": "files.rebuilding",
    "rehearsals": "files.rehearsals",
    "cache": "files.cache",
    "attempts*": "files.attempts",
    "*erasures.jsonl*": "files.erasures",
    "*events.key*": "files.keys",
    "*lookup.key*": "files.keys",
    "secret_keys": "files.keys",
    ".*secret_keys*": "files.keys",
    "demo-sign-in": "files.demonstration",
    "demo.json": "files.demonstration",
    "serve.lock": "files.running",
    "*.sock": "files.running",
    "*collector.json*": "files.running",
    "*keyring.json*": "files.keys",
}
"""What may lie in a data folder, by name; the first that fits counts."""


def label_of(name: str) -> str:
    """The label of a file or folder in the data folder; empty for one that nobody knows."""
    return next((label for pattern, label in PATTERNS.items() if fnmatch(name, pattern)), "")


class Spool:
    """Messages that were acknowledged and are not loaded yet."""

    def export(self, subject: Subject) -> Iterator[Record]:
        """Whole, as they were sent."""
        for _, record, message in messages_in_spool(subject):
            yield {"what": "message", "received_at": from_micros(record.received_micros).isoformat(), "sent": message}

    def erase(self, subject: Subject) -> int:
        """Load what waits, so that the person's share of it goes with the rest: to be called before other kinds."""
        held = self.remains(subject)
        if held:
            tick(engine_at_work(), utc_now())
        return held - self.remains(subject)

    def remains(self, subject: Subject) -> int:
        """How many messages of theirs wait."""
        return sum(1 for _ in messages_in_spool(subject))


def messages_in_spool(subject: Subject) -> Iterator[tuple[Path, SpoolRecord, Any]]:
    """The person's messages in segments that wait, each with its segment and its record."""
    search, engine = NameSearch.of(subject), engine_at_work()
    for path in closed_segments(engine.spool) if search.whole else ():
        for record in _records(path, engine.spool_keys):
            for envelope in unpack(record, 0):
                message = _message(envelope)
                if search.finds([message, envelope.message.anonymous_id if envelope.message else None]):
                    yield path, record, message


def _message(envelope: Envelope) -> Any:
    """As JSON; what can't be read is a text."""
    try:
        return msgspec.json.decode(envelope.raw)
    except UNREADABLE:
        return envelope.raw.decode("utf-8", "replace")


def _records(path: Path, keys: list[bytes]) -> Iterator[SpoolRecord]:
    try:
        frames = list(read_segment(path, keys))
    except FileNotFoundError:  # loaded meanwhile
        return
    yield from (frame for frame in frames if not isinstance(frame, CorruptFrame))


_spool = Spool()
register(
    DataKind(
        name="files.spool",
        title="Messages on their way",
        store=Store.SPOOL,
        covers=("files.spool",),
        holds="Whole messages as the platform sent them, encrypted, until they are loaded: seconds.",
        purpose="So that nothing that was acknowledged is lost.",
        basis=INTEREST,
        export=_spool.export,
        erase=_spool.erase,
        remains=_spool.remains,
    )
)
not_personal("where the kinds of the record store and of the event store lie", "files.records", "files.events")
not_personal("a copy of both stores for the minutes in which a backup is packed", "files.backups")
not_personal("spilled query results, encrypted under a key that ends with the process", "files.temporary")
not_personal("a copy of the event store while it is made anew", "files.rebuilding")
not_personal("messages of a trial import, under a key that ends with the command", "files.rehearsals")
not_personal("a script for charts", "files.cache")
not_personal("keyed digests of who tried to sign in, for minutes", "files.attempts")
not_personal("the ledger of erasures once more, beside the record store: digests", "files.erasures")
not_personal("keys, and digests of write keys", "files.keys")
not_personal("how the demonstration began, and its invented users", "files.demonstration")
not_personal("which processes run, and how much they took", "files.running")
