"""A dry run from the side of the file: its messages are sealed into a folder for `rehearsal`, and deleted again."""

import secrets
import shutil
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from leadline.pipeline.imports.reading import Reading
from leadline.pipeline.imports.records import Run, runs_of
from leadline.pipeline.imports.reports import SAMPLES, DryRunReport
from leadline.pipeline.models import ImportProgress
from leadline.tracking.mapping import PlannedTypes
from leadline.tracking.models import EventSource
from leadline.tracking.spool.record import encode_record
from leadline.tracking.spool.writer import SpoolWriter

FOLDER = "rehearsals"
"""Inside the data folder."""
NOBODY = 0
"""The number of a source that does not exist yet."""
KEY_BYTES = 32
SEGMENT_BYTES = 4 << 20
Ask = Callable[..., Any]
Advance = Callable[[int, int], None]


class DryRun:
    """Finds out what an import would do.

    Args:
        ask: has a command carried out where the stores are open.
    """

    def __init__(self, data: Path, source: str, ask: Ask, advance: Advance) -> None:
        self._folder = data / FOLDER
        self._source = source
        self._ask = ask
        self._advance = advance
        self._lines = array("Q")
        self._faults: dict[int, str] = {}
        self._report = DryRunReport()

    def run(self, reading: Reading, planned: PlannedTypes) -> DryRunReport:
        """Read the file and judge its messages; what an earlier import took is left out."""
        earlier = ImportProgress.objects.filter(digest=reading.digest(self._source)).first()
        self._report.earlier = earlier.lines if earlier else 0
        source = EventSource.objects.filter(name=self._source).first()
        key = secrets.token_bytes(KEY_BYTES)
        with _own_folder(self._folder) as folder:
            with SpoolWriter(folder, key, segment_bytes=SEGMENT_BYTES, segment_seconds=3600.0) as writer:
                for run in runs_of(source.pk if source else NOBODY, reading.entries(planned, self._report.earlier)):
                    writer.append_all(map(encode_record, run.records()))
                    self._note(run)
            forecast = self._ask("rehearse", name=folder.name, key=key.hex())
        return self._finished(forecast)

    def _note(self, run: Run) -> None:
        self._report.lines += run.entries
        self._report.skipped += run.skipped
        self._lines.extend(run.lines_of_messages)
        if len(self._faults) < SAMPLES:
            self._faults |= run.faults
        wanted = SAMPLES - len(self._report.samples)
        self._report.samples += [msgspec.json.decode(message) for message in run.messages[:wanted]]
        self._advance(self._report.lines, 0)

    def _finished(self, forecast: dict[str, Any]) -> DryRunReport:
        report = self._report
        for code, fault in forecast.pop("quarantined").items():
            report.quarantined[code] = fault["count"]
            places = zip(fault["positions"], fault["reasons"], strict=True)
            report.examples[code] = [self._example(position, reason) for position, reason in places]
        for name, value in forecast.items():
            setattr(report, name, value)
        return report

    def _example(self, position: int, reason: str) -> dict[str, Any]:
        line = self._lines[position]
        return {"line": line, "reason": self._faults.get(line, reason)}


@contextmanager
def _own_folder(parent: Path) -> Iterator[Path]:
    folder = parent / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
