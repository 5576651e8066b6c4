"""Stage 5's loop: one run of one connection. Lease, pull, push, tell, finish.

It is level-triggered: a run compares what should be in the CRM with what it was last sent, and sends the difference.
Whatever crashed, was unreachable or came late is mended the same way, by the next run.
"""

import logging
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import httpx

from leadline.crm import leasing
from leadline.crm.breaker import Breaker, after_failure
from leadline.crm.calling import Calls
from leadline.crm.connector import Connector, ConnectorKind
from leadline.crm.connectors import kind_of
from leadline.crm.desired import Inbox, LocalLeads
from leadline.crm.errors import CredentialsError, CRMError, RemoteTransientError, SetupError
from leadline.crm.mapping import SyncMapping, read_mapping
from leadline.crm.models import Connection, SyncRun
from leadline.crm.pulling import pull, recheck
from leadline.crm.pushing import push
from leadline.crm.redacting import without
from leadline.crm.runs import LONGEST_WORDS, forget_old, open_connector
from leadline.crm.telling import tell
from leadline.crm.working import Step, StoppedError, Work
from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.errors import LeadlineError
from leadline.tracking.scrub import without_people

logger = logging.getLogger(__name__)
Advance = Callable[[int, int], None]
Stopping = Callable[[], bool]


def run(
    connection: Connection,
    local: LocalLeads,
    inbox: Inbox,
    *,
    clock: Clock = utc_now,
    kind: str = "sync",
    by: str = "",
    only: Collection[int] | None = None,
    advance: Advance | None = None,
    stopping: Stopping = lambda: False,
    transport: httpx.BaseTransport | None = None,
) -> SyncRun:
    """Sync a connection once, now, whatever its timetable and its circuit breaker say. Returns the run, ended.

    What goes wrong with the CRM is in the run's `state` and `message`, and on the connection.

    Args:
        kind: of `SyncRun.Kind`; a backfill looks at everybody, and reads every linked record.
        only: these leads and nobody else.
        advance: is told (leads done, leads in all) as it goes.

    Raises:
        BusyError: another run of this connection is at work.
        DocumentError: its mapping can't be read.
    """
    mapping = read_mapping(connection.mapping)
    connector = open_connector(connection, clock, transport)
    try:
        sync = Sync(connection, connector, mapping, local, inbox, clock=clock)
        return sync.run(kind, only=only, by=by, advance=advance or _nobody, stopping=stopping)
    finally:
        connector.close()


def _nobody(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass
class Sync:
    """The loop over one connection, with all that it touches as arguments.

    Attributes:
        sleep: waits so many seconds. roll: random numbers in [0, 1).
        after: is told each step that was done; a test that raises there has crashed the process.
    """

    connection: Connection
    connector: Connector
    mapping: SyncMapping
    local: LocalLeads
    inbox: Inbox
    clock: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep
    roll: Callable[[], float] = random.SystemRandom().random
    after: Step = lambda _: None
    kind: ConnectorKind | None = None

    def run(
        self,
        kind: str = "sync",
        *,
        only: Collection[int] | None = None,
        by: str = "",
        advance: Advance = _nobody,
        stopping: Stopping = lambda: False,
    ) -> SyncRun:
        """One run, as `run` of this module says."""
        began = self.clock()
        token = leasing.take(self.connection, began)
        self.connection.refresh_from_db()
        row = SyncRun.objects.create(connection=self.connection, kind=kind, started_at=began, by=by)
        self.after("leased")
        work = self._work(token, advance, stopping)
        try:
            self._steps(work, kind == SyncRun.Kind.BACKFILL, only)
        except StoppedError:
            return self._end(work, row, "cancelled")
        except leasing.LeaseLostError as error:
            return self._end(work, row, "interrupted", error)
        except CRMError as error:
            return self._end(work, row, _state_after(error), error)
        except Exception as error:
            self._end(work, row, "failed", error)
            raise
        return self._end(work, row, "ok")

    def _steps(self, work: Work, everybody: bool, only: Collection[int] | None) -> None:
        pull(work)
        if everybody:
            recheck(work)
        push(work, only, everybody)
        tell(work)

    def _work(self, token: str, advance: Advance, stopping: Stopping) -> Work:
        # A person may ask for a run while the circuit is open: one failure opens it again.
        calls = Calls(Breaker(self.connection.failures), self.clock, self.sleep, self.roll)
        work = Work(
            connection=self.connection,
            kind=self.kind or kind_of(self.connection.kind),
            connector=self.connector,
            mapping=self.mapping,
            local=self.local,
            inbox=self.inbox,
            clock=self.clock,
            calls=calls,
            roll=self.roll,
            token=token,
            advance=advance,
            stopping=stopping,
            after=self.after,
        )
        calls.before = work.hold
        return work

    def _end(self, work: Work, row: SyncRun, state: str, error: Exception | None = None) -> SyncRun:
        """Write down how it went, and let the next run begin."""
        words = self._words(error)
        row.state, row.message, row.finished_at = state, words, self.clock()
        row.counts = work.counts.as_dict()
        row.save(update_fields=["state", "message", "finished_at", "counts"])
        breaker = self._breaker(work, state, error)
        said = {
            "failures": breaker.failures,
            "closed_until": breaker.closed_until,
            "stopped": words if state == "stopped" else ("" if state == "ok" else self.connection.stopped),
            "trouble": "" if state in ("ok", "cancelled") else words,
            "last_run_at": row.started_at,
            "last_ok_at": row.started_at if state == "ok" else self.connection.last_ok_at,
        }
        mine = Connection.objects.filter(pk=self.connection.pk, lease=work.token)
        mine.update(**said, lease="", leased_until=None)
        forget_old(self.connection, row.started_at)
        self.connection.refresh_from_db()
        if error is not None:
            kind = type(error).__name__
            logger.warning("A sync run of %s ended: %s (%s).", self.connection.name, state, kind)
        return row

    def _words(self, error: Exception | None) -> str:
        """What went wrong and what to do, without secrets and addresses; of a fault of our own only its kind."""
        if error is None:
            return ""
        text = str(error) if isinstance(error, LeadlineError) else f"A fault in Leadline: {type(error).__name__}."
        return without_people(without(text, (self.connection.secrets or {}).values()))[:LONGEST_WORDS]

    def _breaker(self, work: Work, state: str, error: Exception | None) -> Breaker:
        """A refusal of the call as a whole, or a fault, counts as a failure too: it would go on for ever."""
        if state != "failed" or isinstance(error, RemoteTransientError):
            return work.calls.breaker
        return after_failure(work.calls.breaker, self.clock(), self.roll())


def _state_after(error: CRMError) -> str:
    return "stopped" if isinstance(error, CredentialsError | SetupError) else "failed"
