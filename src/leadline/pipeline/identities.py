"""The identities of a lead; merging people by hand, and taking back a merge that was wrong."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.noting import note_put_back
from leadline.pipeline.previews import Preview, preview
from leadline.pipeline.rescoring import catch_up_edges
from leadline.privacy.fields import lookup_hasher
from leadline.qualification.resting import step_back
from leadline.tracking import merging
from leadline.tracking.claims import Move
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, IdentityClaim, Lead, MergeWarning

WARNINGS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of a person. `claimed_by` are the names by whose claim it is theirs, the one that counts first;
    `by_hand` says that a person made that claim, `claim` is its number."""

    kind: str
    value: str
    first_seen_at: datetime
    claimed_by: tuple[str, ...]
    by_hand: bool
    claim: int | None


def identities_of(lead: str) -> list[dict[str, Any]]:
    """Every name of a person, and by whose claim it is theirs.

    Raises:
        NotFoundError: nobody fits.
    """
    return [
        {**asdict(name), "first_seen_at": name.first_seen_at.isoformat(), "claimed_by": list(name.claimed_by)}
        for name in names_of(find_lead(lead))
    ]


def names_of(lead: Lead) -> list[KnownName]:
    """Every name of a lead, the oldest first."""
    rows = list(Identity.objects.filter(lead=lead).order_by("first_seen_at", "pk"))
    claims = _claims_about(rows)
    return [
        KnownName(
            kind=row.kind,
            value=row.value,
            first_seen_at=row.first_seen_at,
            claimed_by=tuple(claim.owner.value for claim in claims.get(row.pk, ())),
            by_hand=any(claim.by_hand for claim in claims.get(row.pk, ())),
            claim=next((claim.pk for claim in claims.get(row.pk, ())), None),
        )
        for row in rows
    ]


def merge(engine: Engine, lead: str, into: str) -> dict[str, Any]:
    """Make two people one, by hand: everything of `lead` is `into`'s from now on, and they are scored as one.

    Raises:
        NotFoundError: one of them is unknown.
        TerminalError: they are one already, or a person would be merged into a visitor.
    """
    one, other = find_lead(lead), find_lead(into)
    with engine.lock:
        moves = merging.merge(one, other, utc_now())
        catch_up_edges(engine, utc_now())
    return _told(moves)


def merge_preview(engine: Engine, lead: str, into: str) -> dict[str, Any]:
    """What `merge` would do, without doing it."""
    return preview_of_merge(engine, find_lead(lead), find_lead(into), utc_now()).as_dict()


def preview_of_merge(engine: Engine, lead: Lead, into: Lead, at: datetime) -> Preview:
    """Both people as they are, and the one they would be.

    Raises:
        TerminalError: they cannot be merged.
    """
    return preview(engine, [lead.pk, into.pk], lambda: merging.merge(lead, into, at), at)


def unmerge(engine: Engine, identity: str, owner: str) -> dict[str, Any]:
    """Take back that `identity` is `owner`'s: both leads get their own events, card and score again.

    Raises:
        NotFoundError: one of them was never seen.
        TerminalError: it is not `owner`'s by any claim.
    """
    claim = claim_between(identity, owner)
    with engine.lock:
        moves = unmerge_claim(engine, claim, utc_now())
    return _told(moves)


def unmerge_preview(engine: Engine, identity: str, owner: str) -> dict[str, Any]:
    """What `unmerge` would do, without doing it."""
    return preview_of_unmerge(engine, claim_between(identity, owner), utc_now()).as_dict()


def unmerge_claim(engine: Engine, claim: IdentityClaim, at: datetime) -> list[Move]:
    """Take back a claim, and score whom it concerns."""
    with engine.lock:
        moves = _taken_back(claim, at)
        if claim.by_hand:
            note_put_back(engine, _left(moves), claim.occurred_at)
        catch_up_edges(engine, at)
    return moves


@transaction.atomic
def _taken_back(claim: IdentityClaim, at: datetime) -> list[Move]:
    """A stage that was reached together, by a merge by hand, is not the one's who stays."""
    moves = merging.unmerge(claim.identity_id, claim.owner_id, at)
    if claim.by_hand:
        for lead in _left(moves):
            step_back(lead, claim.occurred_at)
    return moves


def _left(moves: Sequence[Move]) -> list[int]:
    return sorted({move.from_lead for move in moves if move.from_lead is not None})


def preview_of_unmerge(engine: Engine, claim: IdentityClaim, at: datetime) -> Preview:
    """The person as they are, and those they would be."""
    leads = {claim.identity.lead_id, claim.owner.lead_id} - {None}
    return preview(
        engine,
        sorted(lead for lead in leads if lead is not None),
        lambda: _taken_back(claim, at),
        at,
    )


def claim_between(identity: str, owner: str) -> IdentityClaim:
    """The claim that counts that one name is another's.

    Raises:
        NotFoundError: one of them was never seen.
        TerminalError: there is no such claim.
    """
    first, second = identities_named(identity), identities_named(owner)
    found = IdentityClaim.objects.filter(identity__in=first, owner__in=second, revoked_at=None)
    claim = found.select_related("identity", "owner").order_by("-by_hand", "occurred_at", "tie").first()
    if claim is None:
        raise TerminalError(
            f"{identity!r} is not {owner!r}'s.", advice="See `leadline identities list` for whose it is."
        )
    return claim


def identities_named(text: str) -> list[Identity]:
    """The identities of this value: a user id, an e-mail address, an anonymous id.

    Raises:
        NotFoundError: no event ever carried it.
    """
    hasher = lookup_hasher()
    values = {IdentityKind.USER_ID: text, IdentityKind.EMAIL: text.lower(), IdentityKind.ANONYMOUS_ID: text}
    wanted = Q()
    for kind, value in values.items():
        wanted |= Q(kind=kind, digest=hasher.digest(kind, value))
    rows = list(Identity.objects.filter(wanted).order_by("pk"))
    if not rows:
        raise NotFoundError(
            f"No event ever carried {text!r}.", advice="Give a user id, an e-mail address or an anonymous id."
        )
    return rows


def merge_warnings(engine: Engine, everything: bool = False) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Merges that were refused, the latest first: those that nobody dealt with, or all."""
    return [
        {
            "id": row.pk,
            "identity": row.identity.value,
            "lead": row.identity.lead_id,
            "owner": row.owner.value,
            "into": row.owner.lead_id,
            "reason": row.reason,
            "occurred_at": row.occurred_at.isoformat(),
            "dismissed": row.dismissed_at is not None,
        }
        for row in warnings(everything=everything)[:WARNINGS_SHOWN]
    ]


def warnings(*, everything: bool = False) -> QuerySet[MergeWarning]:
    """The rows behind `merge_warnings`, the latest first, not read yet."""
    rows = MergeWarning.objects.select_related("identity__lead", "owner__lead").order_by("-occurred_at", "-pk")
    return rows if everything else rows.filter(dismissed_at=None)


def _told(moves: Sequence[Move]) -> dict[str, Any]:
    return {"moved": [{"from_lead": move.from_lead, "to_lead": move.to_lead} for move in moves]}


def _claims_about(rows: Sequence[Identity]) -> dict[int, list[IdentityClaim]]:
    live = IdentityClaim.objects.filter(identity__in=rows, revoked_at=None).select_related("owner")
    claims: dict[int, list[IdentityClaim]] = {}
    for claim in live.order_by("-by_hand", "occurred_at", "tie"):
        claims.setdefault(claim.identity_id, []).append(claim)
    return claims
