"""Conversions: notes at the contact, or custom events where the account has them and the connection says so.

A custom event carries its key as `uuid`, and HubSpot refuses one that it had: told already. Notes have no such thing,
and whether they may have a unique property is not documented: each carries its key in its last line, and the notes of
the contact are looked through before one is made. One run of a connection writes at a time, so nothing comes between.
"""

from collections.abc import Mapping, Sequence
from html import escape

from leadline.crm.connectors.hubspot.answers import CONTACT, UNSAID, refusal
from leadline.crm.connectors.hubspot.calls import CONFLICT, NOT_FOUND, NOTES, VERSION, HubSpotAPI, Row, rows_of
from leadline.crm.connectors.hubspot.reading import Reader
from leadline.crm.connectors.hubspot.values import iso, to_hubspot
from leadline.crm.errors import CredentialsError, RejectedError, RemoteTransientError, SetupError
from leadline.crm.records import Outcome, OutgoingEvent, Sent

BODY = "hs_note_body"
TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
NAME = "leadline_conversion"
DEFINITIONS = f"/events/{VERSION}/event-definitions"
DEFINITION = {
    "name": NAME,
    "label": "Leadline conversion",
    "primaryObject": "CONTACT",
    "includeDefaultProperties": False,
    "propertyDefinitions": [
        {"name": "leadline_name", "label": "Conversion", "type": "string"},
        {"name": "leadline_amount", "label": "Amount", "type": "number"},
        {"name": "leadline_currency", "label": "Currency", "type": "string"},
        {"name": "leadline_details", "label": "Details", "type": "string"},
    ],
}
NOT_THERE = frozenset({NOT_FOUND, "404"})
ENTERPRISE = "Custom events take an Enterprise subscription and two scopes: set conversions to notes in the connection."


class Teller:
    """Writes conversions down, each once."""

    def __init__(self, api: HubSpotAPI, reader: Reader, *, as_events: bool) -> None:
        self._api, self._reader, self._as_events = api, reader, as_events
        self._event_name = ""

    def tell(self, events: Sequence[OutgoingEvent]) -> list[Sent]:
        """What became of each. A contact that is gone, or went into another one, gets none."""
        there = self._reader.standing([event.remote_id for event in events])
        answers = {at: lost for at, event in enumerate(events) if (lost := _lost(event, there[event.remote_id]))}
        left = {at: event for at, event in enumerate(events) if at not in answers}
        answers |= self._sent(left) if self._as_events else self._noted(left)
        return [answers[at] for at in range(len(events))]

    def _sent(self, events: Mapping[int, OutgoingEvent]) -> dict[int, Sent]:
        """One call each: a batch does not say which of its events it took."""
        answers: dict[int, Sent] = {}
        for at, event in events.items():
            try:
                answers[at] = self._send(event)
            except RemoteTransientError as error:
                if not answers:
                    raise
                later = Sent(Outcome.LATER, code=error.vendor_code, message=error.message)
                return answers | {each: later for each in events if each not in answers}
        return answers

    def _send(self, event: OutgoingEvent) -> Sent:
        try:
            self._api.call("POST", f"/events/{VERSION}/send", _occurrence(event, self._defined()))
        except RejectedError as error:
            if error.vendor_code == CONFLICT or "uuid" in error.message.lower():
                return Sent(Outcome.UPDATED, event.key)
            return Sent(Outcome.REFUSED, code=error.vendor_code, message=error.message, advice=error.advice)
        return Sent(Outcome.CREATED, event.key)

    def _defined(self) -> str:
        """The event's full name; it is made where it is missing.

        Raises:
            SetupError: the account has no custom events.
        """
        if not self._event_name:
            name = f"pe{self._api.account()['portalId']}_{NAME}"
            try:
                self._define(name)
            except CredentialsError as error:
                raise SetupError(error.message, advice=ENTERPRISE, vendor_code=error.vendor_code) from error
            self._event_name = name
        return self._event_name

    def _define(self, name: str) -> None:
        try:
            self._api.call("GET", f"{DEFINITIONS}/{name}")
        except (RejectedError, SetupError) as error:
            if error.vendor_code not in NOT_THERE:
                raise
            self._api.call("POST", DEFINITIONS, DEFINITION)

    def _noted(self, events: Mapping[int, OutgoingEvent]) -> dict[int, Sent]:
        told = self._told(events)
        answers = {at: Sent(Outcome.UPDATED, told[event.key]) for at, event in events.items() if event.key in told}
        new = {at: event for at, event in events.items() if at not in answers}
        if not new:
            return answers
        inputs = [_note(event) for event in new.values()]
        answer = self._api.objects(NOTES, "batch/create", {"inputs": inputs})
        return answers | {at: _answered(event, answer) for at, event in new.items()}

    def _told(self, events: Mapping[int, OutgoingEvent]) -> dict[str, str]:
        """{key: note} of those that stand at their contacts already."""
        contacts = list(dict.fromkeys(event.remote_id for event in events.values()))
        linked = self._api.linked(NOTES, contacts) if contacts else {}
        notes = self._api.read(NOTES, [each for ids in linked.values() for each in ids], (BODY,))
        bodies = {str(note["id"]): note["properties"].get(BODY) or "" for note in notes}
        keys = [event.key for event in events.values()]
        return {key: number for number, body in bodies.items() for key in keys if key in body}


def _lost(event: OutgoingEvent, contact: Row | None) -> Sent | None:
    if contact is None:
        return Sent(Outcome.GONE)
    number = str(contact["id"])
    return Sent(Outcome.MOVED, number, CONTACT) if number != event.remote_id else None


def _details(event: OutgoingEvent) -> list[str]:
    return [f"{name}: {value}" for name, value in event.properties.items() if value is not None]


def _occurrence(event: OutgoingEvent, name: str) -> Row:
    properties = {
        "leadline_name": event.label or event.name,
        "leadline_amount": to_hubspot(event.amount, "number"),
        "leadline_currency": event.currency,
        "leadline_details": "; ".join(_details(event)),
    }
    return {
        "eventName": name,
        "objectId": event.remote_id,
        "occurredAt": iso(event.occurred_at),
        "uuid": event.key,
        "properties": {key: value for key, value in properties.items() if value},
    }


def _note(event: OutgoingEvent) -> Row:
    return {
        "properties": {"hs_timestamp": iso(event.occurred_at), BODY: words(event)},
        "associations": [{"to": {"id": event.remote_id}, "types": [TO_CONTACT]}],
        "objectWriteTraceId": event.key,
    }


def words(event: OutgoingEvent) -> str:
    """A conversion as a note says it, with its key in the last line."""
    amount = f", {event.amount:,f} {event.currency}".rstrip() if event.amount is not None else ""
    lines = [f"<strong>{escape(event.label or event.name)}</strong>{escape(amount)}"]
    lines += [escape(each) for each in _details(event)]
    return "".join(f"<p>{line}</p>" for line in (*lines, f"Leadline {event.key}"))


def _answered(event: OutgoingEvent, answer: Row) -> Sent:
    """What a batch says of one note."""
    for error in answer.get("errors") or []:
        if event.key in ((error.get("context") or {}).get("objectWriteTraceId") or []):
            return refusal(error)
    for result in rows_of(answer):
        body = (result.get("properties") or {}).get(BODY) or ""
        if result.get("objectWriteTraceId") == event.key or event.key in body:
            return Sent(Outcome.CREATED, str(result["id"]))
    return UNSAID
