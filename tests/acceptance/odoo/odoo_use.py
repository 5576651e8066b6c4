"""A real Odoo as the conformance suite uses it, with an unreliable wire in front of it."""

import subprocess
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
from tests.acceptance.odoo.odoo_server import DATABASE, SALESPERSON, Odoo

from leadline.crm.connectors.odoo import KIND
from leadline.crm.connectors.odoo.notes import name_of
from leadline.crm.connectors.odoo.values import from_odoo, kinds_of, moment_of
from leadline.crm.mapping import read_mapping
from leadline.crm.records import RemoteRecord, Value
from leadline.crm.testing.clock import FrozenClock
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.odoo_harness import MAPPING
from leadline.crm.testing.server import FakeServer
from leadline.kernel.clock import Clock

EVERYTHING = {"active_test": False}
STAGES = {"New": 1, "Qualified": 2, "Proposition": 3, "Won": 4}
WRITING = ("/load", "/create", "/write")


class Wire(FakeServer):
    """Passes calls on; it is as unreliable as a fake is."""

    def __init__(self, clock: Clock, url: str) -> None:
        super().__init__(clock, url)
        self._real = httpx.HTTPTransport()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._one_too_many():
            return httpx.Response(429, headers=self._come_back())
        if self.locked:
            request.headers["Authorization"] = "bearer 0123456789abcdef0123456789abcdef01234567"
        answer = self._real.handle_request(request)
        answer.read()
        return answer

    def _writes(self, request: httpx.Request) -> bool:
        return request.url.path.endswith(WRITING)


class RealOdoo(FakeHarness):
    """An emptied Odoo; Leadline has a salesperson's key, people use an administrator's."""

    kind = KIND
    mapping = MAPPING
    score_field, stage_field = "x_leadline_score", "x_leadline_stage"
    status, other_status = "Qualified", "Proposition"
    lacks = {
        "expire_token": "a key is good until it ends, and nothing renews it",
        "skew": "its clock is this machine's",
    }
    backfill_rows = 1_000
    calls_per_batch = 2

    def __init__(self, odoo: Odoo) -> None:
        super().__init__()
        self.clock = FrozenClock(datetime.now(UTC).replace(microsecond=0))
        self.odoo, self.fake = odoo, Wire(self.clock, odoo.url)
        self.transport = self.fake.transport()
        self.settings, self.secrets = {"url": odoo.url}, {"key": odoo.keys[SALESPERSON]}
        empty(odoo)
        self.refuse(())

    def records(self) -> Sequence[RemoteRecord]:
        return [self._record(row) for row in leads(self.odoo)]

    def _record(self, row: Mapping[str, Any]) -> RemoteRecord:
        kinds = kinds_of(self.odoo.fields)
        values = {name: from_odoo(row[name], kinds[name], {}) for name in row if name in kinds}
        return RemoteRecord(
            str(row["id"]),
            "crm.lead",
            moment_of(row["write_date"]),
            row["external_id"],
            values,
            email=row["email_from"],
        )

    def told(self) -> Sequence[str]:
        domain = [["message_id", "=like", "%@leadline>"]]
        rows = self.odoo.call("mail.message", "search_read", domain=domain, fields=["message_id"])
        names = [name_of(row["message_id"]) for row in rows]
        return [name for name in names if not name.startswith(("ll-", "of-"))]

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        vals: dict[str, Any] = {**values, **({"stage_id": STAGES[status]} if status else {})}
        self.odoo.call("crm.lead", "write", ids=[int(remote_id)], vals=vals)

    def delete(self, remote_id: str) -> None:
        self.odoo.call("crm.lead", "unlink", ids=[int(remote_id)])

    def merge(self, winner: str, loser: str) -> None:
        merge(self.odoo, int(winner), int(loser))

    def refuse(self, external_ids: Collection[str]) -> None:
        """By a rule in its database: Odoo has no other way to refuse one lead and not the next."""
        emails = ", ".join(f"'ada{int(name.removeprefix('ll-'), 16)}@example.com'" for name in external_ids)
        rule = f"ADD CONSTRAINT company_rule CHECK (email_from NOT IN ({emails}))" if emails else ""
        sql(self.odoo, "ALTER TABLE crm_lead DROP CONSTRAINT IF EXISTS company_rule")
        if rule:
            sql(self.odoo, f"ALTER TABLE crm_lead {rule}")


def leads(odoo: Odoo) -> list[dict[str, Any]]:
    """All leads, archived ones too, with `external_id` and the fields of our mapping."""
    wanted = ["write_date", "email_from", "phone", "active", "won_status", "stage_id", "user_id", *ours(odoo)]
    rows = odoo.call("crm.lead", "search_read", domain=[], fields=wanted, context=EVERYTHING)
    names = odoo.call("crm.lead", "get_external_id", ids=[row["id"] for row in rows])
    return [{**row, "external_id": names[str(row["id"])].removeprefix("leadline.")} for row in rows]


def ours(odoo: Odoo) -> list[str]:
    """The fields that Leadline added."""
    return [name for name in odoo.fields if name.startswith("x_leadline_")]


def merge(odoo: Odoo, winner: int, loser: int) -> None:
    """Somebody merges two leads. Odoo keeps the one that it finds likelier to be won."""
    odoo.call("crm.lead", "write", ids=[winner], vals={"probability": 90})
    assert odoo.call("crm.lead", "merge_opportunity", ids=[winner, loser]) == [winner]


def empty(odoo: Odoo) -> None:
    """No leads, and the fields of the suite's mapping."""
    found = odoo.call("crm.lead", "search", domain=[], context=EVERYTHING)
    odoo.call("crm.lead", "unlink", ids=found)
    for field in read_mapping(MAPPING).our_fields:
        if field.name not in odoo.fields:
            odoo.connect().make_field(field)
            odoo.fields.clear()


def sql(odoo: Odoo, statement: str) -> None:
    """Straight into its database."""
    command = ["psql", "-h", "127.0.0.1", "-p", str(odoo.database_port), "-U", "odoo", "-qc", statement, DATABASE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
