"""Step (a) of a segment: records. Identities, traits, companies, conversions and quarantine, in one transaction.

Everything here is idempotent, so a segment that was half done when the process died is simply done again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from leadline.privacy.lookup import LookupHasher
from leadline.tracking.claims import ClaimRegister, Move, record_edges, settle, warn
from leadline.tracking.companies import CompanyBook
from leadline.tracking.conversions import ConversionBook, ConversionRecipe
from leadline.tracking.events import TraitChange
from leadline.tracking.leads import refresh_leads
from leadline.tracking.naming import Roll, call_roll
from leadline.tracking.normalise import Draft, Normaliser, Rejection
from leadline.tracking.plan import TrackingPlan
from leadline.tracking.profiles import AddressBook, TraitBook
from leadline.tracking.quarantine import quarantine, rejected_frame
from leadline.tracking.spool.frames import CorruptFrame
from leadline.tracking.spool.segments import read_segment
from leadline.tracking.surrogates import Newcomer, SurrogateRegister
from leadline.tracking.wire import unpack

TWO_USERS = "An alias cannot join two people who both have a user id."


@dataclass(frozen=True)
class Intake:
    """What a segment brought.

    Attributes:
        drafts: valid messages, in order.
        identities: the surrogate each draft's event carries, in the same order.
        traits: what the event store may know of the traits.
        touched: identities whose lead, traits or conversions may have changed.
    """

    segment: str
    drafts: Sequence[Draft]
    identities: Sequence[int]
    traits: Sequence[TraitChange]
    quarantined: int
    touched: frozenset[int]
    first_received_micros: int = 0
    last_received_micros: int = 0


@dataclass
class Contents:
    """What is in a segment, read and judged, before anything is written."""

    segment: str
    drafts: list[Draft] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    first_received_micros: int = 0
    last_received_micros: int = 0

    def note_arrival(self, micros: int) -> None:
        """Widen the span of arrivals."""
        self.first_received_micros = min(micros, self.first_received_micros or micros)
        self.last_received_micros = max(micros, self.last_received_micros)


@dataclass
class IntakeDesk:
    """Takes segments in. Keeps what it learned about ids between them."""

    hasher: LookupHasher
    plan: TrackingPlan
    recipes: Sequence[ConversionRecipe]
    kept_properties: Mapping[str, frozenset[str]]
    addresses: AddressBook = field(default_factory=AddressBook)

    def __post_init__(self) -> None:
        self._normaliser = Normaliser(self.hasher, self.plan, self.kept_properties)
        self._surrogates = SurrogateRegister(self.hasher)
        self._claims = ClaimRegister()

    def take_in(self, path: Path, keys: Sequence[bytes]) -> Intake:
        """Read a segment and write its records."""
        contents = self.read(path, keys)
        with transaction.atomic():
            intake, roll = self._record(contents)
        self._surrogates.remember(roll.surrogates)
        self._claims.remember(roll.claims)
        return intake

    def read(self, path: Path, keys: Sequence[bytes]) -> Contents:
        """Read and judge a segment; nothing is written."""
        contents = Contents(path.name)
        normalise, position = self._normaliser.normalise, 0
        for record in read_segment(path, keys):
            if isinstance(record, CorruptFrame):
                arrived = contents.last_received_micros or _began(path)
                contents.rejections.append(rejected_frame(record, position, arrived))
                position += 1
                continue
            contents.note_arrival(record.received_micros)
            for envelope in unpack(record, position):
                result = normalise(envelope)
                if isinstance(result, Draft):
                    contents.drafts.append(result)
                else:
                    contents.rejections.append(result)
                position += 1
        return contents

    def _record(self, contents: Contents) -> tuple[Intake, Roll]:
        drafts = contents.drafts
        roll = call_roll(drafts, self._surrogates)
        _record_first_edges(roll.surrogates.created)
        warn(roll.refused, TWO_USERS)
        kept = self._claims.keep(roll.claims)
        moves = settle({claim.identity for claim in kept}, "claim") if kept else []
        traits, companies, conversions = self._books(drafts, roll.identities)
        concerned = conversions.save()
        traits.save()
        companies.save()
        quarantine(contents.segment, contents.rejections)
        changed = {move.identity for move in moves} | set(traits.stamped) | set(companies.members)
        changed |= {newcomer.number for newcomer in roll.surrogates.created}
        refresh_leads(_last_seen(drafts, roll.identities), changed, _abandoned(moves))
        intake = Intake(
            segment=contents.segment,
            drafts=drafts,
            identities=roll.identities,
            traits=list(traits.changes()),
            quarantined=len(contents.rejections),
            touched=frozenset(roll.identities) | changed | concerned,
            first_received_micros=contents.first_received_micros,
            last_received_micros=contents.last_received_micros,
        )
        return intake, roll

    def _books(
        self, drafts: Sequence[Draft], identities: Sequence[int]
    ) -> tuple[TraitBook, CompanyBook, ConversionBook]:
        traits = TraitBook(self.addresses)
        companies = CompanyBook(self.hasher)
        conversions = ConversionBook(self.hasher, self.recipes)
        for draft, identity in zip(drafts, identities, strict=True):
            if draft.traits:
                traits.note(identity, draft)
            if draft.traits or draft.kind == "group":
                companies.note(identity, draft)
            if draft.name in conversions.events:
                conversions.note(identity, draft)
        return traits, companies, conversions


def _began(path: Path) -> int:
    """When a segment's first record came in, as its name says."""
    begin = path.name.split("-")[0]
    return int(begin) if begin.isdecimal() else 0


def _record_first_edges(created: Sequence[Newcomer]) -> None:
    """New user and anonymous ids begin at their own lead."""
    record_edges([Move(n.number, None, n.home, n.first_seen_micros) for n in created if n.home is not None], "new")


def _last_seen(drafts: Sequence[Draft], identities: Sequence[int]) -> dict[int, int]:
    seen: dict[int, int] = {}
    for draft, identity in zip(drafts, identities, strict=True):
        if draft.occurred_micros > seen.get(identity, 0):
            seen[identity] = draft.occurred_micros
    return seen


def _abandoned(moves: Sequence[Move]) -> set[int]:
    return {move.from_lead for move in moves if move.from_lead is not None}
