"""Conversions, each a record of the custom object Leadline_Conversion__c, upserted by its key: told twice, it is one.

A task or an event would show more prominently, but activities can't be told apart for good: they are archived after a
year, and whether an org takes an external id on them differs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from leadline.crm.connectors.salesforce.answers import Result, sent_of
from leadline.crm.connectors.salesforce.calls import SalesforceAPI
from leadline.crm.connectors.salesforce.names import CONTACT, pieces, type_of
from leadline.crm.connectors.salesforce.objects import Fields, Objects
from leadline.crm.connectors.salesforce.values import to_json
from leadline.crm.errors import RemoteTransientError
from leadline.crm.records import FieldType, Outcome, OutgoingEvent, RemoteField, Sent, Value

CONVERSION = "Leadline_Conversion__c"
KEY = "Leadline_Key__c"
AT_ONCE = 200
NAME_LENGTH = 80
LOST = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"})
MISSING = Sent(
    Outcome.LATER,
    code="NO_OBJECT",
    message="Salesforce has no place for conversions yet.",
    advice="Make the object Leadline Conversion (docs/how-to/crm-salesforce.md), then make Leadline's fields again; "
    "or say events: none in the mapping.",
)


def _field(name: str, label: str, type_: FieldType) -> RemoteField:
    return RemoteField(name, label, type_, ours=True)


FIELDS = (
    _field("Leadline_Conversion__c", "Conversion", FieldType.TEXT),
    _field("Leadline_Happened__c", "Happened", FieldType.MOMENT),
    _field("Leadline_Amount__c", "Amount", FieldType.DECIMAL),
    _field("Leadline_Currency__c", "Currency", FieldType.TEXT),
    _field("Leadline_Details__c", "Details", FieldType.LONG_TEXT),
)
LEAD_LINK, CONTACT_LINK = "Leadline_Lead__c", "Leadline_Contact__c"


def tell(api: SalesforceAPI, objects: Objects, events: Sequence[OutgoingEvent]) -> list[Sent]:
    """Write conversions down. Where the object is missing they wait."""
    fields = objects.fields(CONVERSION)
    if KEY not in fields:
        return [MISSING] * len(events)
    answers: list[Sent] = []
    for some in pieces(events, AT_ONCE):
        try:
            answers += _told(api, fields, some)
        except RemoteTransientError as error:
            if not answers:
                raise
            rest = len(events) - len(answers)
            return answers + [Sent(Outcome.LATER, code=error.vendor_code, message=error.message)] * rest
    return answers


def _told(api: SalesforceAPI, fields: Fields, events: Sequence[OutgoingEvent]) -> list[Sent]:
    body = {"allOrNone": False, "records": [record(event, fields) for event in events]}
    results: list[Result] = api.json("PATCH", f"composite/sobjects/{CONVERSION}/{KEY}", json=body)
    return [_answer(result) for result in results]


def _answer(result: Result) -> Sent:
    sent = sent_of(result, CONVERSION, upsert=True)
    return Sent(Outcome.GONE, code=sent.code, message=sent.message) if sent.code in LOST else sent


def record(event: OutgoingEvent, fields: Fields) -> dict[str, Any]:
    """A conversion as JSON: what the object has fields for."""
    is_contact = (event.remote_type or type_of(event.remote_id)) == CONTACT
    values: Mapping[str, Value] = {
        KEY: event.key,
        "Name": (event.label or event.name)[:NAME_LENGTH],
        "Leadline_Conversion__c": event.name,
        "Leadline_Happened__c": event.occurred_at,
        "Leadline_Amount__c": event.amount,
        "Leadline_Currency__c": event.currency or None,
        "Leadline_Details__c": "\n".join(f"{name}: {value}" for name, value in event.properties.items()) or None,
        CONTACT_LINK if is_contact else LEAD_LINK: event.remote_id,
    }
    known = {name: value for name, value in values.items() if name in fields and (fields[name]["createable"])}
    told = {name: to_json(value, str(fields[name]["type"])) for name, value in known.items() if value is not None}
    return {"attributes": {"type": CONVERSION}, **told}
