"""Entries as records of the spool, in runs of a few hundred: what is durable and counted at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from leadline.kernel.clock import to_micros, utc_now
from leadline.pipeline.imports.entries import Entry
from leadline.tracking.spool.record import SpoolRecord

RUN_ENTRIES = 500
RUN_BYTES = 4 << 20


@dataclass
class Run:
    """Some entries of a file, and the records they make.

    Attributes:
        lines: of each message, in the records' order, where it stands in the file.
        faults: of rows that could not be read, by line.
    """

    source: int
    entries: int = 0
    skipped: int = 0
    size: int = 0
    messages: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    unreadable: list[Entry] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether it is time for the next one."""
        return self.entries >= RUN_ENTRIES or self.size >= RUN_BYTES

    @property
    def faults(self) -> dict[int, str]:
        """Why rows could not be read, where that is known, by line."""
        return {entry.number: entry.fault for entry in self.unreadable if entry.fault}

    @property
    def lines_of_messages(self) -> list[int]:
        """Of each message in the order of `records`, the line it stands on."""
        return [entry.number for entry in self.unreadable] + self.lines

    def add(self, entry: Entry) -> None:
        """Take one more entry."""
        self.entries += 1
        self.skipped += entry.skipped
        for message in entry.messages:
            self.messages.append(message)
            self.lines.append(entry.number)
            self.size += len(message)
        if entry.unreadable:
            self.unreadable.append(entry)
            self.size += len(entry.unreadable)

    def records(self) -> Iterator[SpoolRecord]:
        """Each unreadable row by itself, since quarantine says what is wrong with it; then the rest as one batch."""
        now = to_micros(utc_now())
        for entry in self.unreadable:
            yield SpoolRecord(self.source, now, "track", entry.unreadable, {})
        if self.messages:
            yield SpoolRecord(self.source, now, "import", b'{"batch":[' + b",".join(self.messages) + b"]}", {})


def runs_of(source: int, entries: Iterable[Entry]) -> Iterator[Run]:
    """Entries in runs. A run that a damaged file breaks off comes before its error."""
    run = Run(source)
    try:
        for entry in entries:
            run.add(entry)
            if run.is_full:
                yield run
                run = Run(source)
    except Exception:
        if run.entries:
            yield run
        raise
    if run.entries:
        yield run
