"""Which names a segment mentions, and what its messages claim about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leadline.kernel.clock import to_micros
from leadline.tracking.chunks import chunks
from leadline.tracking.claims import Earliest
from leadline.tracking.identity import Claim, IdentityKind
from leadline.tracking.models import IdentityClaim
from leadline.tracking.normalise import Draft
from leadline.tracking.sightings import Sightings, note_sightings
from leadline.tracking.surrogates import SurrogateRegister, Surrogates

EMAIL_LENGTH = 320
"""64 of the local part, the @, 255 of the domain (RFC 5321); what is longer is no address."""


@dataclass
class Names:
    """Every name that messages carry, by kind, and when it was first seen, in microseconds."""

    users: dict[str, int] = field(default_factory=dict)
    emails: dict[str, int] = field(default_factory=dict)
    visitors: dict[str, int] = field(default_factory=dict)
    aliases: list[Draft] = field(default_factory=list)

    def note(self, draft: Draft) -> None:
        """Add the names of one message."""
        micros, user, visitor = draft.occurred_micros, draft.user_id, draft.anonymous_id
        if user is not None and micros < self.users.get(user, micros + 1):
            self.users[user] = micros
        if visitor is not None and micros < self.visitors.get(visitor, micros + 1):
            self.visitors[visitor] = micros
        if draft.traits and (email := email_of(draft)) and micros < self.emails.get(email, micros + 1):
            self.emails[email] = micros
        if draft.previous_id is not None and not draft.alias_of_itself:
            self.aliases.append(draft)


@dataclass(frozen=True)
class Roll:
    """A segment's messages by number: who each is from, what they claim, and which merges are refused."""

    surrogates: Surrogates
    identities: Sequence[int]
    claims: Earliest
    refused: Sequence[Claim]


def call_roll(drafts: Sequence[Draft], register: SurrogateRegister) -> Roll:
    """Give every name its number, in the database where it is new."""
    names = Names()
    for draft in drafts:
        names.note(draft)
    users_before = _previous_users(names, register)
    surrogates = register.numbers(names.users, names.emails, names.visitors)
    users, visitors = surrogates.users, surrogates.visitors
    identities = [users[d.user_id] if d.user_id is not None else visitors[d.anonymous_id or ""] for d in drafts]
    _note_sightings(names, drafts, surrogates)
    claims = _claims(drafts, identities, surrogates)
    refused = _join_aliases(names.aliases, claims, surrogates, {**users, **users_before})
    refused += _belated(surrogates, register)
    return Roll(surrogates, identities, claims, refused)


def email_of(draft: Draft) -> str | None:
    """The e-mail address that a person's traits give. A company's is not its people's."""
    email = draft.traits.get("email") if draft.kind != "group" else None
    text = email.strip().lower() if isinstance(email, str) else ""
    return text if "@" in text[1:-1] and len(text) <= EMAIL_LENGTH else None


def _previous_users(names: Names, register: SurrogateRegister) -> Mapping[str, int]:
    """Aliases of what is a user's id already are refused; those of anything else join a visitor of that name."""
    previous = {str(alias.previous_id) for alias in names.aliases}
    taken = register.existing(IdentityKind.USER_ID, previous) if previous else {}
    for alias in names.aliases:
        previous_id, micros = str(alias.previous_id), alias.occurred_micros
        if previous_id not in taken and previous_id not in names.users:
            names.visitors[previous_id] = min(micros, names.visitors.get(previous_id, micros))
    return taken


def _note_sightings(names: Names, drafts: Iterable[Draft], surrogates: Surrogates) -> None:
    users, visitors = surrogates.users, surrogates.visitors
    sightings = Sightings()
    sightings.note_first(users, names.users)
    sightings.note_first(surrogates.emails, names.emails)
    sightings.note_first(visitors, names.visitors)
    for draft in drafts:
        if draft.user_id is not None:
            sightings.note_noise(users[draft.user_id], draft.noise)
        if draft.anonymous_id is not None:
            sightings.note_noise(visitors[draft.anonymous_id], draft.noise)
    note_sightings(sightings, [newcomer.number for newcomer in surrogates.created])


def _belated(surrogates: Surrogates, register: SurrogateRegister) -> list[Claim]:
    """An alias took a name for a visitor's, and now it turns out to be a user's id: the visitor stays joined, the user
    stays apart, and somebody should look at it."""
    fresh = {newcomer.number for newcomer in surrogates.created}
    users = {name: number for name, number in surrogates.users.items() if number in fresh}
    visitors = register.existing(IdentityKind.ANONYMOUS_ID, users) if users else {}
    found = IdentityClaim.objects.filter(owner__kind=IdentityKind.USER_ID, revoked_at=None).order_by("-occurred_at")
    some = (claim for numbers in chunks(visitors.values()) for claim in found.filter(identity__in=numbers))
    owners = {claim.identity_id: claim for claim in some}
    return [
        Claim(users[name], claim.owner_id, to_micros(claim.occurred_at), claim.tie)
        for name, number in visitors.items()
        if (claim := owners.get(number)) is not None and claim.owner_id != users[name]
    ]


def _claims(drafts: Iterable[Draft], identities: Iterable[int], surrogates: Surrogates) -> Earliest:
    visitors, emails = surrogates.visitors, surrogates.emails
    claims: Earliest = {}
    for draft, owner in zip(drafts, identities, strict=True):
        if draft.user_id is not None and draft.anonymous_id is not None:
            _claim(claims, (visitors[draft.anonymous_id], owner), draft)
        if draft.traits and (email := email_of(draft)):
            _claim(claims, _by_email(draft, owner, emails[email]), draft)
    return claims


def _by_email(draft: Draft, owner: int, email: int) -> tuple[int, int]:
    """A user owns the address; a visitor belongs to it."""
    return (email, owner) if draft.user_id is not None else (owner, email)


def _claim(claims: Earliest, pair: tuple[int, int], draft: Draft) -> None:
    when = (draft.occurred_micros, draft.message_hash)
    if pair not in claims or when < claims[pair]:
        claims[pair] = when


def _join_aliases(
    aliases: Iterable[Draft], claims: Earliest, surrogates: Surrogates, users: Mapping[str, int]
) -> list[Claim]:
    """An alias joins an anonymous id to a user; joining two users is refused. Returns the refused ones."""
    refused = []
    for alias in aliases:
        previous, owner = str(alias.previous_id), surrogates.users[str(alias.user_id)]
        if previous in users:
            refused.append(Claim(users[previous], owner, alias.occurred_micros, alias.message_hash))
        else:
            _claim(claims, (surrogates.visitors[previous], owner), alias)
    return refused
