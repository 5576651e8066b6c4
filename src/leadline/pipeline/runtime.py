"""The application process's one engine, ticker, jobs and control socket: started with the server, stopped with it."""

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import ServerUnreachableError
from leadline.pipeline.backups.nights import clean_up
from leadline.pipeline.commands import dispatch
from leadline.pipeline.control import ControlServer
from leadline.pipeline.crm.keeper import CRMKeeper
from leadline.pipeline.engine import Engine
from leadline.pipeline.jobs import JobRunner
from leadline.pipeline.notifying.keeper import NotificationKeeper
from leadline.pipeline.projection_keeper import ProjectionKeeper
from leadline.pipeline.reports import page_script
from leadline.pipeline.ticker import Ticker

SWITCH_SECONDS = 0.001
NICE = 10


@dataclass(frozen=True)
class Runtime:
    """What runs beside the pages."""

    engine: Engine
    ticker: Ticker
    control: ControlServer
    jobs: JobRunner
    started_at: datetime
    projections: ProjectionKeeper
    crm: CRMKeeper
    notifications: NotificationKeeper


_running: Runtime | None = None


def start() -> Runtime:
    """Open the stores, listen on the control socket and begin to tick.

    The process steps back (nice) so that the collector, which answers clients, goes first.
    """
    global _running  # noqa: PLW0603  # one per process by design
    sys.setswitchinterval(SWITCH_SECONDS)
    os.nice(NICE)
    engine = Engine.open(Path(settings.DATA))
    clean_up(engine.data)
    ticker = Ticker(engine)
    control = ControlServer(engine.data, partial(dispatch, engine))
    jobs = JobRunner(engine)
    keepers = ProjectionKeeper(engine), CRMKeeper(engine), NotificationKeeper(engine)
    _running = Runtime(engine, ticker, control, jobs, utc_now(), *keepers)
    ticker.start()
    _running.projections.start()
    _running.crm.start()
    _running.notifications.start()
    jobs.start()
    control.start()
    page_script.warm(engine.data)
    return _running


def stop() -> None:
    """Finish what is at hand and close the stores."""
    global _running  # one per process by design
    runtime, _running = _running, None
    if runtime is not None:
        runtime.control.stop()
        runtime.crm.stop()
        runtime.notifications.stop()
        runtime.jobs.stop()
        runtime.ticker.stop()
        runtime.projections.stop()
        runtime.engine.close()


def use(engine: Engine) -> None:
    """Let pages work with this engine without ticking: for tests."""
    global _running  # noqa: PLW0603  # one per process by design
    control = ControlServer(engine.data, lambda *_: None)
    keepers = ProjectionKeeper(engine), CRMKeeper(engine), NotificationKeeper(engine)
    _running = Runtime(engine, Ticker(engine), control, JobRunner(engine), utc_now(), *keepers)


def running() -> Runtime:
    """The runtime of this process.

    Raises:
        ServerUnreachableError: it has not started yet.
    """
    if _running is None:
        raise ServerUnreachableError("The pipeline has not started yet.", advice="Try again in a moment.")
    return _running
