"""Step (a) of a segment: records. Identities, traits, companies, conversions and quarantine, in one transaction.

Everything here is idempotent, so a segment that was half done when the process died is simply done again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from django.db import transaction

from leadline.kernel.clock import from_micros
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.claims import ClaimRegister, Move, record_edges, settle, warn
from leadline.tracking.companies import CompanyBook
from leadline.tracking.conversions import ConversionBook, ConversionRecipe
from leadline.tracking.events import TraitChange
from leadline.tracking.identity import Claim, IdentityKind
from leadline.tracking.leads import refresh_leads
from leadline.tracking.models import EventSource, Identity, QuarantinedMessage
from leadline.tracking.normalise import Draft, Normaliser, Rejection
from leadline.tracking.plan import TrackingPlan
from leadline.tracking.profiles import AddressBook, TraitBook
from leadline.tracking.spool.frames import CorruptFrame
from leadline.tracking.spool.segments import read_segment
from leadline.tracking.surrogates import Name, SurrogateRegister, Surrogates
from leadline.tracking.wire import unpack

CHUNK = 5_000


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
        drafts, rejections, received = self._read(path, keys)
        with transaction.atomic():
            intake, surrogates, claims = self._record(path.name, drafts, rejections, received)
        self._surrogates.remember(surrogates)
        self._claims.remember(claims)
        return intake

    def _read(self, path: Path, keys: Sequence[bytes]) -> tuple[list[Draft], list[Rejection], list[int]]:
        drafts: list[Draft] = []
        rejections: list[Rejection] = []
        received: list[int] = []
        position = 0
        for record in read_segment(path, keys):
            if isinstance(record, CorruptFrame):
                rejections.append(_corrupt(record, position))
                position += 1
                continue
            received.append(record.received_micros)
            for envelope in unpack(record, position):
                result = self._normaliser.normalise(envelope)
                (drafts if isinstance(result, Draft) else rejections).append(result)  # type: ignore[arg-type]  # each list its own
                position = envelope.position + 1
        return drafts, rejections, received

    def _record(
        self, segment: str, drafts: list[Draft], rejections: list[Rejection], received: list[int]
    ) -> tuple[Intake, Surrogates, list[Claim]]:
        surrogates = self._surrogates.numbers(_names(drafts))
        identities = [surrogates.numbers[_carrier(draft)] for draft in drafts]
        claims = list(self._claims_of(drafts, surrogates.numbers))
        kept = self._claims.keep(claims)
        _record_first_edges(drafts, identities, surrogates)
        moves = settle({claim.identity for claim in kept}, "claim") if kept else []
        traits, companies, conversions = self._books(drafts, identities)
        concerned = conversions.save()
        traits.save()
        companies.save()
        _quarantine(segment, rejections)
        changed = {move.identity for move in moves} | set(traits.stamped) | set(companies.members) | surrogates.created
        refresh_leads(_last_seen(drafts, identities), changed, _abandoned(moves))
        intake = Intake(
            segment=segment,
            drafts=drafts,
            identities=identities,
            traits=list(traits.changes()),
            quarantined=len(rejections),
            touched=frozenset(identities) | changed | concerned,
            first_received_micros=min(received, default=0),
            last_received_micros=max(received, default=0),
        )
        return intake, surrogates, claims

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
            conversions.note(identity, draft)
        return traits, companies, conversions

    def _claims_of(self, drafts: Iterable[Draft], numbers: Mapping[Name, int]) -> Iterator[Claim]:
        for draft in drafts:
            owner = numbers[_carrier(draft)]
            when = (draft.occurred_micros, draft.message_hash)
            if draft.user_id and draft.anonymous_id:
                yield Claim(numbers[IdentityKind.ANONYMOUS_ID, draft.anonymous_id], owner, *when)
            if email := _email(draft):
                number = numbers[IdentityKind.EMAIL, email]
                yield Claim(number, owner, *when) if draft.user_id else Claim(owner, number, *when)
            if draft.previous_id and not draft.alias_of_itself:
                yield from self._alias(draft, owner, numbers)

    def _alias(self, draft: Draft, owner: int, numbers: Mapping[Name, int]) -> Iterator[Claim]:
        """An alias joins an anonymous id to a user; joining two users is refused and noted."""
        previous = str(draft.previous_id)
        user = self._surrogates.existing(IdentityKind.USER_ID, previous)
        if user is not None:
            warn(user, owner, "An alias cannot join two people who both have a user id.", draft.occurred_micros)
            return
        anonymous = numbers[IdentityKind.ANONYMOUS_ID, previous]
        yield Claim(anonymous, owner, draft.occurred_micros, draft.message_hash)


def _carrier(draft: Draft) -> Name:
    """The name whose surrogate the event carries: the user's when there is one."""
    if draft.user_id:
        return IdentityKind.USER_ID, draft.user_id
    return IdentityKind.ANONYMOUS_ID, str(draft.anonymous_id)


def _email(draft: Draft) -> str | None:
    email = draft.traits.get("email") if draft.kind != "group" else None
    text = email.strip().lower() if isinstance(email, str) else ""
    return text[:320] if "@" in text[1:-1] else None


def _names(drafts: Iterable[Draft]) -> dict[Name, int]:
    """Every name in the segment and when it was first seen."""
    first: dict[Name, int] = {}

    def note(kind: IdentityKind, value: str | None, micros: int) -> None:
        if value and micros < first.get((kind, value), micros + 1):
            first[kind, value] = micros

    for draft in drafts:
        note(IdentityKind.USER_ID, draft.user_id, draft.occurred_micros)
        note(IdentityKind.ANONYMOUS_ID, draft.anonymous_id, draft.occurred_micros)
        if draft.traits:
            note(IdentityKind.EMAIL, _email(draft), draft.occurred_micros)
        if draft.previous_id and not draft.alias_of_itself:
            note(IdentityKind.ANONYMOUS_ID, draft.previous_id, draft.occurred_micros)
    return first


def _record_first_edges(drafts: Sequence[Draft], identities: Sequence[int], surrogates: Surrogates) -> None:
    """New user and anonymous ids begin at their own lead."""
    rows = Identity.objects.filter(pk__in=surrogates.created, home__isnull=False)
    since = _first_seen(drafts, identities)
    record_edges(
        [Move(n, None, lead, since.get(n, 0)) for n, lead in rows.values_list("pk", "lead_id") if lead is not None],
        "new",
    )


def _first_seen(drafts: Sequence[Draft], identities: Sequence[int]) -> dict[int, int]:
    seen: dict[int, int] = {}
    for draft, identity in zip(drafts, identities, strict=True):
        seen[identity] = min(draft.occurred_micros, seen.get(identity, draft.occurred_micros))
    return seen


def _last_seen(drafts: Sequence[Draft], identities: Sequence[int]) -> dict[int, int]:
    seen: dict[int, int] = {}
    for draft, identity in zip(drafts, identities, strict=True):
        seen[identity] = max(draft.occurred_micros, seen.get(identity, draft.occurred_micros))
    return seen


def _abandoned(moves: Iterable[Move]) -> set[int]:
    return {move.from_lead for move in moves if move.from_lead is not None}


def _corrupt(frame: CorruptFrame, position: int) -> Rejection:
    return Rejection(position, 0, 0, "corrupt_frame", f"Frame {frame.sequence}: {frame.reason}", "", frame.raw)


def _quarantine(segment: str, rejections: Sequence[Rejection]) -> None:
    sources = set(EventSource.objects.values_list("pk", flat=True))
    rows = [
        QuarantinedMessage(
            segment=segment,
            position=rejection.position,
            source_id=rejection.source if rejection.source in sources else None,
            received_at=from_micros(rejection.received_micros),
            code=rejection.code,
            reason=rejection.reason,
            name=rejection.name,
            body=_body(rejection.raw),
        )
        for rejection in rejections
    ]
    QuarantinedMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)


def _body(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return {"undecodable": raw.hex()}
