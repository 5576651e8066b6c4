"""The conformance suite over the sandbox CRM. It lives in our own database, so that no call of it can get lost."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from django.db.models import QuerySet

from leadline.crm.connector import Connector, Opening
from leadline.crm.connectors.sandbox import KIND, SandboxConnector, records
from leadline.crm.connectors.sandbox.words import FIELDS
from leadline.crm.limits import Limits
from leadline.crm.models import Connection, SandboxRecord
from leadline.crm.records import Outcome, Outgoing, OutgoingEvent, Page, RemoteRecord, Sent, Value
from leadline.crm.testing.conformance import ConnectorConformance
from leadline.crm.testing.harness import Harness

Answer = TypeVar("Answer")
HERE = "it makes no calls: it is in our own database"
NAMES = tuple(field.name for field in FIELDS)


class CountedSandbox(SandboxConnector):
    """Counts what would be calls, and refuses rows as it is told to."""

    def __init__(self, opening: Opening, harness: "SandboxHarness") -> None:
        super().__init__(opening)
        self._harness = harness

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        self._harness.made += 1
        bad = self._harness.refused
        return [
            Sent(Outcome.REFUSED, code="invalid", message="A record needs a name.")
            if row.external_id in bad
            else super(CountedSandbox, self).send([row])[0]
            for row in rows
        ]

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        self._harness.made += 1
        return super().read(remote_ids, fields)

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        self._harness.made += 1
        return super().changes(cursor, fields)

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        self._harness.made += 1
        return super().tell(events)


class SandboxHarness(Harness):
    """The sandbox, as the conformance suite uses it."""

    mapping = KIND.mapping
    score_field, stage_field = "score", "stage"
    status, other_status = "Accepted", "Contacted"
    backfill_rows = 2_000
    lacks = {
        **dict.fromkeys(("down", "lose_answers", "storm"), HERE),
        **dict.fromkeys(("expire_token", "revoke", "admit"), "it has no keys"),
        "merge": "its records can't be merged",
        "skew": "its clock is ours",
    }

    def __init__(self) -> None:
        super().__init__()
        self.made, self.name = 0, ""
        self.refused: frozenset[str] = frozenset()
        self.kind = replace(KIND, open=lambda opening: CountedSandbox(opening, self))

    def open(self) -> Connector:
        limits = Limits(*self.kind.rate, now=self.clock.monotonic, sleep=self.clock.advance)
        self.name = self.name or Connection.objects.filter(kind=KIND.name).latest("pk").name
        return self.kind.open(Opening({"connection": self.name}, {}, limits, self.clock))

    def at_once(self, calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
        return [call() for call in calls]

    @property
    def calls(self) -> int:
        return self.made

    def records(self) -> Sequence[RemoteRecord]:
        return [records.as_remote(row, NAMES) for row in self._rows().filter(deleted_at=None)]

    def told(self) -> Sequence[str]:
        return [event["key"] for row in self._rows() for event in row.events or []]

    def _rows(self) -> QuerySet[SandboxRecord]:
        return SandboxRecord.objects.filter(connection__name=self.name)

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        records.edit(SandboxRecord.objects.get(pk=remote_id), values, self.clock(), status)

    def delete(self, remote_id: str) -> None:
        records.delete(SandboxRecord.objects.get(pk=remote_id), self.clock())

    def refuse(self, external_ids: Collection[str]) -> None:
        self.refused = frozenset(external_ids)


class TestTheSandbox(ConnectorConformance):
    """As any other CRM."""

    def make(self) -> Harness:
        return SandboxHarness()
