"""The lead rows: what is known of a person from all identities, and when they were last seen."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from leadline.kernel.clock import from_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.companies import accounts_of
from leadline.tracking.identity import IdentityKind
from leadline.tracking.models import Identity, Lead, Profile
from leadline.tracking.profiles import present_values

CARD = ("email", "phone", "title", "country", "city", "first_name", "last_name")


def refresh_leads(last_seen: Mapping[int, int], changed: Iterable[int], abandoned: set[int]) -> None:
    """Rewrite lead rows after a segment.

    Args:
        last_seen: identity -> its latest event in the segment, microseconds.
        changed: identities whose profile, company or lead changed: their leads get a new card.
        abandoned: leads that an identity left.
    """
    changed = set(changed)
    lead_of: dict[int, int] = {}
    for some in chunks(changed.union(last_seen)):
        rows = Identity.objects.filter(pk__in=some).values_list("pk", "lead_id")
        lead_of |= {identity: lead for identity, lead in rows if lead is not None}
    _see(last_seen, lead_of)
    renewed = {lead_of[identity] for identity in changed if identity in lead_of} | abandoned
    if renewed:
        renew_cards(renewed)


def _see(last_seen: Mapping[int, int], lead_of: Mapping[int, int]) -> None:
    latest: dict[int, int] = {}
    for identity, micros in last_seen.items():
        if identity in lead_of:
            lead = lead_of[identity]
            latest[lead] = max(micros, latest.get(lead, micros))
    table = Lead._meta.db_table
    moments = {lead: connection.ops.adapt_datetimefield_value(from_micros(m)) for lead, m in latest.items()}
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET last_seen_at = %s WHERE id = %s AND last_seen_at < %s",  # noqa: S608  # our own table's name
            [(moment, lead, moment) for lead, moment in moments.items()],
        )


def renew_cards(leads: Iterable[int]) -> None:
    """Rebuild what lists show of these leads, from the profiles of their identities."""
    identities: dict[int, list[Identity]] = {pk: [] for pk in leads}
    for some in chunks(list(identities)):
        for identity in Identity.objects.filter(lead__in=some).select_related("home"):
            identities[identity.lead_id or 0].append(identity)
    numbers = [identity.pk for each in identities.values() for identity in each]
    profiles = Profile.objects.in_bulk(numbers)
    accounts = accounts_of(numbers)
    rows = Lead.objects.in_bulk(list(identities))
    for pk, lead in rows.items():
        _renew(lead, identities[pk], profiles, accounts)
    fields = ["card", "known", "reachable", "account", "first_seen_at", "last_seen_at"]
    Lead.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=CHUNK
    )


def _renew(
    lead: Lead,
    identities: list[Identity],
    profiles: Mapping[int, Profile],
    accounts: Mapping[int, tuple[int, int]],
) -> None:
    traits = present_values(profiles[i.pk].traits for i in identities if i.pk in profiles)
    names = {identity.kind: identity.value for identity in sorted(identities, key=lambda i: i.pk, reverse=True)}
    lead.card = _card(traits, names)
    lead.known = IdentityKind.USER_ID in names or IdentityKind.EMAIL in names
    lead.reachable = bool(traits.get("email") or traits.get("phone"))
    memberships = [accounts[identity.pk] for identity in identities if identity.pk in accounts]
    lead.account_id = max(memberships)[1] if memberships else None
    lead.first_seen_at = min([identity.first_seen_at for identity in identities], default=lead.first_seen_at)
    # What was seen of somebody before the merge is kept with the lead they had then.
    lead.last_seen_at = max([lead.last_seen_at, *(i.home.last_seen_at for i in identities if i.home is not None)])


def _card(traits: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    card = {name: str(traits[name]) for name in CARD if traits.get(name)}
    full = str(traits.get("name") or " ".join(filter(None, (card.get("first_name"), card.get("last_name")))))
    if full:
        card["name"] = full
    if IdentityKind.USER_ID in names:
        card["user_id"] = names[IdentityKind.USER_ID]
    return card
