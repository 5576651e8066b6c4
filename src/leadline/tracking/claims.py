"""Claims about identities: which a segment makes, how they are kept, and which identities they move to another lead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from leadline.kernel.clock import from_micros, to_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.identity import Claim, IdentityKind, Neighbourhood
from leadline.tracking.models import Identity, IdentityClaim, IdentityEdge, Lead, MergeWarning

REMEMBERED = 500_000
RELEASED = "released"
"""The cause of an edge that leads away from its lead, to nobody."""
SAME_ADDRESS = "Two people with a user id gave the same e-mail address."
Earliest = dict[tuple[int, int], tuple[int, int]]
"""(identity, owner) -> (occurred_micros, tie) of the earliest such claim."""


@dataclass(frozen=True, slots=True)
class Move:
    """An identity that now belongs to another lead (or to its first). An e-mail address that nobody claims any more
    belongs to none: its edge names the lead that it left, and `RELEASED` as the cause."""

    identity: int
    from_lead: int | None
    to_lead: int | None
    occurred_micros: int


class ClaimRegister:
    """Keeps claims; each once, at its earliest. What it remembers is only what was committed."""

    def __init__(self) -> None:
        self._known: Earliest = {}

    def keep(self, claims: Earliest) -> list[Claim]:
        """Store claims that are new or earlier than the stored ones, and return these."""
        known = self._known
        earlier = {pair: when for pair, when in claims.items() if pair not in known or when < known[pair]}
        return self._store(earlier) if earlier else []

    def remember(self, claims: Earliest) -> None:
        """Keep committed claims at hand."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        for pair, when in claims.items():
            self._known[pair] = min(when, self._known.get(pair, when))

    def _store(self, claims: Earliest) -> list[Claim]:
        stored = _stored_claims({identity for identity, _ in claims})
        news = {pair: when for pair, when in claims.items() if pair not in stored or _is_earlier(when, stored[pair])}
        kept = [Claim(*pair, *when) for pair, when in news.items()]
        IdentityClaim.objects.bulk_create(
            [_row(claim) for claim in kept],
            update_conflicts=True,
            unique_fields=["identity", "owner"],
            update_fields=["occurred_at", "tie"],
            batch_size=CHUNK,
        )
        return kept


def settle(identities: Iterable[int], cause: str) -> list[Move]:
    """Resolve these identities and all that hangs on them; write what moved, with an edge for each move."""
    neighbourhood, rows = _neighbourhood(set(identities))
    leads = neighbourhood.resolve()
    moved = [row for row in rows.values() if leads.get(row.pk) != row.lead_id]
    since = _moments(neighbourhood.claims)
    moves = [Move(r.pk, r.lead_id, leads.get(r.pk), since.get(r.pk, to_micros(r.first_seen_at))) for r in moved]
    for row in moved:
        row.lead_id = leads.get(row.pk)
    Identity.objects.bulk_update(moved, ["lead"], batch_size=CHUNK)
    _mark_merged(moved)
    record_edges(moves, cause)
    warn(_of_one_address(neighbourhood, leads), SAME_ADDRESS)
    return moves


def record_edges(moves: Sequence[Move], cause: str) -> None:
    """Append the edges that the event store copies."""
    rows = [_edge(m, m.to_lead, cause) for m in moves if m.to_lead is not None]
    rows += [_edge(m, m.from_lead, RELEASED) for m in moves if m.to_lead is None and m.from_lead is not None]
    IdentityEdge.objects.bulk_create(rows, batch_size=CHUNK)


def _edge(move: Move, lead: int, cause: str) -> IdentityEdge:
    moment = from_micros(move.occurred_micros)
    return IdentityEdge(identity_id=move.identity, lead_id=lead, occurred_at=moment, cause=cause)


def _of_one_address(neighbourhood: Neighbourhood, leads: Mapping[int, int]) -> list[Claim]:
    """Users beside the one who gave an address first: perhaps one person with two accounts. Nobody is merged for it."""
    first: dict[int, Claim] = {}
    others = []
    for claim in sorted(neighbourhood.claims, key=lambda c: (c.occurred_micros, c.tie, c.owner)):
        if neighbourhood.kinds[claim.identity] is IdentityKind.EMAIL:
            owner = first.setdefault(claim.identity, claim).owner
            if leads[owner] != leads[claim.owner]:
                others.append(Claim(claim.owner, owner, claim.occurred_micros, claim.tie))
    return others


def warn(refused: Iterable[Claim], reason: str) -> None:
    """Note merges that were refused; the same one once."""
    rows = [
        MergeWarning(
            identity_id=c.identity, owner_id=c.owner, reason=reason, occurred_at=from_micros(c.occurred_micros)
        )
        for c in refused
    ]
    MergeWarning.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)


def _stored_claims(identities: set[int]) -> dict[tuple[int, int], IdentityClaim]:
    found: dict[tuple[int, int], IdentityClaim] = {}
    for some in chunks(identities):
        found |= {(row.identity_id, row.owner_id): row for row in IdentityClaim.objects.filter(identity__in=some)}
    return found


def _row(claim: Claim) -> IdentityClaim:
    moment = from_micros(claim.occurred_micros)
    return IdentityClaim(identity_id=claim.identity, owner_id=claim.owner, occurred_at=moment, tie=claim.tie)


def _is_earlier(when: tuple[int, int], row: IdentityClaim) -> bool:
    """A claim made by hand keeps the moment when it was made: taking it back goes back to then."""
    return row.revoked_at is None and not row.by_hand and when < (to_micros(row.occurred_at), row.tie)


def _neighbourhood(identities: set[int]) -> tuple[Neighbourhood, dict[int, Identity]]:
    """Everything that can change when these do: e-mail addresses spread to the visitors who gave them, and claims by
    hand to whom they joined. Users do not spread to what is theirs: only a claim by hand moves a user, and whoever
    makes it asks for everything that is the user's as well."""
    claims: dict[int, IdentityClaim] = {}
    seen: set[int] = set()
    frontier = set(identities)
    while frontier:
        seen |= frontier
        found = _claims_around(frontier)
        claims |= {claim.pk: claim for claim in found}
        frontier = {number for c in found for number in (c.identity_id, c.owner_id)} - seen
    rows = _identities(seen)
    live = [
        Claim(c.identity_id, c.owner_id, to_micros(c.occurred_at), c.tie, c.by_hand)
        for c in claims.values()
        if c.revoked_at is None
    ]
    kinds = {number: IdentityKind(row.kind) for number, row in rows.items()}
    homes = {number: row.home_id for number, row in rows.items() if row.home_id is not None}
    return Neighbourhood(kinds, homes, live), rows


def _claims_around(identities: set[int]) -> list[IdentityClaim]:
    found: list[IdentityClaim] = []
    for some in chunks(identities):
        about = Q(identity__in=some)
        toward = Q(owner__in=some) & (Q(owner__kind=IdentityKind.EMAIL) | Q(by_hand=True))
        found += IdentityClaim.objects.filter(about | toward)
    return found


def _identities(numbers: Iterable[int]) -> dict[int, Identity]:
    found: dict[int, Identity] = {}
    for some in chunks(numbers):
        found |= Identity.objects.in_bulk(some)
    return found


def _moments(claims: Iterable[Claim]) -> dict[int, int]:
    since: dict[int, int] = {}
    for claim in claims:
        since[claim.identity] = min(claim.occurred_micros, since.get(claim.identity, claim.occurred_micros))
    return since


def _mark_merged(moved: Sequence[Identity]) -> None:
    """A lead whose own identity belongs to another lead is merged into that one; one whose identity is back is not."""
    homes = {row.home_id: row.lead_id for row in moved if row.home_id is not None}
    leads = list(Lead.objects.in_bulk(list(homes)).values())
    for lead in leads:
        lead.merged_into_id = homes[lead.pk] if homes[lead.pk] != lead.pk else None
    Lead.objects.bulk_update(leads, ["merged_into"], batch_size=CHUNK)
