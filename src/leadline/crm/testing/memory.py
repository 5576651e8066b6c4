"""The connector of the CRM in memory and its harness: what the sync loop is tested with, and an example to copy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from leadline.crm.connector import Can, ConnectorKind, Opening, Setting
from leadline.crm.errors import CredentialsError, RateLimitedError
from leadline.crm.records import (
    About,
    FieldType,
    Outcome,
    Outgoing,
    OutgoingEvent,
    Page,
    RemoteField,
    RemoteRecord,
    Sent,
    Value,
)
from leadline.crm.testing.fake_harness import FakeHarness
from leadline.crm.testing.memory_crm import MemoryCRM

__all__ = ["MAPPING", "MemoryCRM", "MemoryConnector", "MemoryHarness", "memory_kind"]

Answer = TypeVar("Answer")

MAPPING = """
object: lead
who: {stages: [qualified, customer]}
fields:
  name: name
  email: email
  x_score: {from: score, label: Leadline score, type: integer}
  x_stage: {from: stage, order: [profile_development, conversion_signals, qualified, customer], regress: false}
  phone: {from: phone, owner: theirs}
status: {New: none, Working: accepted, Contacted: contacted}
back: {owner: true, deals: true}
events: all
"""


class MemoryConnector:
    """A connector of the fake. Its token expires, and a new one is kept at once."""

    def __init__(self, crm: MemoryCRM, opening: Opening) -> None:
        self._crm, self._keep, self._limits = crm, opening.keep, opening.limits
        self._key = opening.secrets.get("key", "")
        self._token = opening.secrets.get("token", "")

    def _ask(self, act: Callable[[], Answer], writes: bool = False) -> Answer:
        self._limits.take()
        try:
            return self._crm.answer(self._token, act, writes)
        except RateLimitedError as error:
            self._limits.hold(error.retry_after or 1.0)
            raise
        except CredentialsError:
            self._token = self._crm.refresh(self._key)
            self._keep({"token": self._token})
            return self._crm.answer(self._token, act, writes)

    def check(self) -> About:
        """Who we are there."""
        return self._ask(lambda: About("Memory", "1", "Test", "tester"))

    def fields(self) -> Sequence[RemoteField]:
        """Fields of a lead."""
        return [RemoteField(name, name, FieldType.TEXT) for name in ("name", "email", "x_score", "x_stage", "phone")]

    def make_field(self, field: RemoteField) -> None:
        """They are all there."""

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Upsert."""
        return self._ask(lambda: self._crm.upsert(rows), writes=True)

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Records by id."""
        return self._ask(lambda: [self._only(self._crm.records[each], fields) for each in remote_ids])

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """A page of what changed."""
        page = self._ask(lambda: self._crm.since(cursor))
        return replace(page, records=tuple(self._only(record, fields) for record in page.records))

    def _only(self, record: RemoteRecord, fields: Sequence[str]) -> RemoteRecord:
        return replace(record, values={name: record.values.get(name) for name in fields})

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """Note conversions, each once by its key."""
        return self._ask(lambda: [self._note(event) for event in events], writes=True)

    def _note(self, event: OutgoingEvent) -> Sent:
        if self._crm.told[event.key]:
            return Sent(Outcome.UPDATED)
        self._crm.told[event.key] += 1
        return Sent(Outcome.CREATED)

    def erase(self, remote_id: str, remote_type: str) -> None:  # noqa: ARG002  # of the protocol
        """Delete a record."""
        self._ask(lambda: self._crm.delete(remote_id), writes=True)

    def address(self, remote_id: str, remote_type: str) -> str:
        """Nowhere."""
        return f"memory:{remote_type}/{remote_id}"

    def close(self) -> None:
        """Nothing to let go."""


def memory_kind(crm: MemoryCRM, batch: int = 50) -> ConnectorKind:
    """The kind whose connections all lead to one fake."""
    return ConnectorKind(
        name="memory",
        label="Memory",
        object_name="lead",
        settings=(Setting("key", "Key", secret=True),),
        can=frozenset(Can),
        batch=batch,
        rate=(1000.0, 1000),
        mapping=MAPPING,
        open=lambda opening: MemoryConnector(crm, opening),
        guide="write-a-connector.md",
    )


class MemoryHarness(FakeHarness):
    """The fake, as the conformance suite uses it."""

    mapping = MAPPING
    score_field, stage_field = "x_score", "x_stage"
    status, other_status = "Working", "Contacted"

    def __init__(self, whole: bool = True, crm: type[MemoryCRM] = MemoryCRM, batch: int = 50) -> None:
        super().__init__()
        self.fake = self.crm = crm(self.clock, whole=whole)
        self.kind = memory_kind(self.crm, batch)
        self.secrets = {"key": self.crm.key, "token": self.crm.token}

    def records(self) -> Sequence[RemoteRecord]:
        """Those that live."""
        return [record for record in self.crm.records.values() if not record.gone]

    def told(self) -> Sequence[str]:
        """Keys of conversions."""
        return list(self.crm.told.elements())

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        """Somebody writes."""
        self.crm.edit(remote_id, values, status)

    def delete(self, remote_id: str) -> None:
        """Somebody deletes."""
        self.crm.delete(remote_id)

    def merge(self, winner: str, loser: str) -> None:
        """Somebody merges."""
        self.crm.merge(winner, loser)

    def expire_token(self) -> None:
        """Another token from now on."""
        self.crm.token = f"{self.crm.token}-renewed"
