"""The lead rows: what is known of a person from all identities, when they were seen, and whether they are noise."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from leadline.kernel.clock import from_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.consent_times import FLAGS, allowed, consent_of, mark
from leadline.tracking.identity import IdentityKind
from leadline.tracking.internal import load_rules
from leadline.tracking.memberships import Membership, accounts_of
from leadline.tracking.models import Identity, Lead, Profile
from leadline.tracking.name_index import index_names
from leadline.tracking.name_words import names_of
from leadline.tracking.noise import BOT, INTERNAL, NoiseRules, is_internal_address
from leadline.tracking.profiles import present_values
from leadline.tracking.sole_traders import settle

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
    _move("last_seen_at", "<", {lead: from_micros(micros) for lead, micros in latest.items()})


def see_first(moments: Mapping[int, datetime]) -> None:
    """Leads that turn out to have been seen earlier."""
    _move("first_seen_at", ">", moments)


def _move(column: str, when: str, moments: Mapping[int, datetime]) -> None:
    """Write moments where they go further than what is stored."""
    table = Lead._meta.db_table
    adapted = {lead: connection.ops.adapt_datetimefield_value(moment) for lead, moment in moments.items()}
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {column} = %s WHERE id = %s AND {column} {when} %s",  # noqa: S608  # our own names
            [(moment, lead, moment) for lead, moment in adapted.items()],
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
    consents = consent_of(numbers)
    rules = load_rules()
    rows = Lead.objects.in_bulk(list(identities))
    before = {pk: names_of(lead.card) for pk, lead in rows.items()}
    companies = {lead.account_id for lead in rows.values()}
    for pk, lead in rows.items():
        _renew(lead, identities[pk], profiles, accounts)
        _flag(lead, identities[pk], rules)
        mark(lead, allowed(consents[each.pk] for each in identities[pk] if each.pk in consents))
    fields = ["card", "known", "reachable", "account", "first_seen_at", "last_seen_at", "internal", "bot"]
    fields += FLAGS.values()
    Lead.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=CHUNK
    )
    index_names({pk: names_of(lead.card) for pk, lead in rows.items()}, before)
    companies |= {lead.account_id for lead in rows.values()}
    settle([number for number in companies if number is not None])


def _renew(
    lead: Lead,
    identities: list[Identity],
    profiles: Mapping[int, Profile],
    accounts: Mapping[int, Membership],
) -> None:
    traits = present_values(profiles[i.pk].traits for i in identities if i.pk in profiles)
    # Of several names of a kind the one that the lead was made with, else the oldest.
    names = {i.kind: i.value for i in sorted(identities, key=lambda i: (i.home_id == lead.pk, -i.pk))}
    lead.card = _card(traits, names)
    lead.known = IdentityKind.USER_ID in names or IdentityKind.EMAIL in names
    lead.reachable = bool(traits.get("email") or traits.get("phone"))
    memberships = [accounts[identity.pk] for identity in identities if identity.pk in accounts]
    lead.account_id = max(memberships).account if memberships else None
    lead.first_seen_at = min([identity.first_seen_at for identity in identities], default=lead.first_seen_at)
    # What was seen of somebody before the merge is kept with the lead they had then.
    lead.last_seen_at = max([lead.last_seen_at, *(i.home.last_seen_at for i in identities if i.home is not None)])


def _flag(lead: Lead, identities: Sequence[Identity], rules: NoiseRules) -> None:
    """Ours by an address, or noise because nothing else was ever heard of any of their ids."""
    noises = {identity.noise for identity in identities if identity.kind != IdentityKind.EMAIL}
    only_noise = noises if "" not in noises else set()
    addresses = [identity.value for identity in identities if identity.kind == IdentityKind.EMAIL]
    addresses.append((lead.card or {}).get("email", ""))
    ours = any(is_internal_address(rules, address) for address in addresses)
    lead.internal = ours or INTERNAL in only_noise
    lead.bot = BOT in only_noise and not lead.internal


def _card(traits: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    card = {name: str(traits[name]) for name in CARD if traits.get(name)}
    full = str(traits.get("name") or " ".join(filter(None, (card.get("first_name"), card.get("last_name")))))
    if full:
        card["name"] = full
    if IdentityKind.USER_ID in names:
        card["user_id"] = names[IdentityKind.USER_ID]
    return card
