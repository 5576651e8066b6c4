"""Step 3 of a run: conversions of linked leads are told, each once by a key that stays the same for ever."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from leadline.crm.backoff import pause
from leadline.crm.bisecting import bisected
from leadline.crm.connector import Can
from leadline.crm.models import Connection, Link, ToldConversion
from leadline.crm.records import Outcome, OutgoingEvent, Sent, Value
from leadline.crm.settling import LONGEST_CODE
from leadline.crm.working import Work
from leadline.tracking.models import Conversion

MOST_AT_ONCE = 5_000
SAVED = ["told_at", "attempts", "next_attempt_at", "parked", "error_code", "error"]


def tell(work: Work) -> None:
    """Tell what the CRM was not told yet."""
    if Can.EVENTS not in work.kind.can:
        return
    _note_new(work)
    rows = list(_due(work)[:MOST_AT_ONCE])
    labels = work.local.tellable(work.connection.name, [row.conversion_id for row in rows])
    for at in range(0, len(rows), work.kind.batch):
        work.breathe()
        _batch(work, rows[at : at + work.kind.batch], labels)


def key_of(connection: str, conversion: str, digest: bytes) -> UUID:
    """The key of a conversion in a CRM: the same after a restore from backup."""
    return uuid5(NAMESPACE_URL, f"leadline:{connection}:{conversion}:{digest.hex()}")


def _note_new(work: Work) -> None:
    """A row for every conversion of a linked lead that has none."""
    names = Conversion.objects.order_by().values_list("name", flat=True).distinct()
    wanted = [name for name in names if work.mapping.events.takes(name)]
    if not wanted:
        return
    told = ToldConversion.objects.filter(connection=work.connection, conversion=OuterRef("pk"))
    happened = Conversion.objects.filter(name__in=wanted, occurred_at__isnull=False, cancelled_at__isnull=True)
    new = happened.filter(~Exists(told), Exists(_living(work.connection, "identity__lead"))).order_by("pk")
    name = work.connection.name
    ToldConversion.objects.bulk_create(
        [
            ToldConversion(connection=work.connection, conversion=each, key=key_of(name, each.name, bytes(each.digest)))
            for each in new[:MOST_AT_ONCE]
        ],
        ignore_conflicts=True,
    )


def _living(connection: Connection, lead: str) -> QuerySet[Link]:
    """The link of a conversion's lead, when its record is written to."""
    return Link.objects.filter(connection=connection, lead=OuterRef(lead), tombstone="").exclude(remote_id="")


def _due(work: Work) -> QuerySet[ToldConversion]:
    rows = ToldConversion.objects.filter(connection=work.connection, told_at__isnull=True, parked=False)
    due = rows.filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=work.clock()))
    still = due.filter(conversion__cancelled_at__isnull=True, conversion__occurred_at__isnull=False)
    living = still.filter(Exists(_living(work.connection, "conversion__identity__lead")))
    living = living.filter(conversion__identity__lead__profiling_allowed=True)
    if work.connection.for_advertising:
        living = living.filter(conversion__identity__lead__sharing_allowed=True)
    return living.select_related("conversion__identity").order_by("conversion__occurred_at", "pk")


def _batch(work: Work, rows: Sequence[ToldConversion], labels: Mapping[int, str]) -> None:
    leads = [_lead_of(row) for row in rows]
    found = Link.objects.filter(connection=work.connection, lead_id__in=leads, tombstone="").exclude(remote_id="")
    places = {link.lead_id: link for link in found}
    theirs = [row for row in rows if row.conversion_id not in labels]
    pairs = [(row, places[_lead_of(row)]) for row in rows if row.conversion_id in labels and _lead_of(row) in places]
    events = [_event(row, link, labels[row.conversion_id]) for row, link in pairs]
    answers = bisected(events, lambda some: work.calls.ask(lambda: work.connector.tell(some))) if events else []
    work.after("told")
    for row in theirs:  # it reported them itself: it knows
        row.told_at = work.clock()
    for (row, link), answer in zip(pairs, answers, strict=True):
        _settle(work, row, link, answer)
    _save(work, rows, [link for _, link in pairs])


def _lead_of(row: ToldConversion) -> int:
    identity = row.conversion.identity
    return (identity.lead_id or 0) if identity is not None else 0


def _event(row: ToldConversion, link: Link, label: str) -> OutgoingEvent:
    conversion = row.conversion
    return OutgoingEvent(
        key=str(row.key),
        name=conversion.name,
        label=label,
        occurred_at=conversion.occurred_at or row.connection.created_at,
        remote_id=link.remote_id,
        remote_type=link.remote_type,
        amount=conversion.amount,
        currency=conversion.currency,
        properties=_properties(conversion.facts),
    )


def _properties(facts: Mapping[str, Any]) -> dict[str, Value]:
    """Facts that are one value each."""
    return {name: value for name, value in facts.items() if isinstance(value, str | int | bool)}


def _settle(work: Work, row: ToldConversion, link: Link, answer: Sent) -> None:
    now = work.clock()
    if answer.outcome in (Outcome.CREATED, Outcome.UPDATED):
        row.told_at, row.attempts, row.next_attempt_at = now, 0, None
        row.error_code, row.error = "", None
        work.counts.events += 1
        return
    row.attempts += 1
    row.error_code = answer.code[:LONGEST_CODE]
    row.error = {"message": answer.message, "advice": answer.advice}
    row.parked = answer.outcome is Outcome.REFUSED
    row.next_attempt_at = None if row.parked else now + timedelta(seconds=pause(row.attempts, work.roll()))
    if answer.outcome in (Outcome.GONE, Outcome.MOVED):
        link.stamp = 0  # reading or writing the record finds out where it went


def _save(work: Work, rows: Sequence[ToldConversion], touched: Sequence[Link]) -> None:
    with transaction.atomic():
        work.hold()
        ToldConversion.objects.bulk_update(rows, SAVED, batch_size=200)
        for link in touched:
            if not link.stamp:
                Link.objects.filter(pk=link.pk).update(stamp=0)
    work.after("told saved")
