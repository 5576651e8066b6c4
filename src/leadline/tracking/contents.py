"""What is in a segment, read and judged, before anything is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import F

from leadline.tracking.arrivals import ArrivalBook, is_taken_first
from leadline.tracking.models import EventSource
from leadline.tracking.normalise import Draft, Rejection
from leadline.tracking.plan_tallies import TallyBook
from leadline.tracking.spool.record import SpoolRecord
from leadline.tracking.wire import Envelope

REPLAY = "replay"
"""The route of messages that are sent again after a repair."""


@dataclass
class Contents:
    """The messages of a segment in order, and counts of them.

    Attributes:
        known: numbers of the sources that exist; `tests`: of those that are only tried out.
        suppressed: messages left out since the people they name were erased, by source.
    """

    segment: str
    drafts: list[Draft] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    rehearsals: list[Draft] = field(default_factory=list)
    known: frozenset[int] = frozenset()
    tests: frozenset[int] = frozenset()
    arrivals: ArrivalBook = field(default_factory=ArrivalBook)
    tallies: TallyBook = field(default_factory=TallyBook)
    suppressed: Counter[int] = field(default_factory=Counter)
    first_received_micros: int = 0
    last_received_micros: int = 0

    def note_arrival(self, micros: int) -> None:
        """Widen the span of arrivals."""
        self.first_received_micros = min(micros, self.first_received_micros or micros)
        self.last_received_micros = max(micros, self.last_received_micros)

    @property
    def kept_rejections(self) -> list[Rejection]:
        """Those that go to quarantine: of a test source nothing is kept."""
        return [each for each in self.rejections if each.source not in self.tests] if self.tests else self.rejections

    @property
    def left_out(self) -> dict[int, int]:
        """Of which sources how many are suppressed: those of a test source would have been left out anyway."""
        return {source: count for source, count in self.suppressed.items() if source not in self.tests}

    def add(self, record: SpoolRecord, envelopes: Sequence[Envelope], results: Sequence[Draft | Rejection]) -> None:
        """What became of the messages of one record. One that is sent again after a repair arrived long ago."""
        self.note_arrival(record.received_micros)
        valid = self.rehearsals if record.source in self.tests else self.drafts
        valid.extend(result for result in results if isinstance(result, Draft))
        rejections = [result for result in results if isinstance(result, Rejection)]
        self.rejections.extend(rejections)
        if record.route != REPLAY:
            hour = self.arrivals.of(record.source, record.received_micros)
            hour.received += len(results)
            hour.quarantined += len(rejections)
            hour.noise += sum(1 for result in results if isinstance(result, Draft) and result.noise)
            hour.violations += sum(1 for result in results if result.violations)
        for envelope, result in zip(envelopes, results, strict=True):
            if result.violations:
                self._tally(envelope, result)

    def count(self) -> None:
        """Add to the counts of sources that exist, unless this segment was counted already."""
        if is_taken_first(self.segment):
            self.arrivals.save(self.known)
            self.tallies.save(self.known)
            for source, count in self.left_out.items():
                EventSource.objects.filter(pk=source).update(suppressed=F("suppressed") + count)

    def _tally(self, envelope: Envelope, result: Draft | Rejection) -> None:
        self.tallies.note(envelope, result.name, result.violations, isinstance(result, Rejection))
