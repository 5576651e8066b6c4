"""A CRM in memory that misbehaves on command.

It does what vendors were measured to do (shared/research/crm.md): whole seconds in its changes, one bad row failing a
batch, a merge that drops the external id, so that an upsert by it makes a second record.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from leadline.crm.errors import CredentialsError, RateLimitedError, RejectedError, UnreachableError
from leadline.crm.records import Outcome, Outgoing, Page, RemoteDeal, RemoteRecord, Sent, Value
from leadline.crm.testing.unreliable import Unreliable
from leadline.kernel.clock import EPOCH

PAGE = 100
Answer = TypeVar("Answer")


@dataclass(eq=False)
class MemoryCRM(Unreliable):
    """The other side.

    Attributes:
        whole: one bad row refuses its batch, else it is answered by itself.
    """

    whole: bool = True
    token: str = "token-1-of-memory"  # noqa: S105  # a fake's
    key: str = "key-of-memory-crm"
    records: dict[str, RemoteRecord] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._made = 0
        self._named: dict[str, str] = {}

    def now(self) -> datetime:
        """What its own clock says, in whole seconds."""
        return super().now().replace(microsecond=0)

    def answer(self, token: str, act: Callable[[], Answer], writes: bool = False) -> Answer:
        """One call: misbehaviour first, then what was asked for."""
        with self._lock:
            self._refuse(token)
            answer = act()
            if writes and self._one_lost():
                raise UnreachableError("memory does not answer (ReadTimeout).")
            return answer

    def _refuse(self, token: str) -> None:
        if self._one_down():
            raise UnreachableError("memory does not answer (ConnectError).")
        if self._one_too_many():
            raise RateLimitedError("memory wants fewer calls.", vendor_code="429", retry_after=self.retry_after)
        if self.locked or token != self.token:
            raise CredentialsError(f"memory refused us: the token {token} is not good.", vendor_code="401")

    def refresh(self, key: str) -> str:
        """A new token for the key."""
        if self.locked or key != self.key:
            raise CredentialsError(f"memory refused us: the key {key} is not good.", vendor_code="401")
        return self.token

    def upsert(self, rows: Sequence[Outgoing]) -> list[Sent]:
        """Write rows."""
        if self.whole and any(row.external_id in self.refused for row in rows):
            raise RejectedError("memory said: a value is not valid.", vendor_code="422", advice="Mend the row.")
        return [self._write(row) for row in rows]

    def _write(self, row: Outgoing) -> Sent:
        if row.external_id in self.refused:
            return Sent(Outcome.REFUSED, code="422", message="a value is not valid", advice="Mend the row.")
        if row.remote_id:
            return self._update(row)
        found = self._named.get(row.external_id, "")
        if found and not self.records[found].gone:
            self.edit(found, row.values)
            return Sent(Outcome.UPDATED, found, "lead")
        return Sent(Outcome.CREATED, self.make(row.external_id, row.values), "lead")

    def _update(self, row: Outgoing) -> Sent:
        record = self.records.get(row.remote_id)
        if record is None or (record.gone and not record.merged_into):
            return Sent(Outcome.GONE, code="404", message="no such record")
        if record.merged_into:
            return Sent(Outcome.MOVED, record.merged_into, "lead")
        self.edit(row.remote_id, row.values)
        return Sent(Outcome.UPDATED, row.remote_id, "lead")

    def make(self, external_id: str, values: Mapping[str, Value]) -> str:
        """A new record. Returns its id."""
        self._made += 1
        name = self._named[external_id] = str(self._made)
        email = str(values.get("email") or "").lower()
        self.records[name] = RemoteRecord(name, "lead", self.now(), external_id, dict(values), "New", email=email)
        return name

    def edit(self, remote_id: str, values: Mapping[str, Value], status: str = "", **more: object) -> None:
        """Write into a record."""
        record = self.records[remote_id]
        merged = {**record.values, **values}
        status = status or record.status
        self.records[remote_id] = replace(record, values=merged, status=status, updated_at=self.now(), **more)  # type: ignore[arg-type]  # any of its fields

    def add_deal(self, remote_id: str, deal: RemoteDeal) -> None:
        """A deal of a record, or another state of it."""
        others = tuple(each for each in self.records[remote_id].deals if each.id != deal.id)
        self.edit(remote_id, {}, deals=(*others, deal))

    def delete(self, remote_id: str) -> None:
        """Delete a record; its external id is free."""
        self.edit(remote_id, {}, gone=True)

    def merge(self, winner: str, loser: str) -> None:
        """Merge two records: the loser's external id is lost."""
        self.edit(loser, {}, gone=True, merged_into=winner)
        self.edit(winner, {}, merged_from=(*self.records[winner].merged_from, loser))

    def since(self, cursor: str) -> Page:
        """What changed since then; the last second is told again."""
        if not cursor:
            return Page((), f"{int(self.now().timestamp())}|")
        second, _, last = cursor.partition("|")
        place = (int(second), int(last or 0))
        later = sorted((place_of(each), each.remote_id) for each in self.records.values() if place_of(each) > place)
        some = [self.records[remote_id] for _, remote_id in later[:PAGE]]
        if len(later) > PAGE:
            return Page(tuple(some), "|".join(map(str, place_of(some[-1]))), more=True)
        return Page(tuple(some), f"{place_of(some[-1])[0]}|" if some else f"{second}|")


def place_of(record: RemoteRecord) -> tuple[int, int]:
    """(second of its last change, number): the order that changes are told in."""
    return int((record.updated_at - EPOCH).total_seconds()), int(record.remote_id)
