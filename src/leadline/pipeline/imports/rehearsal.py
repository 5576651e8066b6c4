"""A dry run: the segments of an import are read and judged by the desk that would take them in, and nothing is kept.

They lie in a folder of their own, sealed under a key that only this run has, and are deleted at the end.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leadline.eventstore.known import known_positions
from leadline.kernel.clock import from_micros
from leadline.pipeline.engine import Engine
from leadline.pipeline.imports.dry_run import FOLDER
from leadline.pipeline.loads import KEY_BYTES
from leadline.tracking.contents import Contents
from leadline.tracking.normalise import Draft, Rejection
from leadline.tracking.plan import EXTRA, UNPLANNED, Violation
from leadline.tracking.spool.segments import closed_segments

EXAMPLES = 3
MOST_NAMES = 1_000
"""Of events and properties that nobody planned, so many are told apart."""
Advance = Callable[[int, int], None]


@dataclass
class Fault:
    """Messages that would be quarantined for one reason. `positions`: of the first few, in the order of the file."""

    count: int = 0
    reasons: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)


@dataclass
class Forecast:
    """What an import would do.

    Attributes:
        test: the source is a test source: of what is valid nothing is stored.
        suppressed: messages that would be left out since the people they name were erased.
        events: how many would be stored, by kind and name.
        unplanned: how often a property that the tracking plan does not know comes, by event; the event itself under "".
    """

    test: bool = False
    stored: int = 0
    duplicates: int = 0
    suppressed: int = 0
    people: int = 0
    first_at: str = ""
    last_at: str = ""
    events: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, Fault] = field(default_factory=dict)
    unplanned: dict[str, dict[str, int]] = field(default_factory=dict)


class _Seen:
    """Numbers that came before, in a file that the system deletes: a large import must not fill memory."""

    def __init__(self) -> None:
        self._numbers = sqlite3.connect("")
        self._numbers.execute("PRAGMA cache_size = -32768")
        self._numbers.execute("CREATE TABLE seen (number BLOB PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, number: bytes) -> bool:
        """Whether it comes for the first time."""
        return self._numbers.execute("INSERT OR IGNORE INTO seen VALUES (?)", [number]).rowcount == 1

    def count(self) -> int:
        """How many there are."""
        return int(self._numbers.execute("SELECT count(*) FROM seen").fetchone()[0])

    def close(self) -> None:
        """Let the file go."""
        self._numbers.close()


@dataclass
class _Rehearsal:
    engine: Engine
    messages: _Seen
    people: _Seen
    forecast: Forecast = field(default_factory=Forecast)
    events: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    first: int = 0
    last: int = 0

    def note(self, contents: Contents) -> None:
        """Count what is in one segment."""
        valid = contents.rehearsals or contents.drafts
        self.forecast.test = self.forecast.test or bool(contents.rehearsals)
        for draft in self._fresh(valid):
            self._count(draft)
        for draft in valid:
            self._count_unplanned(draft.name, draft.violations)
        for rejection in contents.rejections:
            self._count_fault(rejection)
            self._count_unplanned(rejection.name, rejection.violations)
        self.forecast.suppressed += sum(contents.left_out.values())
        self.passed += len(valid) + len(contents.rejections) + contents.suppressed.total()

    def _fresh(self, drafts: Sequence[Draft]) -> list[Draft]:
        keys = [draft.message_key.to_bytes(KEY_BYTES, "big") for draft in drafts]
        asked = [(d.source, d.message_hash, key, d.occurred_micros) for d, key in zip(drafts, keys, strict=True)]
        with self.engine.store.cursor() as cursor:
            known = known_positions(cursor, asked)
        fresh = [
            draft
            for place, (draft, key) in enumerate(zip(drafts, keys, strict=True))
            if self.messages.is_new(key) and place not in known
        ]
        self.forecast.duplicates += len(drafts) - len(fresh)
        return fresh

    def _count(self, draft: Draft) -> None:
        self.forecast.stored += 1
        self.events[f"{draft.kind} {draft.name}" if draft.name != draft.kind else draft.kind] += 1
        kind, person = ("user_id", draft.user_id) if draft.user_id is not None else ("visitor", draft.anonymous_id)
        self.people.is_new(self.engine.desk.hasher.digest(kind, person or ""))
        self.first = min(draft.occurred_micros, self.first or draft.occurred_micros)
        self.last = max(draft.occurred_micros, self.last)

    def _count_fault(self, rejection: Rejection) -> None:
        fault = self.forecast.quarantined.setdefault(rejection.code, Fault())
        fault.count += 1
        if len(fault.positions) < EXAMPLES:
            fault.positions.append(self.passed + rejection.position)
            fault.reasons.append(rejection.reason)

    def _count_unplanned(self, name: str, violations: Iterable[Violation]) -> None:
        for violation in violations:
            if violation.kind in {UNPLANNED, EXTRA}:
                known = self.forecast.unplanned
                if name in known or len(known) < MOST_NAMES:
                    counts = known.setdefault(name, {})
                    if violation.property in counts or len(counts) < MOST_NAMES:
                        counts[violation.property] = counts.get(violation.property, 0) + 1

    def finished(self) -> Forecast:
        """All of it."""
        forecast = self.forecast
        forecast.events = dict(self.events.most_common())
        forecast.people = self.people.count()
        if self.last:
            forecast.first_at, forecast.last_at = (from_micros(m).isoformat() for m in (self.first, self.last))
        if forecast.test:
            forecast.stored = forecast.duplicates = 0
        return forecast


def rehearse(engine: Engine, name: str, key: str, advance: Advance | None = None) -> dict[str, Any]:
    """What taking these segments in would do; nothing is written.

    Args:
        name: of the folder inside the data folder's `rehearsals`.
        key: what its segments are sealed under, in hexadecimal.
    """
    folder = engine.data / FOLDER / Path(name).name
    segments = closed_segments(folder)
    with closing(_Seen()) as messages, closing(_Seen()) as people:
        rehearsal = _Rehearsal(engine, messages, people)
        for path in segments:
            rehearsal.note(engine.desk.read(path, [bytes.fromhex(key)]))
            if advance:
                advance(rehearsal.passed, 0)
        return asdict(rehearsal.finished())


def planned_types(engine: Engine) -> dict[str, dict[str, str]]:
    """By event and property, the type that the tracking plan in force gives it."""
    return {
        event: {name: rule.type for name, rule in each.properties.items()} for event, each in engine.plan.events.items()
    }
