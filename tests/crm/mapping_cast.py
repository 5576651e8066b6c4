"""What tests of mappings share: a document with a bit of everything, a lead, and the fields of a CRM."""

from datetime import UTC, datetime
from decimal import Decimal

from leadline.crm.mapping import SyncMapping, read_mapping
from leadline.crm.records import FieldType, LocalRecord, RemoteField, Value

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

DOCUMENT = """\
object: crm.lead
who: {stages: [qualified, customer], grades: [A, B], countries: [Germany, gb]}
fields:
  email_from: email
  name: {template: "{name}[, {company}]", truncate: 24, default: Unknown}
  x_score: {from: score, label: Leadline score, type: integer}
  x_stage:
    from: stage
    values: {qualified: Qualified}
    order: [profile_development, conversion_signals, qualified, customer]
    regress: false
    label: Leadline stage
  phone: {from: phone, owner: theirs}
  title: {from: title, owner: newest}
  x_since: {from: qualified_at, date: "%d.%m.%Y", zone: Asia/Tokyo}
  street: {join: [city, country], with: " / "}
  expected_revenue: {from: yearly_value, number: {scale: 0.01, round: 0}}
  lead_status: {from: status}
  x_quote: {from: conversions.quote_requested, type: date}
  source: {constant: Leadline}
status:
  New: none
  Contacted: contacted
  Working: accepted
  Negotiating: accepted
  Unqualified: {rejected: too_small}
  Spam: {rejected: vendor}
back: {owner: true, deals: false}
events: [quote_requested]
"""

LEAD: dict[str, Value] = {
    "name": "Amelia Hart",
    "company": "Northgate Dental Group",
    "email": "amelia@northgate.example",
    "phone": "+44 20 7946 0000",
    "title": "Practice manager",
    "score": 71,
    "stage": "qualified",
    "qualified_at": datetime(2026, 2, 27, 20, 30, tzinfo=UTC),
    "city": "Leeds",
    "country": "United Kingdom",
    "yearly_value": Decimal("48050.00"),
    "status": "accepted",
    "conversions.quote_requested": datetime(2026, 2, 27, 9, tzinfo=UTC),
}


def lead(fields: dict[str, Value] | None = None, *, wanted: bool = True, **changed: Value) -> LocalRecord:
    """Amelia, or somebody with these fields only."""
    known = {**(LEAD if fields is None else fields), **changed}
    return LocalRecord(1, "ll-" + "0" * 32, known, wanted, NOON)


def mapping_of(fields: str, rest: str = "") -> SyncMapping:
    """A mapping with these fields, one a line."""
    lines = "\n".join(f"  {line}" for line in fields.splitlines())
    return read_mapping(f"fields:\n{lines}\n{rest}")


def sent_value(entry: str, fields: dict[str, Value] | None = None, rest: str = "", **changed: Value) -> Value:
    """What the only field of a mapping gets."""
    return mapping_of(f"x: {entry}", rest).outgoing(lead(fields, **changed)).get("x")


REMOTE = (
    RemoteField("email_from", "E-mail", FieldType.TEXT),
    RemoteField("name", "Opportunity", FieldType.TEXT, length=64, required=True),
    RemoteField("phone", "Phone", FieldType.TEXT, length=40),
    RemoteField("title", "Title", FieldType.TEXT),
    RemoteField("street", "Street", FieldType.TEXT),
    RemoteField("expected_revenue", "Expected revenue", FieldType.DECIMAL),
    RemoteField(
        "lead_status",
        "Status",
        FieldType.CHOICE,
        tuple((w, w) for w in ("Contacted", "Working", "Unqualified", "Spam")),
    ),
    RemoteField("source", "Source", FieldType.CHOICE, (("leadline", "Leadline"), ("web", "Web"))),
    RemoteField("x_since", "Since", FieldType.TEXT),
    RemoteField("x_quote", "Quote", FieldType.DATE),
    RemoteField("create_date", "Created on", FieldType.MOMENT, writable=False, required=True),
)
