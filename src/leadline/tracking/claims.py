"""Claims about identities: which a segment makes, how they are kept, and which identities they move to another lead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from leadline.kernel.clock import from_micros, to_micros
from leadline.tracking.identity import Claim, IdentityKind, Neighbourhood
from leadline.tracking.models import Identity, IdentityClaim, IdentityEdge, Lead, MergeWarning

CHUNK = 5_000
REMEMBERED = 500_000


@dataclass(frozen=True, slots=True)
class Move:
    """An identity that now belongs to another lead (or to its first)."""

    identity: int
    from_lead: int | None
    to_lead: int
    occurred_micros: int


class ClaimRegister:
    """Keeps claims; each once, at its earliest. What it remembers is only what was committed."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[int, int]] = {}

    def keep(self, claims: Iterable[Claim]) -> list[Claim]:
        """Store claims that are new or earlier than the stored ones, and return these."""
        earliest: dict[tuple[int, int], Claim] = {}
        for claim in claims:
            pair = (claim.identity, claim.owner)
            if pair in self._known and self._known[pair] <= _when(claim):
                continue
            if pair not in earliest or _when(claim) < _when(earliest[pair]):
                earliest[pair] = claim
        return self._store(earliest) if earliest else []

    def remember(self, claims: Iterable[Claim]) -> None:
        """Keep committed claims at hand."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        for claim in claims:
            pair = (claim.identity, claim.owner)
            self._known[pair] = min(_when(claim), self._known.get(pair, _when(claim)))

    def _store(self, earliest: Mapping[tuple[int, int], Claim]) -> list[Claim]:
        rows = IdentityClaim.objects.filter(identity__in={identity for identity, _ in earliest})
        stored = {(row.identity_id, row.owner_id): row for row in rows}
        new = [claim for pair, claim in earliest.items() if pair not in stored]
        IdentityClaim.objects.bulk_create(
            [
                IdentityClaim(
                    identity_id=c.identity, owner_id=c.owner, occurred_at=from_micros(c.occurred_micros), tie=c.tie
                )
                for c in new
            ],
            batch_size=CHUNK,
        )
        earlier = [c for pair, c in earliest.items() if pair in stored and _is_earlier(c, stored[pair])]
        for claim in earlier:
            row = stored[claim.identity, claim.owner]
            row.occurred_at, row.tie = from_micros(claim.occurred_micros), claim.tie
        IdentityClaim.objects.bulk_update(
            [stored[c.identity, c.owner] for c in earlier], ["occurred_at", "tie"], batch_size=CHUNK
        )
        return new + earlier


def settle(identities: Iterable[int], cause: str) -> list[Move]:
    """Resolve these identities and all that hangs on them; write what moved, with an edge for each move."""
    neighbourhood, rows = _neighbourhood(set(identities))
    leads = neighbourhood.resolve()
    moved = [row for row in rows.values() if row.pk in leads and leads[row.pk] != row.lead_id]
    since = _moments(neighbourhood.claims)
    moves = [Move(r.pk, r.lead_id, leads[r.pk], since.get(r.pk, to_micros(r.first_seen_at))) for r in moved]
    for row in moved:
        row.lead_id = leads[row.pk]
    Identity.objects.bulk_update(moved, ["lead"], batch_size=CHUNK)
    _mark_merged(moved)
    record_edges(moves, cause)
    return moves


def record_edges(moves: Sequence[Move], cause: str) -> None:
    """Append the edges that the event store copies."""
    IdentityEdge.objects.bulk_create(
        [
            IdentityEdge(
                identity_id=m.identity, lead_id=m.to_lead, occurred_at=from_micros(m.occurred_micros), cause=cause
            )
            for m in moves
        ],
        batch_size=CHUNK,
    )


def unmerge(identity: int, owner: int) -> list[Move]:
    """Take back the claim that `identity` is `owner`'s: it returns to the next claimant, or to the lead it came from.

    The claim stays, revoked, so that later events cannot make it again.
    """
    changed = IdentityClaim.objects.filter(identity_id=identity, owner_id=owner, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    return settle([identity], "unmerge") if changed else []


def warn(identity: int, owner: int, reason: str, occurred_micros: int) -> None:
    """Note a merge that was refused."""
    MergeWarning.objects.get_or_create(
        identity_id=identity, owner_id=owner, reason=reason, defaults={"occurred_at": from_micros(occurred_micros)}
    )


def _when(claim: Claim) -> tuple[int, int]:
    return claim.occurred_micros, claim.tie


def _is_earlier(claim: Claim, row: IdentityClaim) -> bool:
    return row.revoked_at is None and _when(claim) < (to_micros(row.occurred_at), row.tie)


def _neighbourhood(identities: set[int]) -> tuple[Neighbourhood, dict[int, Identity]]:
    """Everything that can change when these do: e-mail addresses spread to the visitors who gave them; users do not,
    since nothing moves a user."""
    claims: dict[int, IdentityClaim] = {}
    seen: set[int] = set()
    frontier = set(identities)
    while frontier:
        seen |= frontier
        found = _claims_around(frontier)
        claims |= {claim.pk: claim for claim in found}
        frontier = {c.identity_id for c in found} | {c.owner_id for c in found if c.owner.kind == IdentityKind.EMAIL}
        frontier -= seen
    rows = Identity.objects.in_bulk(seen | {claim.owner_id for claim in claims.values()})
    live = [
        Claim(c.identity_id, c.owner_id, to_micros(c.occurred_at), c.tie)
        for c in claims.values()
        if c.revoked_at is None
    ]
    kinds = {number: IdentityKind(row.kind) for number, row in rows.items()}
    homes = {number: row.home_id for number, row in rows.items() if row.home_id is not None}
    return Neighbourhood(kinds, homes, live), rows


def _claims_around(identities: set[int]) -> list[IdentityClaim]:
    about = Q(identity__in=identities)
    toward_email = Q(owner__in=identities, owner__kind=IdentityKind.EMAIL)
    return list(IdentityClaim.objects.filter(about | toward_email).select_related("owner"))


def _moments(claims: Iterable[Claim]) -> dict[int, int]:
    since: dict[int, int] = {}
    for claim in claims:
        since[claim.identity] = min(claim.occurred_micros, since.get(claim.identity, claim.occurred_micros))
    return since


def _mark_merged(moved: Sequence[Identity]) -> None:
    """A lead whose own identity belongs to another lead is merged into that one; one whose identity is back is not."""
    homes = {row.home_id: row.lead_id for row in moved if row.home_id is not None}
    leads = list(Lead.objects.filter(pk__in=homes))
    for lead in leads:
        lead.merged_into_id = homes[lead.pk] if homes[lead.pk] != lead.pk else None
    Lead.objects.bulk_update(leads, ["merged_into"], batch_size=CHUNK)
