"""The sandbox CRM as the sales team sees it: a pipeline of records, and what somebody does with one of them.

What is done here is done in that CRM only. It comes back by the sync, like from any other.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from leadline.crm.connectors.sandbox import records
from leadline.crm.connectors.sandbox.words import EFFECTS, LOST_REASONS, STATUSES, Act
from leadline.crm.models import Connection, Link, SandboxRecord
from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline.crm.hurrying import hurry
from leadline.pipeline.crm.shapes import iso
from leadline.pipeline.engine import Engine

KIND = "sandbox"
FEW, MANY = 5, 24
LONGEST_AMOUNT = 20
DELETE = "delete"
ACTS = frozenset({*(each.value for each in Act), DELETE})


def sandboxes() -> list[str]:
    """The names of the connections to a sandbox CRM."""
    return list(Connection.objects.filter(kind=KIND).order_by("name").values_list("name", flat=True))


def crm_sandbox(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    name: str = "",
    status: str = "",
    record: int = 0,
    after: int = 0,
) -> dict[str, Any]:
    """The records by status, those that changed last first.

    Args:
        name: the connection; empty for the first one.
        status: only this column, with many records instead of a few.
        record: one that is shown however old it is; "named" is its name, whichever column it is in.
        after: of one column, the records that follow this one; 0 from the newest. "next" of a column is the next one's
            `after`, 0 at its end.

    Raises:
        NotFoundError: there is no such sandbox.
    """
    names = sandboxes()
    if not names or (name and name not in names):
        raise NotFoundError(
            f"There is no sandbox CRM {name!r}." if name else "There is no sandbox CRM.",
            advice="Connect one: it needs no settings.",
        )
    row = Connection.objects.get(name=name or names[0])
    wanted = (status,) if status in STATUSES else STATUSES
    alive = SandboxRecord.objects.filter(connection=row, deleted_at=None)
    counts = dict(alive.values_list("status").annotate(count=Count("pk")).order_by())
    most, beyond = (MANY, after) if status in STATUSES else (FEW, 0)
    found = {each: _newest(row, each, most, beyond) for each in wanted}
    shown = {each: _with(alive.filter(status=each), some[:most], record) for each, some in found.items()}
    leads = _leads(row, [each for some in shown.values() for each in some])
    columns = [
        {
            "status": each,
            "count": counts.get(each, 0),
            "records": [_told(one, leads) for one in shown[each]],
            "next": found[each][most - 1].pk if len(found[each]) > most else 0,
        }
        for each in wanted
    ]
    named = alive.filter(pk=record).first()
    return {
        "connection": row.name,
        "connections": names,
        "columns": columns,
        "lost_reasons": list(LOST_REASONS),
        "named": str(named.values.get("name") or "") if named else "",
    }


def crm_sandbox_act(
    engine: Engine,  # noqa: ARG001  # the signature of a command
    number: int,
    act: str,
    amount: str = "",
    currency: str = "",
    reason: str = "",
    by: str = "",
    clock: Clock = utc_now,
) -> dict[str, Any]:
    """Do with a record what its button says; the next run brings back what it means.

    Args:
        act: accept, contact, open, win, lose or delete. by: the e-mail address of whoever sells.

    Raises:
        NotFoundError: there is no such record any more.
        TerminalError: there is no such button, or an amount or a reason is missing.
    """
    if act not in ACTS:
        raise TerminalError(
            f"{act[:40]!r} is nothing that is done with a record.", advice=f"Use {', '.join(sorted(ACTS))}."
        )
    price = _amount(amount) if act != DELETE and EFFECTS[Act(act)].priced else None
    with transaction.atomic():
        rows = SandboxRecord.objects.select_for_update().select_related("connection")
        record = rows.filter(pk=number, deleted_at=None).first()
        if record is None:
            raise NotFoundError(f"There is no record {number} in the sandbox CRM.", advice="Load the page again.")
        if act == DELETE:
            records.delete(record, clock())
        else:
            records.act(record, Act(act), clock(), owner=by, amount=price, currency=currency, reason=reason)
    hurry(record.connection)
    return _told(record, _leads(record.connection, [record]))


def _newest(row: Connection, status: str, most: int, after: int) -> list[SandboxRecord]:
    """The newest of a column, one more than `most` when there are more."""
    found = SandboxRecord.objects.filter(connection=row, deleted_at=None, status=status)
    if (last := SandboxRecord.objects.filter(connection=row, pk=after).first()) is not None:
        found = found.filter(Q(updated_at__lt=last.updated_at) | Q(updated_at=last.updated_at, pk__lt=last.pk))
    return list(found.order_by("-updated_at", "-pk")[: most + 1])


def _with(column: QuerySet[SandboxRecord], some: list[SandboxRecord], record: int) -> list[SandboxRecord]:
    missing = record and all(each.pk != record for each in some)
    return [*some, *column.filter(pk=record)] if missing else some


def _leads(row: Connection, some: Iterable[SandboxRecord]) -> dict[str, int]:
    names = [each.external_id for each in some]
    return dict(Link.objects.filter(connection=row, external_id__in=names).values_list("external_id", "lead"))


def _told(row: SandboxRecord, leads: Mapping[str, int]) -> dict[str, Any]:
    values = row.values
    names = ("name", "company", "email", "phone", "job_title", "country", "score", "grade", "stage", "next_step")
    return {
        "number": row.pk,
        "lead": leads.get(row.external_id),
        **{name: values.get(name) for name in names},
        "reasons": str(values.get("reasons") or "").splitlines(),
        "expected": _decimal(values.get("expected_amount")),
        "status": row.status,
        "owner": row.owner,
        "amount": row.amount,
        "currency": row.currency or values.get("currency") or "",
        "lost_reason": row.lost_reason,
        "events": row.events or [],
        "acts": [act.value for act in Act if EFFECTS[act].status != row.status],
        **{name: iso(getattr(row, name)) for name in ("opened_at", "closed_at", "updated_at")},
    }


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _amount(text: str) -> Decimal:
    """ "24,000.50" """
    plain = text.strip().replace(",", "").replace(" ", "")[:LONGEST_AMOUNT]
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise TerminalError(f"{text[:20]!r} is no amount.", advice="Use digits: 24000 or 24,000.50.")
    return round(amount, 2)
