"""The thread that looks and sends, beside the ticker: outside its transactions, so that nothing that is told to people
keeps events waiting."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections, connection

from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.log_lines import told
from leadline.notifications import deliveries
from leadline.pipeline.engine import Engine
from leadline.pipeline.notifying.courier import Courier
from leadline.pipeline.notifying.looking import look

PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
FINISH_SECONDS = 10.0
LET_GO_EVERY = timedelta(hours=1)
logger = logging.getLogger(__name__)


class NotificationKeeper:
    """Runs until stopped.

    Attributes:
        failures: failed rounds in a row; 0 when all is well.
        trouble: what the last failed round said, until one succeeds.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now, courier: Courier | None = None) -> None:
        self._engine, self._clock = engine, clock
        self._courier = courier or Courier()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        self._recovered = False
        self._let_go_at: datetime | None = None
        self.failures = 0
        self.trouble = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 20.0) -> None:
        """Let what is being sent end, and stop."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def round(self) -> None:
        """Look once, and send what is due. What a process that died was sending is taken care of first; sending goes on
        also when a rule could not look."""
        now = self._clock()
        if not self._recovered:
            deliveries.recover(now)
            self._recovered = True
        try:
            look(self._engine, now)
        finally:
            self._courier.collect(now)
            self._let_go(now)
            self._courier.send_due(now)

    def _let_go(self, now: datetime) -> None:
        if self._let_go_at is None or now - self._let_go_at >= LET_GO_EVERY:
            self._let_go_at = now
            deliveries.let_go(now)

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._pause()):
                close_old_connections()
                self._try(self.round)
            self._try(lambda: self._courier.finish(self._clock(), FINISH_SECONDS))
        finally:
            connection.close()

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  # whatever it is: counted, logged, shown, tried again
            self._failed(error)
        else:
            self.failures, self.trouble = 0, ""

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        words = told(error)[:300]
        if self.trouble != words:  # once per trouble, not once per round
            logger.exception("Notifications could not be looked after; it is tried again")
        self.trouble = words

    def _pause(self) -> float:
        return min(PAUSE_SECONDS * 2.0 ** min(self.failures, 10), LONGEST_PAUSE_SECONDS)
