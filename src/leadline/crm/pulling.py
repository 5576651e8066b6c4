"""Step 1 of a run: what changed in the CRM is taken, page by page; and a few records are read to see that they stand.

A page is taken for good before its cursor is saved: after a crash it is read again, which changes nothing.
"""

from collections.abc import Sequence

from django.db import transaction

from leadline.crm import links
from leadline.crm.models import Connection, Link
from leadline.crm.records import Page, RemoteRecord
from leadline.crm.taking import take_records
from leadline.crm.working import Work

MOST_SWEPT = 500
"""In one run, where a batch is greater than that."""


def pull(work: Work) -> None:
    """Take everything that changed since the last time."""
    if not work.reads:
        return
    more = True
    while more:
        work.breathe()
        before = work.connection.cursor
        page = _page(work, before)
        work.after("page read")
        _save(work, take_records(work, page.records), cursor=page.cursor)
        more = page.more and page.cursor != before
    _sweep(work)


def _page(work: Work, cursor: str) -> Page:
    return work.calls.ask(lambda: work.connector.changes(cursor, work.mapping.remote_fields))


def _sweep(work: Work) -> None:
    """Not every CRM tells what was deleted: each run reads some of the linked records, further on each time."""
    size = min(work.kind.batch, MOST_SWEPT)
    living = links.of(work.connection).filter(tombstone="").exclude(remote_id="").order_by("pk")
    some = list(living.filter(pk__gt=work.connection.swept).only("pk", "remote_id")[:size])
    if not some and work.connection.swept:
        some = list(living.only("pk", "remote_id")[:size])
    if some:
        check_records(work, some)


def recheck(work: Work) -> None:
    """Read every linked record, whatever was told of changes: what was restored or undone there is seen again."""
    living = links.of(work.connection).filter(tombstone="").exclude(remote_id="").order_by("pk")
    last = 0
    while work.reads and (some := list(living.filter(pk__gt=last).only("pk", "remote_id")[: work.kind.batch])):
        work.breathe()
        check_records(work, some)
        last = some[-1].pk


def check_records(work: Work, some: Sequence[Link]) -> None:
    """Read the records of links, and take what they say."""
    records: list[RemoteRecord] = work.read(link.remote_id for link in some)
    work.after("records read")
    _save(work, take_records(work, records), swept=some[-1].pk)


def _save(work: Work, changed: Sequence[Link], **places: str | int) -> None:
    """The links and how far we are, together."""
    with transaction.atomic():
        work.hold()
        links.save(work.connection, changed)
        Connection.objects.filter(pk=work.connection.pk).update(**places)
    for name, value in places.items():
        setattr(work.connection, name, value)
    work.after("page saved")
