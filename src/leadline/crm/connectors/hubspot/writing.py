"""Rows on their way to HubSpot: contacts are made by our own unique property, and written by their id after that.

An e-mail address is never what a contact is upserted by: it changes, and HubSpot writes no part of a contact by it. It
is unique all the same: where another contact has it, HubSpot refuses the whole batch. Then the batch's addresses are
asked for, once, and each row is told apart: it takes that contact as its own, or is refused with what to do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leadline.crm.connectors.hubspot.answers import (
    CONTACT,
    existing_of,
    held_advice,
    refused_advice,
    sent_of,
    taken_advice,
)
from leadline.crm.connectors.hubspot.calls import CONFLICT, CONTACTS, NOT_FOUND, HubSpotAPI, Row
from leadline.crm.connectors.hubspot.properties import Properties
from leadline.crm.connectors.hubspot.reading import Reader
from leadline.crm.connectors.hubspot.values import KEY, to_hubspot
from leadline.crm.errors import CRMError, RejectedError, RemoteTransientError
from leadline.crm.records import Outcome, Outgoing, Sent

LIFECYCLE = "lifecyclestage"
EMAIL = "email"
Rows = Mapping[int, Outgoing]


class Writer:
    """Writes rows. `links`: whether a contact that has a lead's e-mail address becomes its contact."""

    def __init__(self, api: HubSpotAPI, properties: Properties, reader: Reader, *, links: bool) -> None:
        self._api, self._properties, self._reader, self._links = api, properties, reader, links

    def send(self, rows: Sequence[Outgoing]) -> list[Sent]:
        """What became of each row, in their order.

        Raises:
            CRMError: the first call failed. When a later one does, its rows are for later.
        """
        answers: dict[int, Sent] = {}
        for group in _groups(rows):
            some = {at: rows[at] for at in group}
            try:
                answers |= self._update(some) if rows[group[0]].remote_id else self._upsert(some)
            except (RemoteTransientError, RejectedError) as error:
                if not answers:
                    raise
                answers |= dict.fromkeys(some, _later(error))
        return [answers[at] for at in range(len(rows))]

    def _upsert(self, rows: Rows) -> dict[int, Sent]:
        self._properties.need_key()
        try:
            return self._upserted(rows)
        except RejectedError as error:
            if error.vendor_code != CONFLICT:
                raise
            return self._told_apart(rows, error)

    def _upserted(self, rows: Rows) -> dict[int, Sent]:
        inputs = [{"id": row.external_id, "idProperty": KEY, **self._input(at, row)} for at, row in rows.items()]
        return sent_of(self._api.objects(CONTACTS, "batch/upsert", {"inputs": inputs}), rows)

    def _input(self, at: int, row: Outgoing) -> Row:
        values = {name: to_hubspot(value, self._properties.type_of(name)) for name, value in row.values.items()}
        return {"properties": {**values, KEY: row.external_id}, "objectWriteTraceId": str(at)}

    def _told_apart(self, rows: Rows, error: RejectedError) -> dict[int, Sent]:
        """After a conflict. The rows that have none are sent again, without the others.

        Raises:
            RejectedError: no address of these is another contact's: it is something else.
        """
        held = self._held(rows, error)
        answers = {
            at: answer for at, row in rows.items() if (answer := self._beside(row, held.get(at), error)) is not None
        }
        rest = {at: row for at, row in rows.items() if at not in answers}
        if not held:
            advice = held_advice(existing_of(error.message))
            raise RejectedError(error.message, advice=advice, vendor_code=CONFLICT) from error
        try:
            return answers | (self._upserted(rest) if rest else {})
        except RejectedError as again:
            if not answers and len(rows) > 1:
                raise
            return answers | dict.fromkeys(rest, _later(again))

    def _held(self, rows: Rows, error: RejectedError) -> dict[int, Row]:
        """{place of a row: the contact that has its e-mail address}."""
        emails = {at: str(row.values.get(EMAIL) or "").strip().lower() for at, row in rows.items()}
        holders = self._reader.holders(emails.values())
        held = {at: holders[email] for at, email in emails.items() if email in holders}
        return held or self._named(rows, existing_of(error.message))

    def _named(self, rows: Rows, number: str) -> dict[int, Row]:
        """The same by the contact that the conflict names: it may have a row's address as another one of its own, or
        be the row's, made by another call in the meantime."""
        contact = self._reader.standing([number])[number] if number else None
        if contact is None:
            return {}
        if len(rows) == 1:
            return dict.fromkeys(rows, contact)
        return {at: contact for at, row in rows.items() if row.external_id == contact["properties"].get(KEY)}

    def _beside(self, row: Outgoing, holder: Row | None, error: RejectedError) -> Sent | None:
        """What a contact with the row's e-mail address means for it; nothing when it may be sent."""
        if holder is None:
            return None
        number, other = str(holder["id"]), holder["properties"].get(KEY) or ""
        if other == row.external_id:  # made by another call in the meantime
            return None
        if not other and self._links:
            return Sent(Outcome.MOVED, number, CONTACT)
        advice = taken_advice(number, other) if other else refused_advice(number, row.external_id)
        return Sent(Outcome.REFUSED, code=CONFLICT, message=error.message, advice=advice)

    def _update(self, rows: Rows) -> dict[int, Sent]:
        """By id. Where each contact is now is asked first: one that was merged would take the values of another's."""
        self._properties.need_key()
        there = self._reader.standing([row.remote_id for row in rows.values()])
        answers: dict[int, Sent] = {}
        for at, row in rows.items():
            if (contact := there[row.remote_id]) is None:
                answers[at] = Sent(Outcome.GONE)
            elif str(contact["id"]) != row.remote_id:
                answers[at] = Sent(Outcome.MOVED, str(contact["id"]), CONTACT)
        left = {at: row for at, row in rows.items() if at not in answers}
        return answers | (self._written(left, there) if left else {})

    def _written(self, rows: Rows, there: Mapping[str, Row | None]) -> dict[int, Sent]:
        back = {at: row for at, row in rows.items() if self._goes_back(row, there[row.remote_id])}
        try:
            if back:  # a batch keeps no order: emptied in a call of its own, then written
                self._updated({at: replace(row, values={LIFECYCLE: None}) for at, row in back.items()})
            return self._updated(rows)
        except RejectedError as error:
            if error.vendor_code == NOT_FOUND:  # one was deleted since we looked; the next time it is seen
                return dict.fromkeys(rows, _later(error))
            if error.vendor_code != CONFLICT:
                raise
            advice = held_advice(existing_of(error.message))
            raise RejectedError(error.message, advice=advice, vendor_code=CONFLICT) from error

    def _updated(self, rows: Rows) -> dict[int, Sent]:
        inputs = [{"id": row.remote_id, **self._input(at, row)} for at, row in rows.items()]
        return sent_of(self._api.objects(CONTACTS, "batch/update", {"inputs": inputs}), rows)

    def _goes_back(self, row: Outgoing, contact: Row | None) -> bool:
        """Whether the lifecycle stage would be an earlier one, which HubSpot ignores, and the mapping means it."""
        if LIFECYCLE not in row.may_go_back or not row.values.get(LIFECYCLE):
            return False
        steps = self._properties.steps(LIFECYCLE)
        now = ((contact or {}).get("properties") or {}).get(LIFECYCLE) or ""
        wanted = str(row.values[LIFECYCLE])
        return now in steps and wanted in steps and steps.index(wanted) < steps.index(now)


def _groups(rows: Sequence[Outgoing]) -> Iterable[list[int]]:
    """Rows that go into one call: all new or all known, and no contact twice."""
    groups: dict[tuple[bool, int], list[int]] = {}
    seen: dict[str, int] = {}
    for at, row in enumerate(rows):
        name = row.remote_id or row.external_id
        times = seen[name] = seen.get(name, -1) + 1
        groups.setdefault((bool(row.remote_id), times), []).append(at)
    return groups.values()


def _later(error: CRMError) -> Sent:
    return Sent(Outcome.LATER, code=error.vendor_code, message=error.message, advice=error.advice)
