"""What the steps of one run share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from leadline.crm import leasing
from leadline.crm.calling import Calls
from leadline.crm.connector import Can, Connector, ConnectorKind
from leadline.crm.desired import Inbox, LocalLeads
from leadline.crm.mapping import SyncMapping
from leadline.crm.models import Connection
from leadline.crm.records import RemoteRecord
from leadline.kernel.clock import Clock

Step = Callable[[str], None]


class StoppedError(Exception):
    """Somebody asked the run to stop; what it did is kept."""


@dataclass
class Counts:
    """What a run did; `as_dict` goes into `SyncRun.counts`."""

    looked_at: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    later: int = 0
    refused: int = 0
    gone: int = 0
    moved: int = 0
    pulled: int = 0
    echoes: int = 0
    applied: int = 0
    events: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name."""
        return dict(self.__dict__)


@dataclass
class Work:
    """One run at work.

    Attributes:
        after: is told each step that is done; tests crash there.
        strangers: records met in this run that have no link, by the external id that they carry, else by e-mail
            address: one of them may have taken a lost one's place.
        lost: links whose record was found to be gone in this run, by external id and e-mail address.
    """

    connection: Connection
    kind: ConnectorKind
    connector: Connector
    mapping: SyncMapping
    local: LocalLeads
    inbox: Inbox
    clock: Clock
    calls: Calls
    roll: Callable[[], float]
    token: str
    advance: Callable[[int, int], None]
    stopping: Callable[[], bool]
    after: Step
    counts: Counts = field(default_factory=Counts)
    strangers: dict[str, RemoteRecord] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        """Whether anything comes back from this CRM."""
        return Can.READ in self.kind.can

    def read(self, remote_ids: Iterable[str]) -> list[RemoteRecord]:
        """Records by id, as many calls as it takes."""
        ids, fields = list(dict.fromkeys(remote_ids)), self.mapping.remote_fields
        found: list[RemoteRecord] = []
        for at in range(0, len(ids), self.kind.batch):
            found += self.calls.ask(partial(self.connector.read, ids[at : at + self.kind.batch], fields))
        return found

    def breathe(self) -> None:
        """Between two pieces of work: stop when somebody asks for it.

        Raises:
            StoppedError: somebody did.
        """
        if self.stopping():
            raise StoppedError

    def hold(self) -> None:
        """Keep the lease; inside the transaction that saves, so that a run that lost it saves nothing.

        Raises:
            LeaseLostError: another run took over.
        """
        leasing.renew(self.connection, self.token, self.clock())
