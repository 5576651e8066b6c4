"""Rows that failed are made due again, because somebody asked for it."""

from collections.abc import Collection

from django.db import transaction

from leadline.crm import links
from leadline.crm.following import forget
from leadline.crm.models import Connection, Link, ToldConversion
from leadline.crm.settling import lift
from leadline.tracking.chunks import chunks

LEFT_OUT = (Link.Tombstone.DELETED, Link.Tombstone.MERGED)


def retry(connection: Connection, leads: Collection[int] = (), left_out: bool = False) -> int:
    """Send again what failed, at the next run. Returns how many leads that concerns.

    Args:
        leads: of these only; () for all.
        left_out: also leads whose record was deleted or merged away in the CRM: it is made anew.
    """
    found = links.of(connection)
    chosen = [link for some in chunks(leads) for link in found.filter(lead_id__in=some)] if leads else list(found)
    rows = [link for link in chosen if _failed(link) or (left_out and link.tombstone in LEFT_OUT)]
    for link in rows:
        _again(link)
    with transaction.atomic():
        links.save(connection, rows)
        _told(connection, leads)
    return len(rows)


def _failed(link: Link) -> bool:
    return not link.tombstone and (link.parked or link.next_attempt_at is not None)


def _again(link: Link) -> None:
    lift(link)
    link.stamp = 0
    if link.tombstone:
        forget(link)
        link.remote_id = link.remote_type = ""


def _told(connection: Connection, leads: Collection[int]) -> None:
    rows = ToldConversion.objects.filter(connection=connection, told_at__isnull=True)
    mine = rows.filter(conversion__identity__lead_id__in=list(leads)[:5_000]) if leads else rows
    mine.update(parked=False, next_attempt_at=None, attempts=0)
