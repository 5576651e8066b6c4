"""Step (a) of a segment: records. Identities, traits, companies, conversions and quarantine, in one transaction.

Everything here is idempotent, so a segment that was half done when the process died is simply done again. Counts are
made in the same transaction, the first time that a segment is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings
from django.db import transaction

from leadline.privacy.lookup import LookupHasher
from leadline.tracking.claims import ClaimRegister, Move, record_edges, settle, warn
from leadline.tracking.companies import CompanyBook
from leadline.tracking.consent_book import ConsentBook
from leadline.tracking.consent_times import turned
from leadline.tracking.contents import Contents
from leadline.tracking.conversions import ConversionBook, ConversionRecipe
from leadline.tracking.events import TraitChange
from leadline.tracking.internal import load_rules
from leadline.tracking.leads import refresh_leads
from leadline.tracking.naming import Roll, call_roll
from leadline.tracking.normalise import Draft, Normaliser, Rejection
from leadline.tracking.plan import TrackingPlan
from leadline.tracking.policies import policies
from leadline.tracking.profiles import AddressBook, TraitBook
from leadline.tracking.quarantine import quarantine, rejected_frame
from leadline.tracking.spool.frames import CorruptFrame
from leadline.tracking.spool.segments import read_segment
from leadline.tracking.suppression import Suppression, without_erased
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
        quarantined: how many messages are kept in quarantine.
        rejections: what could not become an event, test sources' included, which are not kept.
        rehearsals: valid messages of test sources: in no store.
        companies: accounts whose facts may have changed.
    """

    segment: str
    drafts: Sequence[Draft]
    identities: Sequence[int]
    traits: Sequence[TraitChange]
    quarantined: int
    touched: frozenset[int]
    first_received_micros: int = 0
    last_received_micros: int = 0
    rejections: Sequence[Rejection] = ()
    rehearsals: Sequence[Draft] = ()
    companies: frozenset[int] = frozenset()


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
        return self.record(self.read(path, keys))

    def record(self, contents: Contents) -> Intake:
        """Write the records of a segment that was read."""
        with transaction.atomic():
            intake, roll = self._record(contents)
        self._surrogates.remember(roll.surrogates)
        self._claims.remember(roll.claims)
        return intake

    def normaliser(self) -> Normaliser:
        """What judges messages, under the sources' present policies."""
        return replace(self._normaliser, policies=policies(), noise=load_rules(), consent=settings.CONSENT)

    def read(self, path: Path, keys: Sequence[bytes]) -> Contents:
        """Read and judge a segment; nothing is written."""
        normaliser = self.normaliser()
        tests = frozenset(number for number, policy in normaliser.policies.items() if policy.test)
        contents = Contents(path.name, known=frozenset(normaliser.policies), tests=tests)
        erased = Suppression.current(self.hasher)
        normalise, position = normaliser.normalise, 0
        for record in read_segment(path, keys):
            if isinstance(record, CorruptFrame):
                arrived = contents.last_received_micros or _began(path)
                contents.rejections.append(rejected_frame(record, position, arrived))
                position += 1
                continue
            envelopes = list(unpack(record, position))
            judged = [(envelope, normalise(envelope)) for envelope in envelopes]
            kept, results = without_erased(judged, record.route, erased)
            if len(kept) < len(envelopes):
                contents.suppressed[record.source] += len(envelopes) - len(kept)
            contents.add(record, kept, results)
            position += len(envelopes)
        return contents

    def _record(self, contents: Contents) -> tuple[Intake, Roll]:
        drafts = contents.drafts
        roll = call_roll(drafts, self._surrogates)
        _record_first_edges(roll.surrogates.created)
        warn(roll.refused, TWO_USERS)
        kept = self._claims.keep(roll.claims)
        moves = settle({claim.identity for claim in kept}, "claim") if kept else []
        traits, companies, conversions = self._books(drafts, roll.identities)
        consents = _consents(contents, roll.identities)
        concerned = conversions.save()
        told_of_consent = consents.save()
        traits.save()
        told = companies.save()
        kept_rejections = contents.kept_rejections
        quarantine(contents.segment, kept_rejections)
        contents.count()
        changed = {move.identity for move in moves} | set(traits.stamped) | set(companies.members)
        changed |= {newcomer.number for newcomer in roll.surrogates.created}
        changed |= turned(told_of_consent) if told_of_consent else set()
        refresh_leads(_last_seen(drafts, roll.identities), changed, _abandoned(moves))
        intake = Intake(
            segment=contents.segment,
            drafts=drafts,
            identities=roll.identities,
            traits=[*traits.changes(), *consents.changes()],
            quarantined=len(kept_rejections),
            touched=frozenset(roll.identities) | changed | concerned,
            first_received_micros=contents.first_received_micros,
            last_received_micros=contents.last_received_micros,
            rejections=contents.rejections,
            rehearsals=contents.rehearsals,
            companies=told,
        )
        return intake, roll

    def _books(
        self, drafts: Sequence[Draft], identities: Sequence[int]
    ) -> tuple[TraitBook, CompanyBook, ConversionBook]:
        traits = TraitBook(self.addresses)
        companies = CompanyBook(self.hasher, self.addresses)
        conversions = ConversionBook(self.hasher, self.recipes)
        for draft, identity in zip(drafts, identities, strict=True):
            if draft.traits:
                traits.note(identity, draft)
            if draft.traits or draft.kind == "group":
                companies.note(identity, draft)
            if draft.name in conversions.events:
                conversions.note(identity, draft)
        return traits, companies, conversions


def _consents(contents: Contents, identities: Sequence[int]) -> ConsentBook:
    book = ConsentBook(contents.known)
    for draft, identity in zip(contents.drafts, identities, strict=True):
        if draft.consents:
            book.note(identity, draft)
    return book


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
