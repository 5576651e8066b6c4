"""Rows on their way to Pipedrive, a call for each: there is no batch. Known persons are written by their id."""

from collections.abc import Sequence
from typing import Any

from leadline.crm.connectors.pipedrive.calls import V2, PipedriveAPI, Row, row_of
from leadline.crm.connectors.pipedrive.fields import LISTS, Fields
from leadline.crm.connectors.pipedrive.making import Maker, refusal
from leadline.crm.connectors.pipedrive.persons import PATH, Persons, lowest
from leadline.crm.connectors.pipedrive.refusals import NOT_THERE
from leadline.crm.connectors.pipedrive.values import PERSON, NoOptionError, with_primary
from leadline.crm.errors import RejectedError, RemoteTransientError
from leadline.crm.records import Outcome, Outgoing, Sent


class Writer:
    """Writes rows."""

    def __init__(self, api: PipedriveAPI, fields: Fields, persons: Persons) -> None:
        self._api, self._fields, self._persons = api, fields, persons
        self._maker = Maker(api, fields, persons)

    def send(self, rows: Sequence[Outgoing]) -> list[Sent]:
        """What became of each row, in their order.

        Raises:
            CRMError: nothing was answered. When a later call is not, its rows are for later.
        """
        self._fields.need_key()
        answers: dict[int, Sent] = {}
        try:
            self._write(rows, answers)
        except RemoteTransientError as error:
            if not answers:
                raise
            later = Sent(Outcome.LATER, code=error.vendor_code, message=error.message, advice=error.advice)
            answers = dict.fromkeys(range(len(rows)), later) | answers
        return [answers[at] for at in range(len(rows))]

    def _write(self, rows: Sequence[Outgoing], answers: dict[int, Sent]) -> None:
        for at, row in enumerate(rows):
            if row.remote_id:
                answers[at] = self._updated(row, row.remote_id)
        new = {at: row for at, row in enumerate(rows) if not row.remote_id}
        made, there = self._maker.make(new) if new else ({}, {})
        answers |= made
        for at, number in there.items():
            answers[at] = self._updated(rows[at], number)

    def _updated(self, row: Outgoing, number: str) -> Sent:
        """Written by id. What it answers says also whether the person was deleted."""
        try:
            body = self._body(row, number)
            person = {} if body is None else row_of(self._api.patiently("PATCH", f"{V2}/{PATH}/{number}", body))
        except (RejectedError, NoOptionError) as error:
            if not isinstance(error, RejectedError) or error.vendor_code not in NOT_THERE:
                return refusal(error)
            person = {}
        if not person:
            return _moved(self._carrier(row, number))
        if person.get("is_deleted"):
            return _moved(self._persons.survivors([person]).get(number, ""))
        return Sent(Outcome.UPDATED, number, PERSON)

    def _body(self, row: Outgoing, number: str) -> Row | None:
        """Lists are written whole: what people added to them is asked for first. None: the person is not there."""
        body = self._fields.body(row.values, row.external_id)
        lists = [name for name in LISTS if name in row.values]
        if not lists:
            return body
        person = self._persons.one(number)
        return None if person is None else {**body, **_lists(row, person, lists)}

    def _carrier(self, row: Outgoing, number: str) -> str:
        """Who carries our id now that the person is not even in the bin."""
        return lowest([each for each in self._persons.named(row.external_id) if str(each["id"]) != number])


def _lists(row: Outgoing, person: Row, names: Sequence[str]) -> dict[str, Any]:
    return {LISTS[name]: with_primary(person.get(LISTS[name]), str(row.values[name] or "")) for name in names}


def _moved(number: str) -> Sent:
    return Sent(Outcome.MOVED, number, PERSON) if number else Sent(Outcome.GONE)
