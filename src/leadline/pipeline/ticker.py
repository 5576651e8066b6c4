"""The thread that ticks, about once a second. A tick that fails is logged, counted, shown on the system page, and tried
again with growing pauses; nothing is lost, since segments stay until they are done."""

import logging
import threading
from datetime import datetime

from django.db import close_old_connections

from leadline.kernel.clock import Clock, utc_now
from leadline.kernel.log_lines import told
from leadline.pipeline.appointments import AppointmentKeeper
from leadline.pipeline.backups.nights import BackupKeeper
from leadline.pipeline.engine import Engine
from leadline.pipeline.forecasts import ForecastKeeper
from leadline.pipeline.privacy.erasure_retries import ErasureRetries
from leadline.pipeline.privacy.request_reminders import RequestKeeper
from leadline.pipeline.privacy.retention_nights import RetentionNights
from leadline.pipeline.tick import TickReport, tick
from leadline.pipeline.unusual_use import UnusualUseKeeper

PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
logger = logging.getLogger(__name__)


class Ticker:
    """Runs `tick` until stopped.

    Attributes:
        failures: failed ticks in a row; 0 when all is well.
        trouble: what the last failed tick said, until one succeeds.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._forecasts = ForecastKeeper(engine)
        self._appointments = AppointmentKeeper()
        self._nights = RetentionNights()
        self._backups = BackupKeeper()
        self._erasures = ErasureRetries()
        self._requests = RequestKeeper()
        self._use = UnusualUseKeeper()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self.failures = 0
        self.trouble = ""
        self.trouble_since: datetime | None = None
        self.last: TickReport | None = None

    def start(self) -> None:
        """Begin ticking."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Finish the segment at hand and stop."""
        self._stop.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._pause()):
            close_old_connections()
            try:
                self.last = tick(self._engine, self._clock(), stopping=self._stop.is_set)
                self._forecasts.keep_up(self._clock())
                self._appointments.keep_up(self._clock())
                self._nights.keep_up(self._clock())
                self._backups.keep_up(self._clock())
                self._erasures.keep_up(self._clock())
                self._requests.keep_up(self._clock())
                self._use.keep_up(self._clock())
            except Exception as error:  # noqa: BLE001  # whatever it is: counted, logged, shown, tried again
                self._failed(error)
            else:
                self.failures, self.trouble, self.trouble_since = 0, "", None

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        self.trouble_since = self.trouble_since or self._clock()
        words = told(error)[:300]  # they stand on /readyz
        if self.trouble != words:  # once per trouble, not once per second
            logger.exception("A tick failed; it is tried again")
        self.trouble = words

    def _pause(self) -> float:
        return min(PAUSE_SECONDS * 2.0 ** min(self.failures, 10), LONGEST_PAUSE_SECONDS)
