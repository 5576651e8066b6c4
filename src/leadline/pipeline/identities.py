"""The identities of a lead, and taking back a merge that was wrong."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.rescoring import catch_up_edges
from leadline.privacy.fields import lookup_hasher
from leadline.tracking import claims
from leadline.tracking.identity import IdentityKind
from leadline.tracking.leads import renew_cards
from leadline.tracking.models import Identity, IdentityClaim


def identities_of(lead: str) -> list[dict[str, Any]]:
    """Every name of a person, and by whose claim it is theirs.

    Raises:
        NotFoundError: nobody fits.
    """
    rows = list(Identity.objects.filter(lead=find_lead(lead)).order_by("first_seen_at", "pk"))
    owners = _owners(rows)
    return [
        {
            "kind": row.kind,
            "value": row.value,
            "first_seen_at": row.first_seen_at.isoformat(),
            "claimed_by": owners.get(row.pk, []),
        }
        for row in rows
    ]


def unmerge(engine: Engine, identity: str, owner: str) -> dict[str, Any]:
    """Take back that `identity` is `owner`'s: both leads get their own events, card and score again.

    Raises:
        NotFoundError: one of them was never seen.
        TerminalError: it is not `owner`'s by any claim.
    """
    first, second = find_identity(identity), find_identity(owner)
    with engine.lock:
        with transaction.atomic():
            moves = claims.unmerge(first.pk, second.pk)
            if not moves:
                raise TerminalError(
                    f"{identity!r} is not {owner!r}'s.", advice="See `leadline identities list` for whose it is."
                )
            renew_cards({lead for move in moves for lead in (move.from_lead, move.to_lead) if lead is not None})
        catch_up_edges(engine, utc_now())
    return {"moved": [{"from_lead": move.from_lead, "to_lead": move.to_lead} for move in moves]}


def find_identity(text: str) -> Identity:
    """An identity by its value.

    Raises:
        NotFoundError: no event ever carried it.
    """
    hasher = lookup_hasher()
    values = {IdentityKind.USER_ID: text, IdentityKind.EMAIL: text.lower(), IdentityKind.ANONYMOUS_ID: text}
    wanted = Q()
    for kind, value in values.items():
        wanted |= Q(kind=kind, digest=hasher.digest(kind, value))
    row = Identity.objects.filter(wanted).order_by("pk").first()
    if row is None:
        raise NotFoundError(
            f"No event ever carried {text!r}.", advice="Give a user id, an e-mail address or an anonymous id."
        )
    return row


def _owners(rows: list[Identity]) -> dict[int, list[str]]:
    live = IdentityClaim.objects.filter(identity__in=rows, revoked_at=None).select_related("owner")
    owners: dict[int, list[str]] = {}
    for claim in live.order_by("occurred_at", "tie"):
        owners.setdefault(claim.identity_id, []).append(claim.owner.value)
    return owners
