"""What the conformance suite needs of a connector's fake: a CRM that can be looked into, used by hand, and broken."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpx

from leadline.crm.connector import Connector, ConnectorKind, Opening
from leadline.crm.limits import Limits
from leadline.crm.records import RemoteRecord, Value
from leadline.crm.testing.clock import FrozenClock

Answer = TypeVar("Answer")


class Harness(ABC):
    """One CRM for one test.

    Attributes:
        kind: what is tested.
        mapping: a document that maps `name`, `email`, `score` and `stage` (with an order of profile_development,
            conversion_signals, qualified, customer, and `regress: false`), and says `events: all` where the kind can.
        score_field, stage_field: the remote fields that score and stage go to.
        status: a status word of the CRM that its people may set. other_status: another one.
        settings, secrets: what the connector is opened with; secrets must be told apart from anything else, since the
            suite looks for them in messages.
        transport: where the connector's calls go; None for a connector that makes none.
        lacks: {method of this class: why this CRM has no such thing}; the parts that need it are skipped with the
            reason.
        backfill_rows: how many leads the backfill of the suite has. calls_per_batch: how many calls a batch may take.
    """

    kind: ConnectorKind
    mapping: str
    score_field: str
    stage_field: str
    status: str = ""
    other_status: str = ""
    settings: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    transport: httpx.BaseTransport | None = None
    lacks: Mapping[str, str] = {}
    backfill_rows: int = 10_000
    calls_per_batch: int = 1

    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.kept: dict[str, str] = {}

    def open(self) -> Connector:
        """One more connector on the same CRM, with the tokens that the last one kept."""
        return self.kind.open(self.opening())

    def opening(self) -> Opening:
        """What it is opened with; its calls are paced by the frozen clock."""
        limits = Limits(*self.kind.rate, now=self.clock.monotonic, sleep=self.clock.advance)
        secrets = {**self.secrets, **self.kept}
        return Opening(self.settings, secrets, limits, self.clock, self.kept.update, self.transport)

    def at_once(self, calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
        """The answers of calls that run in parallel. A kind that writes into our own database makes them one by one."""
        with ThreadPoolExecutor(len(calls)) as pool:
            return [each.result() for each in [pool.submit(call) for call in calls]]

    # Looking into the CRM

    @property
    @abstractmethod
    def calls(self) -> int:
        """How many calls it has answered so far."""

    @abstractmethod
    def records(self) -> Sequence[RemoteRecord]:
        """The records that live there now, whatever their type; `external_id` and `values` filled."""

    def told(self) -> Sequence[str]:
        """The keys of the conversions written down there, each as often as it stands there."""
        raise NotImplementedError

    # Using it by hand

    def change(self, remote_id: str, values: Mapping[str, Value], status: str = "") -> None:
        """Somebody in the CRM writes fields, and sets the status when one is given."""
        raise NotImplementedError

    def delete(self, remote_id: str) -> None:
        """Somebody deletes a record."""
        raise NotImplementedError

    def merge(self, winner: str, loser: str) -> None:
        """Somebody merges two records; `winner` stays."""
        raise NotImplementedError

    # Breaking it

    @abstractmethod
    def refuse(self, external_ids: Collection[str]) -> None:
        """These rows are refused from now on, the way the vendor refuses; () makes all well again."""

    def down(self, calls: int) -> None:
        """The next calls are not answered, and nothing is done."""
        raise NotImplementedError

    def lose_answers(self, calls: int) -> None:
        """The next calls that write are done, and their answers are lost."""
        raise NotImplementedError

    def storm(self, calls: int, retry_after: float | None) -> None:
        """The next calls are too many (429), with or without a word about when to come back."""
        raise NotImplementedError

    def expire_token(self) -> None:
        """The token of now is not good any more; a new one can be had with the secrets that we have."""
        raise NotImplementedError

    def revoke(self) -> None:
        """Our key is refused from now on."""
        raise NotImplementedError

    def admit(self) -> None:
        """Our key is good again."""
        raise NotImplementedError

    def skew(self, seconds: float) -> None:
        """The CRM's clock goes ahead of ours by so much (negative: behind)."""
        raise NotImplementedError
