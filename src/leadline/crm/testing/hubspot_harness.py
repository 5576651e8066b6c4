"""The fake HubSpot as the conformance suite uses it."""

import re
from collections.abc import Mapping, Sequence

from leadline.crm.connectors.hubspot import KIND
from leadline.crm.connectors.hubspot.values import from_hubspot, to_hubspot
from leadline.crm.local_fields import STAGES
from leadline.crm.records import RemoteRecord, Value
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.hubspot import HubSpotServer
from leadline.crm.testing.hubspot_tables import Row, Thing

# The e-mail address goes to a property that is not unique: the suite merges two contacts that have the same one,
# which HubSpot would never have let come to be.
MAPPING = """
object: contacts
who: {stages: [qualified, customer]}
fields:
  firstname: {from: name}
  work_email: email
  leadline_score: {from: score, label: Leadline score}
  leadline_stage:
    from: stage
    label: Leadline stage
    type: choice
    order: [profile_development, conversion_signals, qualified, customer]
    regress: false
  phone: {from: phone, owner: theirs}
status: {NEW: none, IN_PROGRESS: accepted, CONNECTED: contacted}
back: {owner: true, deals: true}
events: all
"""
A_KEY = re.compile(r"Leadline ([0-9a-f-]{36})")


class HubSpotHarness(FakeHarness):
    """A fake account whose properties are made already.

    Args:
        conversions: "notes" or "events".
    """

    kind = KIND
    mapping = MAPPING
    score_field, stage_field = "leadline_score", "leadline_stage"
    status, other_status = "IN_PROGRESS", "CONNECTED"
    lacks = {"expire_token": "a service key is good until somebody rotates it"}

    def __init__(self, conversions: str = "notes") -> None:
        super().__init__()
        self.fake = self.hubspot = HubSpotServer(self.clock)
        made: dict[str, Row] = {
            "leadline_id": {"type": "string", "fieldType": "text", "hasUniqueValue": True},
            "leadline_score": {"type": "number", "fieldType": "number"},
            "leadline_stage": {
                "type": "enumeration",
                "fieldType": "select",
                "options": [{"label": label, "value": value} for value, label in STAGES],
            },
        }
        self.hubspot.tables.groups.add("leadline")
        self.hubspot.tables.properties |= {
            name: {"name": name, "label": name, "options": [], **row} for name, row in made.items()
        }
        self.settings, self.secrets = {"conversions": conversions}, {"key": self.hubspot.key}
        self.transport = self.hubspot.transport()

    def records(self) -> Sequence[RemoteRecord]:
        """Contacts that are not archived."""
        return [self._record(each) for each in self.hubspot.tables.living()]

    def _record(self, contact: Thing) -> RemoteRecord:
        kinds = self.hubspot.tables.properties
        values = {name: from_hubspot(text, kinds[name]["type"]) for name, text in contact.properties.items()}
        name = contact.properties.get("leadline_id", "")
        return RemoteRecord(contact.id, "contact", contact.updated, name, values)

    def told(self) -> Sequence[str]:
        """Keys of notes and of custom events."""
        bodies = [note.properties["hs_note_body"] for note in self.hubspot.tables.notes.values()]
        return [*self.hubspot.tables.events, *(key for body in bodies for key in A_KEY.findall(body))]

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        """Somebody writes a contact, or sets its lead status."""
        tables = self.hubspot.tables
        texts = {name: to_hubspot(value, tables.properties[name]["type"]) for name, value in values.items()}
        tables.write(tables.contacts[remote_id], {**texts, **({"hs_lead_status": status} if status else {})})

    def delete(self, remote_id: str) -> None:
        """Somebody deletes it."""
        self.hubspot.tables.archive(remote_id)

    def merge(self, winner: str, loser: str) -> None:
        """Somebody merges two."""
        self.hubspot.tables.merge(winner, loser)
