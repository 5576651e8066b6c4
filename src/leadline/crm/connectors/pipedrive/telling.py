"""Conversions: a note at the person, each once.

A note has nothing that could be unique: each carries its key in its last line, and the notes of the person are looked
through before one is made. One run of a connection writes at a time, so nothing comes between.
"""

from collections.abc import Iterator, Sequence
from html import escape

from leadline.crm.connectors.pipedrive.calls import V1, PipedriveAPI, Row, row_of, rows_of
from leadline.crm.connectors.pipedrive.making import refusal
from leadline.crm.connectors.pipedrive.persons import Persons
from leadline.crm.connectors.pipedrive.values import PERSON
from leadline.crm.errors import RejectedError, RemoteTransientError
from leadline.crm.records import Outcome, OutgoingEvent, Sent

NOTES = f"{V1}/notes"
PAGE = 100


class Teller:
    """Writes conversions down."""

    def __init__(self, api: PipedriveAPI, persons: Persons) -> None:
        self._api, self._persons = api, persons

    def tell(self, events: Sequence[OutgoingEvent]) -> list[Sent]:
        """What became of each. A person that is gone, or went into another one, gets no note.

        Raises:
            CRMError: nothing was answered. When a later call is not, its conversions are for later.
        """
        standing = self._persons.standing([event.remote_id for event in events])
        survivors = self._persons.survivors(row for row in standing.values() if row and row.get("is_deleted"))
        told: dict[str, str] = {}
        answers: list[Sent] = []
        try:
            for event in events:
                lost = _lost(standing[event.remote_id], survivors.get(event.remote_id, ""))
                answers.append(lost or self._noted(event, told))
        except RemoteTransientError as error:
            if not answers:
                raise
            later = Sent(Outcome.LATER, code=error.vendor_code, message=error.message, advice=error.advice)
            answers += [later] * (len(events) - len(answers))
        return answers

    def _noted(self, event: OutgoingEvent, told: dict[str, str]) -> Sent:
        """`told`: the notes of persons that were looked through already."""
        if event.remote_id not in told:
            told[event.remote_id] = "\n".join(self._notes(event.remote_id))
        if event.key in told[event.remote_id]:
            return Sent(Outcome.UPDATED, event.key)
        body = {"content": words(event), "person_id": int(event.remote_id), "add_time": f"{event.occurred_at:%F %T}"}
        try:
            made = row_of(self._api.patiently("POST", NOTES, body))
        except RejectedError as error:
            return refusal(error)
        told[event.remote_id] += event.key
        return Sent(Outcome.CREATED, str(made.get("id") or event.key))

    def _notes(self, person: str) -> Iterator[str]:
        start = 0
        while True:
            answer = self._api.patiently("GET", NOTES, params={"person_id": person, "start": start, "limit": PAGE})
            yield from (str(row.get("content") or "") for row in rows_of(answer))
            pages: Row = (answer.get("additional_data") or {}).get("pagination") or {}
            if not pages.get("more_items_in_collection"):
                return
            start = int(pages.get("next_start") or start + PAGE)


def _lost(person: Row | None, survivor: str) -> Sent | None:
    if survivor:
        return Sent(Outcome.MOVED, survivor, PERSON)
    return Sent(Outcome.GONE) if person is None or person.get("is_deleted") else None


def words(event: OutgoingEvent) -> str:
    """A conversion as a note says it, with its key in the last line."""
    amount = f", {event.amount:,f} {event.currency}".rstrip() if event.amount is not None else ""
    lines = [f"<b>{escape(event.label or event.name)}</b>{escape(amount)}"]
    lines += [escape(f"{name}: {value}") for name, value in event.properties.items() if value is not None]
    return "".join(f"<p>{line}</p>" for line in (*lines, f"Leadline {event.key}"))
