"""People who turned out to be one here: the survivor takes the link over, or the other's record is left alone."""

from collections.abc import Mapping

from django.db import transaction

from leadline.crm import links
from leadline.crm.choosing import Choice
from leadline.crm.models import Link
from leadline.crm.settling import lift
from leadline.crm.working import Work


def unite(work: Work, choice: Choice) -> list[int]:
    """Settle merges and unmerges of leads. Returns those to be looked at because of it."""
    survivors = work.local.survivors(choice.linked) if choice.linked else {}
    concerned = {*survivors, *choice.resting}
    if not concerned:
        return []
    rows = links.by_lead(work.connection, concerned | set(survivors.values()))
    touched = [rows[lead] for lead in sorted(concerned) if lead in rows]
    again = settle(rows, sorted(concerned), survivors, choice)
    with transaction.atomic():
        work.hold()
        links.save(work.connection, touched)
    work.after("merges settled")
    return again


def settle(rows: dict[int, Link], leads: list[int], survivors: Mapping[int, int], choice: Choice) -> list[int]:
    """Change the links of leads, and who has them. Returns the leads to be looked at because of it.

    Args:
        rows: links by lead; a link that changes hands moves in it.
        survivors: {lead: the one that it was merged into}.
    """
    again: list[int] = []
    for lead in leads:
        link, heir = rows.get(lead), survivors.get(lead)
        if link is None:
            continue
        if heir is not None and heir not in rows:
            rows[heir] = rows.pop(lead)
            link.lead_id, link.stamp = heir, 0
            again.append(heir)
        elif heir is None and link.tombstone == Link.Tombstone.MERGED_HERE:
            link.tombstone, link.stamp = Link.Tombstone.NONE, 0
            again.append(lead)
        else:
            _rest(link, heir, choice.stamp(lead))
    return again


def _rest(link: Link, heir: int | None, stamp: int) -> None:
    link.stamp = stamp
    if heir is not None and not link.tombstone:
        link.tombstone = Link.Tombstone.MERGED_HERE
        lift(link)
