"""The threads that keep CRMs up to date: one looks which connections are due, and each run has one of its own, so that
one that hangs or fails holds none of the others up, nor the tick."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connection

from leadline.crm import leasing, runs
from leadline.crm.leasing import BusyError
from leadline.crm.models import Connection, SyncRun
from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.log_lines import told
from leadline.pipeline.crm.running import run_connection
from leadline.pipeline.engine import Engine
from leadline.tracking.scrub import without_people

PAUSE_SECONDS = 1.0
logger = logging.getLogger(__name__)
Stopping = Callable[[], bool]
Run = Callable[[Engine, Connection, Stopping], SyncRun]


def _run(engine: Engine, row: Connection, stopping: Stopping) -> SyncRun:
    return run_connection(engine, row, stopping=stopping)


class CRMKeeper:
    """Runs each connection that is on every `every_seconds`, until stopped.

    Args:
        run: one run of a connection; for tests.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now, run: Run = _run) -> None:
        self._engine, self._clock, self._run = engine, clock, run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="crm", daemon=True)
        self._working: dict[int, threading.Thread] = {}
        self._troubled: dict[int, str] = {}

    def start(self) -> None:
        """Free what a killed process held, and begin."""
        leasing.free_all()
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Let runs end at their next step, and wait for them."""
        self._stop.set()
        for thread in (self._thread, *self._working.values()):
            if thread.ident is not None:
                thread.join(timeout)

    def begin_due(self) -> list[threading.Thread]:
        """Begin a run of each connection that is due and not at work. Returns their threads."""
        self._working = {pk: thread for pk, thread in self._working.items() if thread.is_alive()}
        now = self._clock()
        rows = [row for row in Connection.objects.filter(enabled=True) if row.pk not in self._working]
        begun = []
        for row in rows:
            if not self._stop.is_set() and runs.due(row, now):
                thread = threading.Thread(target=self._work, args=[row], name=f"crm-{row.name}", daemon=True)
                self._working[row.pk] = thread
                thread.start()
                begun.append(thread)
        return begun

    def _look(self) -> None:
        try:
            while not self._stop.wait(PAUSE_SECONDS):
                close_old_connections()
                try:
                    self.begin_due()
                except DatabaseError:
                    logger.exception("Connections to CRMs could not be looked up; it is tried again")
        finally:
            connection.close()

    def _work(self, row: Connection) -> None:
        try:
            self._run(self._engine, row, self._stop.is_set)
            self._troubled.pop(row.pk, None)
        except BusyError:
            return
        except Exception as error:  # noqa: BLE001  # whatever it is: kept with the connection, logged once, tried again
            self._failed(row, error)
        finally:
            connection.close()

    def _failed(self, row: Connection, error: Exception) -> None:
        if self._stop.is_set():  # the stores may be closing under it, which is nothing that the run did
            return
        words = without_people(told(error))
        if self._troubled.get(row.pk) != words:  # once per trouble, not once per minute
            logger.exception("A run of the CRM connection %s failed", row.name)
        self._troubled[row.pk] = words
        try:
            rows = Connection.objects.filter(pk=row.pk)
            rows.update(trouble=words[: runs.LONGEST_WORDS], last_run_at=self._clock())
        except DatabaseError:
            logger.exception("The trouble of the CRM connection %s could not be kept", row.name)
