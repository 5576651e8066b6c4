"""Consent as one segment, or a person by hand, says it: the times that count, and the proof of each change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadline.kernel.clock import from_micros, to_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.consent import How, Purpose, Said, Times
from leadline.tracking.consent_times import store_times
from leadline.tracking.events import TraitChange
from leadline.tracking.models import ConsentStatement
from leadline.tracking.normalise import Draft

PROFILING_TRAIT = "consent.profiling"
"""The trait by which the event store knows of it. No canonical name has a dot, so that no metric reads it."""
GIVEN, REFUSED = "given", "refused"
PATH_LENGTH = 500
KEY_BYTES = 16
Place = tuple[int, str]
"""(identity, purpose)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that was said of one purpose.

    Attributes:
        key: names the message. by, because: of a statement by hand.
    """

    identity: int
    said: Said
    said_micros: int
    received_micros: int
    key: bytes
    source: int | None = None
    path: str = ""
    by: str = ""
    because: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether one of us wrote it down."""
        return self.said.how is How.HAND

    @property
    def times(self) -> Times:
        """What it adds to what is known."""
        return Times.of(self.said.given, self.said_micros, by_hand=self.by_hand)

    @property
    def order(self) -> tuple[int, bool, bytes]:
        """By when it was said; at the same moment the refusal comes last, since it counts."""
        return self.said_micros, not self.said.given, self.key


@dataclass
class ConsentBook:
    """The statements of one segment.

    Attributes:
        sources: numbers of those that exist.
    """

    sources: frozenset[int] = frozenset()
    statements: list[Statement] = field(default_factory=list)
    _latest: dict[tuple[int, bool], tuple[int, int]] = field(default_factory=dict)

    def note(self, identity: int, draft: Draft) -> None:
        """Add what a message says."""
        key = draft.message_key.to_bytes(KEY_BYTES, "big")
        path = (draft.place.path or "")[:PATH_LENGTH]
        for said in draft.consents:
            moments = (draft.occurred_micros, draft.received_micros)
            source = draft.source if draft.source in self.sources else None
            self.statements.append(Statement(identity, said, *moments, key, source, path))
            if said.purpose is Purpose.PROFILING:
                place, stamp = (identity, said.given), (draft.occurred_micros, draft.message_hash)
                self._latest[place] = max(stamp, self._latest.get(place, stamp))

    def changes(self) -> Iterable[TraitChange]:
        """What the event store has to know for replays: when profiling was last given, and last refused."""
        for (identity, given), (micros, message_hash) in self._latest.items():
            value = GIVEN if given else REFUSED
            yield TraitChange(identity, PROFILING_TRAIT, value, True, micros, message_hash)

    def save(self) -> set[int]:
        """Write it down. Returns the identities of which other times count now."""
        return keep(self.statements)


def keep(statements: Sequence[Statement]) -> set[int]:
    """Join the statements to the times of their identities, and append proof of those that change something. Returns
    the identities whose times moved. To be called inside a transaction."""
    if not statements:
        return set()
    found: dict[Place, Times] = {}
    for each in statements:
        place = each.identity, each.said.purpose.value
        found[place] = found.get(place, Times()).joined(each.times)
    _append(statements)
    return store_times(found)


def _append(statements: Sequence[Statement]) -> None:
    """Rows of what changed, judged in the order in which it was said."""
    chains = _chains({each.identity for each in statements})
    rows = []
    for each in sorted(statements, key=lambda each: each.order):
        chain = chains.setdefault((each.identity, each.said.purpose.value), Chain())
        if chain.takes(each):
            rows.append(_row(each))
    ConsentStatement.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)


@dataclass
class Chain:
    """The rows of one identity and purpose: (said, given, version) of each signal, and every key."""

    signals: list[tuple[int, bool, str]] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)

    def takes(self, each: Statement) -> bool:
        """Whether a statement is another one than the row before it; it is added then. One by hand always is."""
        if each.key in self.keys:
            return False
        mine = each.said.given, each.said.version
        if not each.by_hand:
            earlier = [row for row in self.signals if row[0] <= each.said_micros]
            if earlier and max(earlier, key=lambda row: (row[0], not row[1]))[1:] == mine:
                return False
            self.signals.append((each.said_micros, *mine))
        self.keys.add(each.key)
        return True


def _chains(identities: Iterable[int]) -> dict[Place, Chain]:
    found: dict[Place, Chain] = {}
    columns = ("identity_id", "purpose", "said_at", "given", "version", "how", "key")
    for some in chunks(identities):
        rows = ConsentStatement.objects.filter(identity__in=some).values_list(*columns)
        for identity, purpose, said_at, given, version, how, key in rows:
            chain = found.setdefault((identity, purpose), Chain())
            chain.keys.add(bytes(key))
            if how != How.HAND:
                chain.signals.append((to_micros(said_at), given, version))
    return found


def _row(each: Statement) -> ConsentStatement:
    said = each.said
    return ConsentStatement(
        identity_id=each.identity,
        purpose=said.purpose.value,
        given=said.given,
        said_at=from_micros(each.said_micros),
        received_at=from_micros(each.received_micros),
        source_id=each.source,
        how=said.how.value,
        version=said.version,
        path=each.path,
        by=each.by,
        because=each.because or None,
        key=each.key,
    )


def by_hand(identity: int, purpose: Purpose, given: bool, at: datetime, key: bytes, by: str, because: str) -> Statement:
    """What one of us writes down, said and received at the same moment."""
    micros = to_micros(at)
    return Statement(identity, Said(purpose, given, How.HAND), micros, micros, key, None, "", by, because)
