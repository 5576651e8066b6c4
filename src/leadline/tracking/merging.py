"""Merging people by hand, and taking merges back.

A merge by hand is a claim like any other, made by a person: it comes before those that events make, and may join two
people who both have a user id. Taking it back revokes it, and everything is as if it had never been made.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leadline.kernel.clock import to_micros
from leadline.kernel.errors import TerminalError
from leadline.tracking.claims import Move, settle
from leadline.tracking.identity import IdentityKind
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import Identity, IdentityClaim, Lead, MergeWarning

MERGED, TAKEN_BACK = "by hand", "unmerge"
"""Causes of edges."""


@transaction.atomic
def merge(lead: Lead, into: Lead, at: datetime) -> list[Move]:
    """Make everything that is `lead`'s `into`'s. Said again, it changes nothing and returns no moves.

    Args:
        lead: not merged itself; like `into`.

    Raises:
        TerminalError: they are one already, or a person would be merged into a visitor.
    """
    if lead.pk == into.pk:
        raise TerminalError(f"Lead {lead.pk} cannot be merged into itself.", advice="They are one person already.")
    identity, owner = root_of(lead), root_of(into)
    if identity.kind == IdentityKind.USER_ID and owner.kind != IdentityKind.USER_ID:
        raise TerminalError(
            f"Lead {lead.pk} has a user id and lead {into.pk} has none.",
            advice=f"Merge them the other way round: lead {into.pk} into lead {lead.pk}.",
        )
    theirs = _everything_of((lead.pk, into.pk))
    _claim_by_hand(identity, owner, at)
    MergeWarning.objects.filter(_of_pair(identity, owner), dismissed_at=None).update(dismissed_at=at)
    return _settled(theirs, MERGED)


@transaction.atomic
def unmerge(identity: int, owner: int, at: datetime) -> list[Move]:
    """Take back the claim that `identity` is `owner`'s: it returns to the next claimant, or to the lead it came from,
    and with it what was joined to it.

    The claim stays, revoked, so that later events cannot make it again.
    """
    theirs = _everything_of(Identity.objects.filter(pk__in=(identity, owner)).values_list("lead_id", flat=True))
    claim = IdentityClaim.objects.filter(identity_id=identity, owner_id=owner, revoked_at=None)
    return _settled(theirs | {identity, owner}, TAKEN_BACK) if claim.update(revoked_at=at) else []


def root_of(lead: Lead) -> Identity:
    """The identity that a lead was made with."""
    return Identity.objects.get(home=lead)


def _claim_by_hand(identity: Identity, owner: Identity, at: datetime) -> None:
    """The newest of several merges by hand of one identity is the one that is meant: the others are taken back."""
    earlier = IdentityClaim.objects.filter(identity=identity, by_hand=True, revoked_at=None)
    earlier.exclude(owner=owner).update(revoked_at=at)
    claim, made = IdentityClaim.objects.get_or_create(
        identity=identity, owner=owner, defaults={"occurred_at": at, "tie": to_micros(at), "by_hand": True}
    )
    if not made and (claim.revoked_at is not None or not claim.by_hand):
        claim.by_hand, claim.revoked_at, claim.occurred_at, claim.tie = True, None, at, to_micros(at)
        claim.save(update_fields=["by_hand", "revoked_at", "occurred_at", "tie"])


def _of_pair(one: Identity, other: Identity) -> Q:
    return Q(identity=one, owner=other) | Q(identity=other, owner=one)


def _everything_of(leads: Iterable[int | None]) -> set[int]:
    return set(Identity.objects.filter(lead__in=[lead for lead in leads if lead]).values_list("pk", flat=True))


def _settled(identities: Iterable[int], cause: str) -> list[Move]:
    moves = settle(identities, cause)
    renew_cards({lead for move in moves for lead in (move.from_lead, move.to_lead) if lead is not None})
    return moves
