"""Importing a file: its lines go through the spool like everything else, and the pipeline takes them from there.

How many lines are durable in the spool is kept by the file's hash, so an import that was stopped goes on where it was;
a file imported again adds nothing, since lines without a message id get one from their content.
"""

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec
from django.db.models import Count, Max, Min

from leadline.kernel.clock import to_micros, utc_now
from leadline.kernel.errors import DocumentError
from leadline.pipeline import control
from leadline.pipeline.models import ImportProgress
from leadline.privacy.keys import derive_keys
from leadline.tracking.models import EventSource, QuarantinedMessage
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.spool.writer import SpoolWriter

BATCH_LINES = 500
BATCH_BYTES = 4 << 20
LONGEST_LINE = 1 << 20
"""Of a longer line, which can't be an event, so much is kept in quarantine."""
HASH_BLOCK = 1 << 20
POLL_SECONDS = 0.2
encode = msgspec.msgpack.Encoder().encode
Advance = Callable[[int, int], None]


@dataclass
class ImportReport:
    """What an import did. `quarantined` counts by reason code; `examples` gives a reason for each."""

    lines: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Importer:
    """Imports files into a data folder, beside a running server or without one."""

    def __init__(self, data: Path, source: str, advance: Advance) -> None:
        self._data = data
        self._source = source
        self._advance = advance

    def run(self, file: Path, ruleset: str = "") -> ImportReport:
        """Bring a file in and wait until all of it is stored and scored.

        Args:
            ruleset: put this one in force first; empty keeps the one that is.
        """
        if control.is_listening(self._data):
            return self._beside_server(file, ruleset)
        return self._alone(file, ruleset)

    def _beside_server(self, file: Path, ruleset: str) -> ImportReport:
        def ask(command: str, **arguments: Any) -> Any:
            return control.call(self._data, command, arguments, lambda done, total: None)  # noqa: ARG005  # ignored

        if ruleset:
            ask("publish", document=_document(ruleset))
        before, newest = ask("totals"), _newest_quarantined()
        lines = self._spool(file)
        closed = to_micros(utc_now())
        while not ask("drained", until_micros=closed):
            time.sleep(POLL_SECONDS)
        return self._report(lines, newest, before, ask("totals"))

    def _alone(self, file: Path, ruleset: str) -> ImportReport:
        from leadline.pipeline import commands
        from leadline.pipeline.engine import Engine
        from leadline.pipeline.ownership import FolderLock
        from leadline.pipeline.tick import tick

        with FolderLock(self._data):
            commands.migrate()
            engine = Engine.open(self._data)
            try:
                if ruleset:
                    commands.publish(engine, _document(ruleset))
                before, newest = commands.totals(engine), _newest_quarantined()
                lines = self._spool(file)
                tick(engine, utc_now(), lambda report: self._advance(report.stored + report.duplicates, lines))
                return self._report(lines, newest, before, commands.totals(engine))
            finally:
                engine.close()

    def _spool(self, file: Path) -> int:
        """Write the lines that are not in the spool yet. Returns how many lines the file has."""
        source, _ = EventSource.objects.get_or_create(name=self._source)
        progress, _ = ImportProgress.objects.get_or_create(digest=_file_digest(file, self._source))
        keys = derive_keys(self._data, "spool")
        with SpoolWriter(self._data / "spool", keys[0]) as writer, _open(file) as stream:
            for batch in _batches(islice(_readable(stream, file), progress.lines, None)):
                writer.append_all(_records(source.pk, batch))
                progress.lines += len(batch)
                progress.save(update_fields=["lines"])
                self._advance(progress.lines, 0)
        return progress.lines

    def _report(self, lines: int, newest: int, before: dict[str, int], after: dict[str, int]) -> ImportReport:
        rows = QuarantinedMessage.objects.filter(pk__gt=newest, source__name=self._source).values("code")
        counts = list(rows.annotate(count=Count("pk"), example=Min("reason")))
        return ImportReport(
            lines=lines,
            stored=after["stored"] - before["stored"],
            duplicates=after["duplicates"] - before["duplicates"],
            quarantined={row["code"]: row["count"] for row in counts},
            examples={row["code"]: row["example"] for row in counts},
        )


def _newest_quarantined() -> int:
    return QuarantinedMessage.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _document(ruleset: str) -> str:
    from leadline.scoring.service import find_document

    return find_document(ruleset)


def _readable(stream: IO[bytes], file: Path) -> Iterator[bytes]:
    """The lines of a file, each cut to `LONGEST_LINE`.

    Raises:
        DocumentError: its compression is damaged or breaks off. The lines before are imported all the same.
    """
    number = 0
    try:
        for number, line in enumerate(stream, start=1):  # noqa: B007  # the number is for the message below
            yield line[:LONGEST_LINE]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DocumentError(
            f"The compression of {file} is damaged after line {number:,}: {error}.",
            advice="What came before is kept. Import it again once it is whole: nothing is added twice.",
        ) from error


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Lines in runs of `BATCH_LINES`, or of about `BATCH_BYTES` when they are long."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _records(source: int, lines: list[bytes]) -> Iterator[bytes]:
    """One batch of the readable lines, and each unreadable one by itself: quarantine explains what is wrong with it."""
    now = to_micros(utc_now())
    readable: list[bytes] = []
    for line in filter(None, map(bytes.strip, lines)):
        message = _message(line)
        if message is None:
            yield encode(SpoolRecord(source, now, "track", line, {}))
        else:
            readable.append(message)
    if readable:
        yield encode(SpoolRecord(source, now, "import", b'{"batch":[' + b",".join(readable) + b"]}", {}))


def _message(line: bytes) -> bytes | None:
    """A line as a message with an id; None when it is no JSON object."""
    try:
        message = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    if message.get("messageId"):
        return line
    return msgspec.json.encode({**message, "messageId": "import-" + hashlib.sha256(line).hexdigest()[:32]})


def _open(file: Path) -> IO[bytes]:
    with file.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(file, "rb") if packed else file.open("rb")  # type: ignore[return-value]  # GzipFile reads like a file


def _file_digest(file: Path, source: str) -> str:
    digest = hashlib.sha256(source.encode())
    with file.open("rb") as stream:
        while block := stream.read(HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()
