"""What became of every message that was accepted: stored, a duplicate, in quarantine, or still waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from leadline.eventstore import queries
from leadline.eventstore.loads import loaded_names
from leadline.pipeline.engine import Engine
from leadline.tracking.models import QuarantinedMessage
from leadline.tracking.spool.frames import CorruptFrame
from leadline.tracking.spool.segments import closed_segments, read_segment
from leadline.tracking.wire import unpack

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Account:
    """Messages by what became of them; each is counted once. One that was replayed is no longer in quarantine."""

    stored: int
    duplicates: int
    quarantined: int
    waiting: int

    @property
    def accepted(self) -> int:
        """All of them."""
        return self.stored + self.duplicates + self.quarantined + self.waiting


def account(engine: Engine) -> Account:
    """Count, and count again when a segment was loaded meanwhile, so that the figures add up."""
    found, loads = _count(engine), -1
    for _ in range(ATTEMPTS):
        if loads == found[1]:
            break
        loads = found[1]
        found = _count(engine)
    return found[0]


def _count(engine: Engine) -> tuple[Account, int]:
    """The account, and how many loads it is of."""
    paths = closed_segments(engine.spool)
    with engine.store.cursor() as cursor:
        counts = queries.status_counts(cursor)
        loaded = loaded_names(cursor) if paths else frozenset()
    waiting = [path for path in paths if path.name not in loaded]
    names = [path.name for path in waiting]
    quarantined = QuarantinedMessage.objects.filter(replayed_at=None).exclude(segment__in=names).count()
    messages = sum(_messages(path, engine.spool_keys) for path in waiting)
    return Account(counts.stored, counts.duplicates, quarantined, messages), counts.segments


def _messages(path: Path, keys: Sequence[bytes]) -> int:
    try:
        return _messages_in(path, tuple(keys))
    except FileNotFoundError:  # loaded meanwhile
        return 0


@lru_cache(maxsize=10_000)
def _messages_in(path: Path, keys: tuple[bytes, ...]) -> int:
    """A closed segment never changes: with a backlog each is read once, not for every question."""
    records = read_segment(path, keys)
    return sum(1 if isinstance(record, CorruptFrame) else len(list(unpack(record, 0))) for record in records)
