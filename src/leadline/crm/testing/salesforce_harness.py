"""The fake Salesforce as the conformance suite uses it."""

from collections.abc import Mapping, Sequence

from leadline.crm.connectors.salesforce import KIND
from leadline.crm.connectors.salesforce.calls import moment
from leadline.crm.connectors.salesforce.names import EXTERNAL_ID, type_of
from leadline.crm.connectors.salesforce.telling import CONTACT_LINK, CONVERSION, FIELDS, KEY, LEAD_LINK
from leadline.crm.connectors.salesforce.values import from_json
from leadline.crm.records import FieldType, RemoteRecord, Value
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.salesforce import CLIENT_ID, CLIENT_SECRET, SalesforceServer
from leadline.crm.testing.salesforce_fields import described
from leadline.crm.testing.salesforce_org import Org

MAPPING = """
object: Lead
who: {stages: [qualified, customer]}
fields:
  LastName: {from: name, default: Not known}
  Company: {from: company, default: Not known, owner: newest}
  Email: email
  Leadline_Score__c: {from: score, label: Leadline score}
  Leadline_Stage__c:
    from: stage
    label: Leadline stage
    type: choice
    order: [profile_development, conversion_signals, qualified, customer]
    regress: false
  Phone: {from: phone, owner: theirs}
status: {Open - Not Contacted: none, Working - Contacted: contacted, Closed - Not Converted: none, Converted: accepted}
back: {owner: true, deals: true}
events: all
"""
TYPES = {FieldType.TEXT: "string", FieldType.LONG_TEXT: "textarea", FieldType.MOMENT: "datetime"}


def prepare(org: Org) -> None:
    """The fields that an administrator would have made, on leads, contacts and conversions."""
    for of in ("Lead", "Contact"):
        org.add_field(of, EXTERNAL_ID, "string", externalId=True, unique=True, length=64)
        org.add_field(of, "Leadline_Score__c", "double")
        org.add_field(of, "Leadline_Stage__c", "picklist")
    org.fields[CONVERSION] = {"Name": described("Name", length=80)}
    org.add_field(CONVERSION, KEY, "string", externalId=True, unique=True, length=64)
    for name in (LEAD_LINK, CONTACT_LINK):
        org.add_field(CONVERSION, name, "reference")
    for field in FIELDS:
        org.add_field(CONVERSION, field.name, TYPES.get(field.type, "double"))


class SalesforceHarness(FakeHarness):
    """A fake org whose fields are made already."""

    kind = KIND
    mapping = MAPPING
    score_field, stage_field = "Leadline_Score__c", "Leadline_Stage__c"
    status, other_status = "Working - Contacted", "Closed - Not Converted"
    calls_per_batch = 14

    def __init__(self) -> None:
        super().__init__()
        self.fake = self.server = SalesforceServer(self.clock)
        self.org = self.server.org
        prepare(self.org)
        self.settings = {"url": self.server.url, "client_id": CLIENT_ID}
        self.secrets = {"client_secret": CLIENT_SECRET}
        self.transport = self.server.transport()

    def records(self) -> Sequence[RemoteRecord]:
        """Leads that are still leads, and contacts."""
        rows = [row for of in ("Lead", "Contact") for row in list(self.org.rows[of].values())]
        return [
            RemoteRecord(
                row["Id"],
                type_of(row["Id"]),
                moment(row["SystemModstamp"]),
                row.get(EXTERNAL_ID) or "",
                {name: from_json(value) for name, value in row.items()},
            )
            for row in rows
            if not row["IsDeleted"] and not row.get("IsConverted")
        ]

    def told(self) -> Sequence[str]:
        """Keys of conversions."""
        return [row[KEY] for row in self.org.rows[CONVERSION].values()]

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        """Somebody writes a record."""
        self.org.edit(type_of(remote_id), remote_id, {**values, **({"Status": status} if status else {})})

    def delete(self, remote_id: str) -> None:
        """Somebody deletes it."""
        self.org.delete(type_of(remote_id), remote_id)

    def merge(self, winner: str, loser: str) -> None:
        """Somebody merges two."""
        self.org.merge(type_of(winner), winner, loser)

    def expire_token(self) -> None:
        """All sessions are over."""
        self.server.end_sessions()

    def revoke(self) -> None:
        """The app was blocked; its sessions are over with that."""
        super().revoke()
        self.server.end_sessions()
