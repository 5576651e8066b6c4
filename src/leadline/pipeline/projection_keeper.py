"""The thread that makes the tables for reports and lists when the server starts, and reads what changed while lists
show what there is: nobody waits for it."""

import logging
import threading

from django.db import close_old_connections, connection

from leadline.eventstore.doings import bring_doings_up_to_date
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.engine import Engine
from leadline.pipeline.projections import bring_up_to_date

PAUSE_SECONDS = 1.0
"""So long after a reading the next begins at the earliest: the tables lag behind by no more than that and a reading."""
logger = logging.getLogger(__name__)


class ProjectionKeeper:
    """Runs until stopped."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projections", daemon=True)

    def start(self) -> None:
        """Make the tables, then wait for lists that want more."""
        self._engine.keeping.set()
        self._engine.changes.wanted.set()
        self._thread.start()

    def stop(self, timeout: float = 60.0) -> None:
        """Finish what is being read and stop."""
        self._stop.set()
        self._engine.changes.wanted.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        self._engine.keeping.clear()

    def _run(self) -> None:
        wanted = self._engine.changes.wanted
        try:
            while not self._stop.is_set():
                wanted.wait()
                wanted.clear()
                self._read()
                self._stop.wait(PAUSE_SECONDS)
        finally:
            connection.close()

    def _read(self) -> None:
        if self._stop.is_set():
            return
        close_old_connections()
        try:
            bring_up_to_date(self._engine)
            with self._engine.store.cursor() as cursor:
                bring_doings_up_to_date(cursor)
        except (LeadlineError, OSError, RuntimeError, ValueError):
            logger.exception("The tables for reports could not be read; they are when they are next asked for")
