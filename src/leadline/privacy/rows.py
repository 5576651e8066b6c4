"""Kinds of personal data that are rows of the record store: shown, taken away and counted by the same queries."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from leadline.privacy.among import Among
from leadline.privacy.kinds import DataKind, Record, Store, Subject, register

Query = Callable[[Subject], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one model that are a person's.

    Attributes:
        model: whose rows.
        of: which of them; from nothing but the subject, so that it holds before and after an erasure.
        what: what one row is, for the archive: "name", "conversion".
        unsaid: fields that say nothing to a person: digests, marks of the machinery.
    """

    model: type[Model]
    of: Query
    what: str
    unsaid: tuple[str, ...] = ()


def of_leads(model: Any) -> Query:
    """The rows whose `lead` is one of a person's."""

    def rows(subject: Subject) -> "QuerySet[Any]":
        found: QuerySet[Any] = model.objects.filter(lead__in=Among(subject.leads))
        return found

    return rows


def register_rows(name: str, *held: Rows, title: str, holds: str, purpose: str, basis: str, **more: Any) -> DataKind:
    """A kind that is rows of the record store, erased in the order in which they are given.

    Args:
        more: what else `DataKind` takes; an `erase` there stands in for deleting the rows.
    """
    functions: dict[str, Any] = {"export": exporter(held), "erase": eraser(held), "remains": counter(held)}
    covers = tuple(rows.model._meta.label for rows in held)
    described = {"title": title, "holds": holds, "purpose": purpose, "basis": basis}
    kind = DataKind(name=name, store=Store.RECORDS, covers=covers, **{**functions, **described, **more})
    return register(kind)


def exporter(held: Sequence[Rows]) -> Callable[[Subject], Iterator[Record]]:
    """Shows every row, field by field."""

    def export(subject: Subject) -> Iterator[Record]:
        for rows in held:
            for row in rows.of(subject).order_by("pk").iterator():
                yield {"what": rows.what, **shown(row, rows.unsaid)}

    return export


def eraser(held: Sequence[Rows]) -> Callable[[Subject], int]:
    """Deletes the rows. What the database deletes with them is not counted."""

    def erase(subject: Subject) -> int:
        return sum(deleted(rows.of(subject)) for rows in held)

    return erase


def deleted(rows: "QuerySet[Any]") -> int:
    """How many of these rows were deleted; rows of other models that went with them are not counted."""
    _, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)


def counter(held: Sequence[Rows]) -> Callable[[Subject], int]:
    """Counts the rows."""

    def remains(subject: Subject) -> int:
        return sum(rows.of(subject).count() for rows in held)

    return remains


def shown(row: Model, unsaid: Sequence[str] = ()) -> Record:
    """A row's fields as plain JSON values; what is empty is left out."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in unsaid}
    return {name: plain(value) for name, value in values.items() if value not in (None, "", [], {})}


def plain(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601, decimals and bytes as text."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, Decimal | UUID) else value
