"""The fake Odoo as the conformance suite uses it."""

from collections.abc import Mapping, Sequence

from leadline.crm.connectors.odoo import KIND
from leadline.crm.connectors.odoo.notes import name_of
from leadline.crm.connectors.odoo.values import from_odoo, kinds_of, moment_of
from leadline.crm.records import RemoteRecord, Value
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.odoo import OdooServer
from leadline.crm.testing.odoo_tables import STAGES

MAPPING = """
object: crm.lead
who: {stages: [qualified, customer]}
fields:
  name: {from: name, default: Unknown}
  email_from: email
  x_leadline_score: {from: score, label: Leadline score}
  x_leadline_stage:
    from: stage
    label: Leadline stage
    type: choice
    order: [profile_development, conversion_signals, qualified, customer]
    regress: false
  phone: {from: phone, owner: theirs}
status: {New: none, Qualified: accepted, Proposition: contacted}
back: {owner: true, deals: true}
events: all
"""
CHOICES = [
    [name, name.replace("_", " ").capitalize()]
    for name in "profile_development conversion_signals qualified customer disqualified recycled".split()
]
LEADLINE = "leadline."


class OdooHarness(FakeHarness):
    """A fake Odoo whose fields are made already."""

    kind = KIND
    mapping = MAPPING
    score_field, stage_field = "x_leadline_score", "x_leadline_stage"
    status, other_status = "Qualified", "Proposition"
    lacks = {"expire_token": "a key is good until it ends, and nothing renews it"}
    calls_per_batch = 2

    def __init__(self) -> None:
        super().__init__()
        self.fake = self.odoo = OdooServer(self.clock)
        self.odoo.tables.fields |= {
            "x_leadline_score": {"string": "Leadline score", "type": "integer", "store": True},
            "x_leadline_stage": {"string": "Stage", "type": "selection", "selection": CHOICES, "store": True},
        }
        self.settings, self.secrets = {"url": self.odoo.url}, {"key": self.odoo.key}
        self.transport = self.odoo.transport()

    def records(self) -> Sequence[RemoteRecord]:
        """All leads, lost ones too."""
        names = {number: name.removeprefix(LEADLINE) for name, number in self.odoo.tables.named.items()}
        kinds = kinds_of(self.odoo.tables.fields)
        return [
            RemoteRecord(
                str(number),
                "crm.lead",
                moment_of(row["write_date"]),
                names.get(number, ""),
                {name: from_odoo(row[name], kinds[name], {}) for name in row if name in kinds},
            )
            for number, row in list(self.odoo.tables.leads.items())
        ]

    def told(self) -> Sequence[str]:
        """Keys of the notes that are conversions."""
        names = [name_of(row["message_id"]) for row in self.odoo.tables.notes.values()]
        return [name for name in names if name and not name.startswith(("ll-", "of-"))]

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        """Somebody writes a lead, or moves it to another stage."""
        if values:
            self.odoo.tables.write(int(remote_id), values)
        if status:
            self.odoo.tables.move(int(remote_id), next(at for at, name in STAGES.items() if name == status))

    def delete(self, remote_id: str) -> None:
        """Somebody deletes it."""
        self.odoo.tables.unlink(int(remote_id))

    def merge(self, winner: str, loser: str) -> None:
        """Somebody merges two."""
        self.odoo.tables.merge(int(winner), [int(loser)])
