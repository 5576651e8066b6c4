"""The sandbox CRM's own work on its rows: leads written into it, and what sales does there. Times come in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from leadline.crm.connectors.sandbox.words import CLOSED, DEAL, EFFECTS, FIELDS, LOST, WITH_A_DEAL, Act
from leadline.crm.errors import RejectedError
from leadline.crm.hashing import plain
from leadline.crm.models import Connection, SandboxRecord
from leadline.crm.records import Outcome, Outgoing, OutgoingEvent, RemoteDeal, RemoteRecord, Sent, Value

KNOWN = frozenset(field.name for field in FIELDS)
LENGTHS = {field.name: field.length for field in FIELDS if field.length}
TYPE = "record"


def write(connection: Connection, row: Outgoing, now: datetime) -> Sent:
    """One row of Leadline: by the record's id, else by its external id."""
    if fault := _fault(row):
        return Sent(Outcome.REFUSED, code="invalid", message=fault, advice="Mend the mapping, or what is known here.")
    rows = SandboxRecord.objects.select_for_update().filter(connection=connection)
    with transaction.atomic():
        if row.remote_id:
            return _update(rows.filter(pk=row.remote_id, deleted_at=None).first(), row, now)
        found = rows.filter(external_id=row.external_id).first()
        if found is not None:
            return _update(found, row, now)
        made = SandboxRecord.objects.create(
            connection=connection, external_id=row.external_id, values=plain(row.values), updated_at=now
        )
    return Sent(Outcome.CREATED, str(made.pk), TYPE)


def _update(record: SandboxRecord | None, row: Outgoing, now: datetime) -> Sent:
    if record is None:
        return Sent(Outcome.GONE, code="deleted", message="This record was deleted.")
    record.values = {**record.values, **plain(row.values)}
    record.updated_at = now
    record.save(update_fields=["values", "updated_at"])
    return Sent(Outcome.UPDATED, str(record.pk), TYPE)


def _fault(row: Outgoing) -> str:
    """Why a row is not taken; empty when it is."""
    if unknown := sorted(set(row.values) - KNOWN):
        return f"There is no field {unknown[0]!r}."
    for name, value in plain(row.values).items():
        if name in LENGTHS and len(str(value or "")) > LENGTHS[name]:
            return f"{name} is longer than {LENGTHS[name]} characters."
    nameless = "name" in row.values or not row.remote_id
    return "A record needs a name." if nameless and not row.values.get("name") else ""


def note(connection: Connection, event: OutgoingEvent) -> Sent:
    """Write a conversion on the record, once by its key."""
    with transaction.atomic():
        rows = SandboxRecord.objects.select_for_update().filter(connection=connection, deleted_at=None)
        record = rows.filter(pk=event.remote_id).first()
        if record is None:
            return Sent(Outcome.GONE, code="deleted", message="This record was deleted.")
        told: list[dict[str, Any]] = record.events or []
        if any(each["key"] == event.key for each in told):
            return Sent(Outcome.UPDATED, str(record.pk), TYPE)
        said = {"key": event.key, "label": event.label, "at": event.occurred_at.isoformat()}
        record.events = sorted([*told, said], key=lambda each: str(each["at"]))
        record.save(update_fields=["events"])
    return Sent(Outcome.CREATED, str(record.pk), TYPE)


def edit(record: SandboxRecord, values: Mapping[str, Value], now: datetime, status: str = "") -> None:
    """Somebody writes into a record."""
    record.values = {**record.values, **plain(values)}
    record.status, record.updated_at = status or record.status, now
    record.save(update_fields=["values", "status", "updated_at"])


def delete(record: SandboxRecord, now: datetime) -> None:
    """Somebody deletes a record. Its external id is free: who asks for it to be sent again gets another record."""
    record.external_id = f"{record.external_id}~{record.pk}"[:64]
    record.deleted_at = record.updated_at = now
    record.save(update_fields=["external_id", "deleted_at", "updated_at"])


def act(
    record: SandboxRecord,
    what: Act,
    now: datetime,
    *,
    owner: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    reason: str = "",
) -> None:
    """Somebody who sells presses a button.

    Args:
        owner: whose record it becomes when it has no owner. reason: why a deal was lost.

    Raises:
        RejectedError: the amount or the reason is missing, or is none.
    """
    effect = EFFECTS[what]
    if effect.priced and (amount is None or not 0 < amount < Decimal(10) ** 13 or not _is_currency(currency)):
        raise RejectedError("A deal needs an amount above nothing.", advice="Give it with its currency: 24000 EUR.")
    if effect.reasoned and not reason.strip():
        raise RejectedError("A lost deal needs a reason.", advice="Choose one.")
    record.status, record.updated_at = effect.status, now
    record.owner = record.owner or owner
    if effect.priced:
        record.amount, record.currency = amount, currency.upper()
    record.lost_reason = reason.strip()[:120] if effect.reasoned else ""
    has_deal = effect.status in WITH_A_DEAL or (effect.status == LOST and record.opened_at is not None)
    record.opened_at = (record.opened_at or now) if has_deal else None
    record.closed_at = now if effect.status in CLOSED else None
    record.save()


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha()


def as_remote(record: SandboxRecord, fields: Sequence[str]) -> RemoteRecord:
    """A record as the sync sees it."""
    gone = record.deleted_at is not None
    values = record.values
    return RemoteRecord(
        remote_id=str(record.pk),
        remote_type=TYPE,
        updated_at=record.updated_at,
        external_id="" if gone else record.external_id,
        values={name: values.get(name) for name in fields},
        status=record.status,
        owner=record.owner,
        email=str(values.get("email") or "").lower(),
        deals=tuple(_deals(record)),
        gone=gone,
    )


def _deals(record: SandboxRecord) -> list[RemoteDeal]:
    if record.opened_at is None:
        return []
    states = {DEAL: "open", LOST: "lost"}
    state = states.get(record.status, "won")
    changed = record.closed_at or record.updated_at
    return [
        RemoteDeal(
            f"deal-{record.pk}", state, changed, record.opened_at, record.amount, record.currency, record.lost_reason
        )
    ]
