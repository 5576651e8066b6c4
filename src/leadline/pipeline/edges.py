"""Identity edges on their way from the record store to the event store, and which leads they concern."""

from collections.abc import Iterable
from datetime import UTC

from leadline.eventstore.columns import EDGES, arrow_table
from leadline.eventstore.database import Cursor
from leadline.eventstore.edges import append_edges, max_edge_id
from leadline.eventstore.loads import identities_after
from leadline.kernel.clock import to_micros
from leadline.tracking.chunks import chunks
from leadline.tracking.claims import RELEASED
from leadline.tracking.models import Identity, IdentityEdge

NOBODY = 0
"""The lead, in the event store, of an e-mail address that nobody claims any more."""


def copy_new(cursor: Cursor) -> int:
    """Copy every edge that the event store does not have yet. Level-triggered: whoever made it, whatever crashed."""
    rows = IdentityEdge.objects.filter(pk__gt=max_edge_id(cursor)).order_by("pk")
    columns: dict[str, list[int]] = {"edge_id": [], "identity": [], "lead": [], "occurred_at": []}
    names = ("pk", "identity_id", "lead_id", "occurred_at", "cause")
    for pk, identity, lead, occurred_at, cause in rows.values_list(*names).iterator():
        columns["edge_id"].append(pk)
        columns["identity"].append(identity)
        columns["lead"].append(NOBODY if cause == RELEASED else lead)
        columns["occurred_at"].append(to_micros(occurred_at.astimezone(UTC)))
    return append_edges(cursor, arrow_table(EDGES, columns)) if columns["edge_id"] else 0


def moved_after(cursor: Cursor, edge_id: int) -> tuple[frozenset[int], int]:
    """The identities that copied edges after this one moved, and the number of the newest copied edge."""
    newest = max(max_edge_id(cursor), edge_id)
    rows = IdentityEdge.objects.filter(pk__gt=edge_id, pk__lte=newest)
    return frozenset(rows.values_list("identity_id", flat=True)), newest


def leads_exchanging(identities: Iterable[int]) -> list[int]:
    """The leads that won or lost one of these identities: an identity with one lead for all time was only new."""
    leads: dict[int, set[int]] = {}
    for some in chunks(identities):
        rows = IdentityEdge.objects.filter(identity__in=some).values_list("identity_id", "lead_id")
        for identity, lead in rows:
            leads.setdefault(identity, set()).add(lead)
    return sorted({lead for owners in leads.values() if len(owners) > 1 for lead in owners})


def touched_identities(cursor: Cursor, load_seq: int) -> frozenset[int]:
    """The identities that loads after this one brought events or traits of."""
    return identities_after(cursor, load_seq)


def leads_of(identities: Iterable[int]) -> list[int]:
    """The leads that these identities belong to, or ever did: a lead that lost one must be scored again as well."""
    leads: set[int | None] = set()
    for some in chunks(identities):
        leads |= set(Identity.objects.filter(pk__in=some).values_list("lead_id", flat=True))
        leads |= set(IdentityEdge.objects.filter(identity__in=some).values_list("lead_id", flat=True))
    return sorted(lead for lead in leads if lead is not None)
