"""The fake Pipedrive as the conformance suite uses it."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from leadline.crm.connectors.pipedrive import KIND
from leadline.crm.connectors.pipedrive.fields import kinds_of
from leadline.crm.connectors.pipedrive.values import Kind, from_pipedrive, to_pipedrive
from leadline.crm.local_fields import STAGES
from leadline.crm.records import RemoteRecord, Value
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.pipedrive import PipedriveServer
from leadline.crm.testing.pipedrive_tables import LABELS, Row
from leadline.kernel.clock import EPOCH

MAPPING = """
object: persons
who: {stages: [qualified, customer]}
fields:
  name: {from: name, default: Unknown}
  email: email
  leadline_score: {from: score, label: Leadline score}
  leadline_stage:
    from: stage
    label: Leadline stage
    type: choice
    order: [profile_development, conversion_signals, qualified, customer]
    regress: false
  phone: {from: phone, owner: theirs}
status: {Hot lead: contacted, Warm lead: none, Working: accepted}
back: {owner: true, deals: true}
events: all
"""
A_KEY = re.compile(r"Leadline ([0-9a-f-]{36})")
EVERY_CALL_OF_A_ROW = 2
OF_A_BATCH = 6
ULTIMATE = 120
"""Calls in two seconds of the largest plan: the suite writes with six connectors at once, which the loop never does."""


class PipedriveHarness(FakeHarness):
    """A fake account whose fields are made already.

    Args:
        hides: deleted persons are in no list, and answer to their id only.
    """

    kind = KIND
    mapping = MAPPING
    score_field, stage_field = "leadline_score", "leadline_stage"
    status, other_status = "Working", "Hot lead"
    lacks = {"expire_token": "an API token is good until its user makes another one"}
    # Pipedrive takes one person a call: 10,000 would be 20,000 calls, of which the account allows 10 in a second.
    backfill_rows = 300
    calls_per_batch = EVERY_CALL_OF_A_ROW * KIND.batch + OF_A_BATCH

    def __init__(self, hides: bool = False) -> None:
        super().__init__()
        self.fake = self.pipedrive = PipedriveServer(self.clock)
        self.pipedrive.lag = 30.0
        self.pipedrive.burst = ULTIMATE
        tables = self.pipedrive.tables
        tables.hides = hides
        tables.add_field("Leadline ID", "varchar")
        tables.add_field("Leadline score", "double")
        tables.add_field("Leadline stage", "enum", [{"label": label} for _, label in STAGES])
        self.settings, self.secrets = {"domain": "acme"}, {"token": self.pipedrive.token}
        self.transport = self.pipedrive.transport()

    def kinds(self) -> Mapping[str, Kind]:
        """The custom fields of the account, by what a mapping calls them."""
        return kinds_of(self.pipedrive.tables.fields)

    def records(self) -> Sequence[RemoteRecord]:
        """Persons that are not deleted."""
        kinds = self.kinds()
        return [_record(row, kinds) for row in self.pipedrive.tables.living()]

    def told(self) -> Sequence[str]:
        """Keys of notes."""
        return [key for note in self.pipedrive.tables.notes.values() for key in A_KEY.findall(note["content"])]

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        """Somebody writes a person, or gives it a label."""
        tables, kinds = self.pipedrive.tables, self.kinds()
        custom = {kinds[name].code: to_pipedrive(value, kinds[name], "EUR") for name, value in values.items()}
        labels = [each["id"] for each in LABELS if each["label"] == status]
        tables.write(
            tables.persons[int(remote_id)], {"custom_fields": custom, **({"label_ids": labels} if status else {})}
        )

    def delete(self, remote_id: str) -> None:
        """Somebody deletes it."""
        self.pipedrive.tables.delete(int(remote_id))

    def merge(self, winner: str, loser: str) -> None:
        """Somebody merges two."""
        self.pipedrive.tables.merge(int(winner), int(loser))


def _record(row: Row, kinds: Mapping[str, Kind]) -> RemoteRecord:
    values = {name: from_pipedrive(row["custom_fields"].get(kind.code), kind) for name, kind in kinds.items()}
    values |= {"name": row["name"], "email": row["emails"][0]["value"] if row["emails"] else None}
    name = str(values.pop("leadline_id") or "")
    plain = {key: int(value) if isinstance(value, Decimal) else value for key, value in values.items()}
    return RemoteRecord(str(row["id"]), "person", EPOCH, name, plain)
