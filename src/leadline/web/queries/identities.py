"""Who may be the same person: merges that were refused, and those that were made by hand."""

from dataclasses import dataclass
from datetime import datetime

from leadline.pipeline.finding import survivor
from leadline.pipeline.identities import warnings
from leadline.tracking.models import Identity, IdentityClaim, Lead, MergeWarning
from leadline.web.keyset import Page, capped_count, page_after
from leadline.web.words import person_name

ORDER = ("-occurred_at", "-id")
MERGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody, and who they perhaps are, or were made by hand. `number` is the warning's or the claim's."""

    number: int
    lead: int
    name: str
    value: str
    into: int
    into_name: str
    into_value: str
    reason: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class WarningList:
    """One page of warnings; `count` is one more than the cap for any number above it."""

    rows: tuple[Pair, ...]
    next_cursor: str
    count: int


def refused_merges(after: str) -> WarningList:
    """What nobody dealt with yet, the latest first."""
    found = warnings()
    page: Page[MergeWarning] = page_after(found, ORDER, after)
    pairs = tuple(_pair(row.pk, row.identity, row.owner, row.reason, row.occurred_at) for row in page.rows)
    return WarningList(pairs, page.next_cursor, capped_count(found))


def merged_by_hand() -> list[Pair]:
    """The latest merges by hand that were not taken back."""
    rows = IdentityClaim.objects.filter(by_hand=True, revoked_at=None).order_by("-occurred_at", "-pk")
    rows = rows.select_related("identity__home", "identity__lead", "owner__home", "owner__lead")
    return [_pair(row.pk, row.identity, row.owner, "", row.occurred_at) for row in rows[:MERGES_SHOWN]]


def _pair(number: int, identity: Identity, owner: Identity, reason: str, at: datetime) -> Pair:
    lead, into = _lead_of(identity), _lead_of(owner)
    return Pair(
        number=number,
        lead=lead.pk,
        name=_called(lead),
        value=str(identity.value),
        into=into.pk,
        into_name=_called(into),
        into_value=str(owner.value),
        reason=reason,
        occurred_at=at,
    )


def _lead_of(identity: Identity) -> Lead:
    """Users and visitors always have one; an address that nobody has stands in no warning."""
    lead = identity.lead or identity.home
    if lead is None:
        raise ValueError(f"Identity {identity.pk} has no lead.")
    return survivor(lead)


def _called(lead: Lead) -> str:
    return person_name(lead.card, lead.pk, lead.known)
