"""Work that takes longer than a request: a row that says what, how far, and in the end what came of it.

A job waits, runs, and is then done, failed or cancelled; one that is asked to stop is cancelling until it notices. One
at a time, the oldest first. What a kind of job does stands in `KINDS`.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone

from leadline.kernel.errors import LeadlineError, NotFoundError
from leadline.kernel.log_lines import told
from leadline.pipeline import appointments, backtests, bulk_jobs, naming, schedules, suggestions, unusual_use
from leadline.pipeline.backups import nights, staging
from leadline.pipeline.crm import running as crm_running
from leadline.pipeline.engine import Engine
from leadline.pipeline.key_rotation import rotation
from leadline.pipeline.models import Job
from leadline.pipeline.privacy import erasing, request_letters, request_mailing, request_reminders, retaining
from leadline.pipeline.privacy.erasures import unfinished

WAITING, RUNNING, CANCELLING = "waiting", "running", "cancelling"
CANCELLED, DONE, FAILED = "cancelled", "done", "failed"
OVER = frozenset({CANCELLED, DONE, FAILED})
PAUSE_SECONDS = 0.5
WRITE_SECONDS = 0.5
LONGEST_MESSAGE = 300
Report = Callable[[int, int], None]
Work = Callable[[Engine, Mapping[str, Any], Report], Any]
KINDS: dict[str, Work] = {
    "backtest": backtests.run,
    "suggestion": suggestions.run,
    appointments.REPORT: schedules.run,
    appointments.ALERTS: appointments.check_alerts,
    bulk_jobs.BULK: bulk_jobs.run,
    crm_running.BACKFILL: crm_running.backfill,
    erasing.ERASURE: erasing.run,
    retaining.RETENTION: retaining.run,
    staging.SNAPSHOT: staging.run,
    nights.NIGHTLY: nights.run,
    request_letters.LETTER: request_mailing.run,
    request_reminders.REMINDER: request_reminders.run,
    unusual_use.UNUSUAL_USE: unusual_use.run,
    rotation.ROTATION: rotation.run,
    naming.NAME_WORDS: naming.run,
}
"""What each kind does: (engine, arguments, report) -> JSON-able result. `report(done, total)` raises `Cancelled`."""
REFUSALS: dict[str, Callable[[Engine, Mapping[str, Any]], object]] = {
    "backtest": backtests.wishes_of,
    "suggestion": suggestions.wishes_of,
    crm_running.BACKFILL: crm_running.check_backfill,
    rotation.ROTATION: rotation.check,
}
"""What raises at once, before a job is made, when arguments of a kind can't work."""
logger = logging.getLogger(__name__)


class Cancelled(Exception):  # noqa: N818  # nothing went wrong
    """Somebody asked the job to stop."""


class Interrupted(Exception):  # noqa: N818  # nothing went wrong
    """The process ends: the job begins anew when the next one starts."""


def start(kind: str, arguments: Mapping[str, Any], by: str = "") -> Job:
    """Let a job wait for its turn.

    Raises:
        NotFoundError: there is no such kind.
    """
    if kind not in KINDS:
        raise NotFoundError(f"There is no kind of job called {kind!r}.", advice=f"There are: {', '.join(KINDS)}.")
    return Job.objects.create(kind=kind, arguments=dict(arguments), created_by=by[:120])


def cancel(number: int) -> Job:
    """Ask a job to stop: at once when it waits, at its next step when it runs. One that is over stays as it is."""
    Job.objects.filter(pk=number, state=WAITING).update(state=CANCELLED, finished_at=timezone.now())
    Job.objects.filter(pk=number, state=RUNNING).update(state=CANCELLING)
    return find(number)


def find(number: int) -> Job:
    """A job by its number.

    Raises:
        NotFoundError: there is none.
    """
    found = Job.objects.filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"There is no job {number}.", advice="See them: leadline rules backtests.")
    return found


def take_up() -> None:
    """To be called when a process begins to run jobs: what another one left running waits again, erasures that are not
    done are gone on with, and whoever was here before names were searched gets the words of theirs."""
    Job.objects.filter(state=RUNNING).update(state=WAITING, done=0, total=0)
    Job.objects.filter(state=CANCELLING).update(state=CANCELLED, finished_at=timezone.now())
    if unfinished() and not Job.objects.filter(state=WAITING, kind=erasing.ERASURE).exists():
        start(erasing.ERASURE, {})
    if naming.are_missing() and not Job.objects.filter(state__in=(WAITING, DONE), kind=naming.NAME_WORDS).exists():
        start(naming.NAME_WORDS, {})


def run_next(engine: Engine, stopping: Callable[[], bool] = lambda: False) -> Job | None:
    """Carry out the job that has waited longest. None when none waits."""
    job = Job.objects.filter(state=WAITING).order_by("pk").first()
    return None if job is None else run(engine, job, stopping=stopping)


def run(engine: Engine, job: Job, advance: Report | None = None, stopping: Callable[[], bool] = lambda: False) -> Job:
    """Carry a waiting job out, and keep its result or what it said when it failed.

    Args:
        advance: told of each step too, for a progress bar.
        stopping: True lets the job go at its next step; it waits again.
    """
    if not Job.objects.filter(pk=job.pk, state=WAITING).update(state=RUNNING, done=0, total=0):
        return find(job.pk)
    progress = Progress(job.pk, advance, stopping)
    try:
        result = KINDS[job.kind](engine, job.arguments, progress)
        progress.write()
        _finish(job, DONE, result=result)
    except Interrupted:
        _wait_again(job)
    except Cancelled:
        _finish(job, CANCELLED)
    except KeyboardInterrupt:
        _finish(job, CANCELLED)
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is: kept with the job, shown, and the next one goes on
        if stopping():  # the stores may be closing under it, which is nothing that the job did
            _wait_again(job)
        else:
            _failed(job, error)
    return find(job.pk)


class Progress:
    """Writes how far a job is, at most twice a second, and notices when it is to stop."""

    def __init__(self, number: int, advance: Report | None, stopping: Callable[[], bool]) -> None:
        self._number, self._advance, self._stopping = number, advance, stopping
        self._last: tuple[int, int] = (0, 0)
        self._written = 0.0

    def __call__(self, done: int, total: int) -> None:
        """The job is at `done` of `total`.

        Raises:
            Cancelled: somebody asked it to stop.
            Interrupted: the process ends.
        """
        self._last = (done, total)
        if self._advance is not None:
            self._advance(done, total)
        if self._stopping():
            raise Interrupted
        if time.monotonic() - self._written >= WRITE_SECONDS:
            self.write()

    def write(self) -> None:
        """Now.

        Raises:
            Cancelled: somebody asked it to stop.
        """
        done, total = self._last
        self._written = time.monotonic()
        if not Job.objects.filter(pk=self._number, state=RUNNING).update(done=done, total=total):
            raise Cancelled


@transaction.atomic
def _finish(job: Job, state: str, **columns: Any) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=timezone.now(), **columns)


def _wait_again(job: Job) -> None:
    Job.objects.filter(pk=job.pk, state=RUNNING).update(state=WAITING, done=0, total=0)
    Job.objects.filter(pk=job.pk, state=CANCELLING).update(state=CANCELLED, finished_at=timezone.now())


def _failed(job: Job, error: Exception) -> None:
    if not isinstance(error, LeadlineError):
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
    _finish(job, FAILED, message=told(error).replace("\0", "")[:LONGEST_MESSAGE])


class JobRunner:
    """The thread that carries jobs out, one at a time, until stopped."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Take up what waits."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Let the job at hand go at its next step; it waits for the next start."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        ready = False
        while not self._stop.wait(PAUSE_SECONDS):
            close_old_connections()
            try:
                if not ready:
                    take_up()
                    ready = True
                while not self._stop.is_set() and run_next(self._engine, self._stop.is_set):
                    pass
            except Exception:
                logger.exception("Jobs could not be taken up; it is tried again")


def job_start(engine: Engine, kind: str, arguments: Mapping[str, Any], by: str = "") -> dict[str, Any]:
    """Start a job; it is refused at once when its arguments can't work."""
    if check := REFUSALS.get(kind):
        check(engine, arguments)
    return described(start(kind, arguments, by))


def job(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """One job with its result."""
    found = find(number)
    return {**described(found), "result": found.result}


def job_cancel(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Ask a job to stop."""
    return described(cancel(number))


def jobs(engine: Engine, kind: str = "", limit: int = 20) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """The newest jobs first, of one kind or of all, without their results."""
    rows = Job.objects.defer("result").order_by("-pk")
    return [described(row) for row in (rows.filter(kind=kind) if kind else rows)[:limit]]


def described(found: Job) -> dict[str, Any]:
    """A job without its result, as JSON takes it."""
    return {
        "number": found.pk,
        "kind": found.kind,
        "arguments": found.arguments,
        "state": found.state,
        "done": found.done,
        "total": found.total,
        "message": found.message,
        "by": found.created_by,
        "created_at": found.created_at.isoformat(),
        "finished_at": found.finished_at.isoformat() if found.finished_at else None,
    }
