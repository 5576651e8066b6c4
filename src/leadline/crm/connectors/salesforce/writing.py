"""Rows on their way out: upserted by our name of the lead, or updated by id; those that are elsewhere are looked for.

By 200 in one call, or by one file when there are many. Rows that a duplicate rule holds up in a file, where the header
that lets them pass is not heard, are sent again by calls.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.crm.bisecting import bisected
from leadline.crm.connectors.salesforce.answers import DUPLICATE, ELSEWHERE, Result, sent_of
from leadline.crm.connectors.salesforce.bulk import ABOVE, Bulk
from leadline.crm.connectors.salesforce.calls import SalesforceAPI
from leadline.crm.connectors.salesforce.following import converted, whereabouts
from leadline.crm.connectors.salesforce.names import EXTERNAL_ID, LEAD, long_id, pieces, type_of
from leadline.crm.connectors.salesforce.objects import Fields, Objects
from leadline.crm.connectors.salesforce.values import NOTHING, to_cell, to_json
from leadline.crm.errors import RemoteTransientError
from leadline.crm.records import Outcome, Outgoing, Sent, Value

AT_ONCE = 200
ALLOW_DUPLICATES = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
Answers = dict[int, Sent]


@dataclass(frozen=True)
class Batch:
    """Rows that go together: of one object, all by id or all by our name.

    Attributes:
        rows: by their place among all.
    """

    type: str
    by_id: bool
    rows: Mapping[int, Outgoing]

    @property
    def key(self) -> str:
        """What they are told apart by."""
        return "Id" if self.by_id else EXTERNAL_ID


class Writer:
    """Writes leads, and contacts that were leads."""

    def __init__(self, api: SalesforceAPI, objects: Objects) -> None:
        self._api, self._objects, self._bulk = api, objects, Bulk(api)

    def send(self, rows: Sequence[Outgoing]) -> list[Sent]:
        """What became of each row. Once some were answered, those of a call that gets no answer are for later."""
        answers: Answers = {}
        trouble: RemoteTransientError | None = None
        for batch in batches(rows):
            try:
                if trouble is None:
                    answers |= self._followed(batch, self._written(batch))
                    continue
            except RemoteTransientError as error:
                if not answers:
                    raise
                trouble = error
            answers |= dict.fromkeys(batch.rows, _later(trouble))
        return [answers[at] for at in range(len(rows))]

    def _written(self, batch: Batch) -> Answers:
        fields = self._objects.fields(batch.type)
        values = {at: values_of(row, fields) for at, row in batch.rows.items()}
        told = {at: Sent(Outcome.UPDATED, batch.rows[at].remote_id, batch.type) for at in values if not values[at]}
        left = [at for at in batch.rows if at not in told]
        if len(left) <= ABOVE:
            return told | self._by_calls(batch, left, fields)
        answers = self._by_file(batch, left, fields)
        held = [at for at, sent in answers.items() if sent.code == DUPLICATE]
        return told | answers | self._by_calls(batch, held, fields)

    def _by_calls(self, batch: Batch, places: Sequence[int], fields: Fields) -> Answers:
        found: Answers = {}
        for some in pieces(places, AT_ONCE):
            bodies = [body_of(batch, batch.rows[at], fields) for at in some]
            answers = bisected(bodies, lambda few: self._call(batch, few))
            found |= zip(some, answers, strict=True)
        return found

    def _call(self, batch: Batch, bodies: Sequence[Mapping[str, Any]]) -> list[Sent]:
        path = "composite/sobjects" if batch.by_id else f"composite/sobjects/{batch.type}/{EXTERNAL_ID}"
        results: list[Result] = self._api.json(
            "PATCH", path, json={"allOrNone": False, "records": list(bodies)}, headers=ALLOW_DUPLICATES
        )
        return [sent_of(result, batch.type, upsert=not batch.by_id) for result in results]

    def _by_file(self, batch: Batch, places: Sequence[int], fields: Fields) -> Answers:
        """Rows that a file can't carry, since a value reads like nothing there, go by calls."""
        odd = [at for at in places if NOTHING in batch.rows[at].values.values()]
        even = [at for at in places if at not in set(odd)]
        cells = [cells_of(batch, batch.rows[at], fields) for at in even]
        results = self._bulk.run(batch.type, batch.key, cells)
        answers = [sent_of(result, batch.type, upsert=not batch.by_id) for result in results]
        return dict(zip(even, answers, strict=True)) | self._by_calls(batch, odd, fields)

    def _followed(self, batch: Batch, answers: Answers) -> Answers:
        """The answers, with where those went that are not where they were."""
        lost = {at: batch.rows[at] for at, sent in answers.items() if sent.code in ELSEWHERE}
        if not lost:
            return answers
        if batch.by_id:
            found = whereabouts(self._api, batch.type, [row.remote_id for row in lost.values()])
            moved = {at: found.get(long_id(row.remote_id)) for at, row in lost.items()}
        else:
            named = converted(self._api, [row.external_id for row in lost.values()])
            moved = {at: named.get(row.external_id) for at, row in lost.items()}
        return answers | {at: place for at, place in moved.items() if place is not None}


def batches(rows: Sequence[Outgoing]) -> Iterable[Batch]:
    """Rows by object and way, 200 at a time unless there are enough of them for a file; no row twice in one batch."""
    groups: dict[tuple[str, bool, int], dict[int, Outgoing]] = {}
    seen: dict[str, int] = {}
    for at, row in enumerate(rows):
        turn = seen[row.external_id] = seen.get(row.external_id, -1) + 1
        type_ = (row.remote_type or type_of(row.remote_id)) if row.remote_id else LEAD
        groups.setdefault((type_, bool(row.remote_id), turn), {})[at] = row
    for (type_, by_id, _), group in groups.items():
        size = len(group) if len(group) > ABOVE else AT_ONCE
        for some in pieces(list(group.items()), size):
            yield Batch(type_, by_id, dict(some))


def values_of(row: Outgoing, fields: Fields) -> dict[str, Value]:
    """What is written of a row: with our name, and without what the object has no such field for.

    A lead's fields are all sent, known or not, so that a missing one is told; a contact has only some of them.
    """
    of_a_lead = not row.remote_id or (row.remote_type or type_of(row.remote_id)) == LEAD
    values = {name: value for name, value in row.values.items() if of_a_lead or _is_writable(fields, name)}
    named = of_a_lead or _is_writable(fields, EXTERNAL_ID)
    return {**values, EXTERNAL_ID: row.external_id} if named else values


def body_of(batch: Batch, row: Outgoing, fields: Fields) -> dict[str, Any]:
    """A row as JSON."""
    values = {name: to_json(value, _type(fields, name)) for name, value in values_of(row, fields).items()}
    name = {"id": row.remote_id} if batch.by_id else {}
    return {"attributes": {"type": batch.type}, **name, **values}


def cells_of(batch: Batch, row: Outgoing, fields: Fields) -> dict[str, str]:
    """A row as CSV."""
    cells = {name: to_cell(value, _type(fields, name)) for name, value in values_of(row, fields).items()}
    return {"Id": row.remote_id, **cells} if batch.by_id else cells


def _is_writable(fields: Fields, name: str) -> bool:
    return name in fields and bool(fields[name]["updateable"])


def _type(fields: Fields, name: str) -> str:
    return str(fields[name]["type"]) if name in fields else "string"


def _later(error: RemoteTransientError) -> Sent:
    return Sent(Outcome.LATER, code=error.vendor_code or error.code, message=error.message, advice=error.advice)
