"""The rows of links: read in pieces, saved together, and never two leads with one living record."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import QuerySet

from leadline.crm.models import Connection, Link
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Lead

SAVED = [each.name for each in Link._meta.concrete_fields if each.name not in ("id", "connection", "created_at")]
Place = tuple[str, str]
"""(remote type, remote id)."""


def of(connection: Connection) -> QuerySet[Link]:
    """All links of a connection."""
    return Link.objects.filter(connection=connection)


def by_lead(connection: Connection, leads: Iterable[int]) -> dict[int, Link]:
    """Links of leads."""
    return {link.lead_id: link for some in chunks(leads) for link in of(connection).filter(lead_id__in=some)}


def by_remote_id(connection: Connection, remote_ids: Iterable[str]) -> list[Link]:
    """Links whose record has one of these ids, or had it when it was given up."""
    return [link for some in chunks(remote_ids) for link in of(connection).filter(remote_id__in=some)]


def by_external_id(connection: Connection, external_ids: Iterable[str]) -> dict[str, Link]:
    """Links by the name that their record was given."""
    found = [link for some in chunks(external_ids) for link in of(connection).filter(external_id__in=some)]
    return {link.external_id: link for link in found}


def place(link: Link) -> Place:
    """Where its record is."""
    return link.remote_type, link.remote_id


def lives(link: Link) -> bool:
    """Whether it has a record that is written to."""
    return bool(link.remote_id) and not link.tombstone


def save(connection: Connection, links: Sequence[Link]) -> None:
    """Write links, new ones too. One whose record belongs to another lead already, or to one before it in `links`,
    becomes a tombstone.

    To be called inside a transaction. Leads that were erased meanwhile are left out.
    """
    _yield_places(connection, links)
    alive = _alive(links)
    new = [link for link in links if link.pk is None and link.lead_id in alive]
    old = [link for link in links if link.pk is not None and link.lead_id in alive]
    # A record changes hands between two rows of one save: the place has to be free before it is taken.
    old.sort(key=lives)
    Link.objects.bulk_create(new)
    Link.objects.bulk_create(old, update_conflicts=True, unique_fields=["pk"], update_fields=SAVED)


def _yield_places(connection: Connection, links: Sequence[Link]) -> None:
    """One writer a record: who has it keeps it."""
    taken = held_by_others(connection, links)
    for link in filter(lives, links):
        if place(link) in taken:
            link.tombstone = Link.Tombstone.MERGED
        else:
            taken.add(place(link))


def held_by_others(connection: Connection, links: Sequence[Link]) -> set[Place]:
    """Places of living records that other links have."""
    mine = {link.pk for link in links}
    held = by_remote_id(connection, {link.remote_id for link in links if lives(link)})
    return {place(link) for link in held if lives(link) and link.pk not in mine}


def _alive(links: Collection[Link]) -> set[int]:
    """Leads that still exist, and whose link, when it was there, does."""
    leads = {link.lead_id for link in links}
    there = {pk for some in chunks(leads) for pk in Lead.objects.filter(pk__in=some).values_list("pk", flat=True)}
    kept = [link.pk for link in links if link.pk is not None]
    rows = {pk for some in chunks(kept) for pk in Link.objects.filter(pk__in=some).values_list("pk", flat=True)}
    return {link.lead_id for link in links if link.lead_id in there and (link.pk is None or link.pk in rows)}
