"""Importing a file: its messages go through the spool like everything else, and the pipeline takes them from there.

How many rows are durable in the spool is kept by the hash of the file and its mapping, so an import that was stopped
goes on where it was; a file imported again adds nothing, since rows without a message id get one from their content.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min

from leadline.kernel.clock import to_micros, utc_now
from leadline.kernel.errors import LeadlineError, TerminalError
from leadline.pipeline import control
from leadline.pipeline.imports.dry_run import DryRun
from leadline.pipeline.imports.reading import Reading, Wishes
from leadline.pipeline.imports.records import runs_of
from leadline.pipeline.imports.reports import DryRunReport, ImportReport
from leadline.pipeline.models import ImportProgress
from leadline.privacy.current_keys import CurrentKeys
from leadline.tracking.mapping import PlannedTypes
from leadline.tracking.models import EventSource, QuarantinedMessage
from leadline.tracking.sources import ensure_source
from leadline.tracking.spool.record import encode_record
from leadline.tracking.spool.writer import SpoolWriter

if TYPE_CHECKING:
    from leadline.pipeline.engine import Engine

POLL_SECONDS = 0.2
SEGMENT_BYTES = 4 << 20
SEGMENT_SECONDS = 30.0
"""Nobody waits for what is imported: a few large segments are scored much faster than many small ones."""
AS_FOUND = Wishes()
MALFORMED = "malformed"
Advance = Callable[[int, int], None]


class Importer:
    """Imports files into a data folder, beside a running server or without one."""

    def __init__(self, data: Path, source: str, advance: Advance) -> None:
        self._data = data
        self._source = source
        self._advance = advance

    def run(self, file: Path, ruleset: str = "", wishes: Wishes = AS_FOUND) -> ImportReport:
        """Bring a file in and wait until all of it is stored and scored.

        Args:
            ruleset: put this one in force first; empty keeps the one that is.

        Raises:
            DocumentError: file or mapping are not what they should be. What came before a damage is imported.
        """
        with _office(self._data) as office:
            if ruleset:
                office.ask("rules_publish", reference=_document(ruleset), by="", why=f"For {file.name}.", confirm=True)
            reading, planned = Reading.of(file, wishes), office.ask("planned_types")
            before, newest = office.ask("totals"), _newest_quarantined()
            suppressed = _suppressed(self._source)
            report = ImportReport()
            try:
                self._spool(reading, planned, report)
            except LeadlineError:  # what comes before a damage is imported all the same
                office.settle(lambda done: self._advance(done, report.lines))
                raise
            office.settle(lambda done: self._advance(done, report.lines))
            self._fill(report, newest, before, office.ask("totals"))
            report.suppressed = _suppressed(self._source) - suppressed
            return report

    def rehearse(self, file: Path, ruleset: str = "", wishes: Wishes = AS_FOUND) -> DryRunReport:
        """What `run` would do. Nothing is written.

        Raises:
            TerminalError: a ruleset was to be published.
        """
        if ruleset:
            raise TerminalError("A dry run publishes no ruleset.", advice="Publish it first, or leave --ruleset out.")
        with _office(self._data) as office:
            reading, planned = Reading.of(file, wishes), office.ask("planned_types")
            return DryRun(self._data, self._source, office.ask, self._advance).run(reading, planned)

    def _spool(self, reading: Reading, planned: PlannedTypes, report: ImportReport) -> None:
        """Write the rows that are not in the spool yet, and keep how far it came after each run of them."""
        source = ensure_source(self._source)
        progress, _ = ImportProgress.objects.get_or_create(digest=reading.digest(self._source))
        report.test, report.lines, report.earlier = source.test, progress.lines, progress.lines
        keys = CurrentKeys(self._data, "spool")
        spool, size, seconds = self._data / "spool", SEGMENT_BYTES, SEGMENT_SECONDS
        with SpoolWriter(spool, keys.newest, segment_bytes=size, segment_seconds=seconds) as writer:
            for run in runs_of(source.pk, reading.entries(planned, progress.lines)):
                writer.append_all(map(encode_record, run.records()))
                progress.lines += run.entries
                progress.save(update_fields=["lines"])
                report.lines = progress.lines
                report.skipped += run.skipped
                for line, fault in run.faults.items():
                    report.examples.setdefault(MALFORMED, f"Line {line:,}: {fault}")
                self._advance(progress.lines, 0)

    def _fill(self, report: ImportReport, newest: int, before: dict[str, int], after: dict[str, int]) -> None:
        rows = QuarantinedMessage.objects.filter(pk__gt=newest, source__name=self._source).values("code")
        for row in rows.annotate(count=Count("pk"), example=Min("reason")):
            report.quarantined[row["code"]] = row["count"]
            report.examples.setdefault(row["code"], row["example"])
        report.stored = after["stored"] - before["stored"]
        report.duplicates = after["duplicates"] - before["duplicates"]


class _Office(ABC):
    """Where the stores are open."""

    @abstractmethod
    def ask(self, command: str, **arguments: Any) -> Any:
        """Have a command carried out there."""

    @abstractmethod
    def settle(self, advance: Callable[[int], None]) -> None:
        """Return when everything that is in the spool now is stored and scored."""


class _RunningServer(_Office):
    """In the server beside us."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def ask(self, command: str, **arguments: Any) -> Any:
        return control.call(self._data, command, arguments, lambda done, total: None)  # noqa: ARG005  # ignored

    def settle(self, advance: Callable[[int], None]) -> None:  # noqa: ARG002  # the server does not say
        closed = to_micros(utc_now())
        while not self.ask("drained", until_micros=closed):
            time.sleep(POLL_SECONDS)


class _OurProcess(_Office):
    """Here, since no server runs."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def ask(self, command: str, **arguments: Any) -> Any:
        from leadline.pipeline.commands import dispatch

        return dispatch(self._engine, command, arguments, lambda done, total: None)  # noqa: ARG005  # ignored

    def settle(self, advance: Callable[[int], None]) -> None:
        from leadline.pipeline.tick import tick

        tick(self._engine, utc_now(), lambda report: advance(report.stored + report.duplicates))


@contextmanager
def _office(data: Path) -> Iterator[_Office]:
    if control.is_listening(data):
        yield _RunningServer(data)
        return
    from leadline.pipeline import commands
    from leadline.pipeline.engine import Engine
    from leadline.pipeline.ownership import FolderLock

    with FolderLock(data):
        commands.migrate()
        engine = Engine.open(data)
        try:
            yield _OurProcess(engine)
        finally:
            engine.close()


def _newest_quarantined() -> int:
    return QuarantinedMessage.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _suppressed(source: str) -> int:
    return EventSource.objects.filter(name=source).values_list("suppressed", flat=True).first() or 0


def _document(ruleset: str) -> str:
    from leadline.scoring.service import find_document

    return find_document(ruleset)
