"""Long work from the command line: a job on the running server, watched; or the same work here."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer

from leadline.cli.session import Advance, errors, open_engine, progress_bar, start_django
from leadline.kernel.errors import TerminalError

POLL_SECONDS = 0.5


def carry_out(kind: str, arguments: dict[str, Any], by: str, description: str) -> dict[str, Any]:
    """Have a job done and wait for its result, with a progress bar. Ctrl-C cancels it.

    Raises:
        TerminalError: it failed, with its own words.
        typer.Exit: it was cancelled.
    """
    from leadline.kernel.errors import ServerUnreachableError
    from leadline.pipeline import control

    data = start_django()
    with progress_bar(description) as advance:
        try:
            with _hearing_interrupts() as heard:
                job = control.call(data, "job_start", {"kind": kind, "arguments": arguments, "by": by}, lambda *_: None)
        except ServerUnreachableError:
            job = _here(kind, arguments, by, advance)
        else:
            if heard:
                control.call(data, "job_cancel", {"number": job["number"]}, lambda *_: None)
            job = _watched(data, job["number"], advance)
    return _result(job)


@contextmanager
def _hearing_interrupts() -> Iterator[list[int]]:
    """Ctrl-C is only noted: until its number is known, a job that was begun can't be cancelled."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def _here(kind: str, arguments: dict[str, Any], by: str, advance: Advance) -> dict[str, Any]:
    with open_engine() as engine:
        from leadline.pipeline import jobs

        row = jobs.find(jobs.job_start(engine, kind, arguments, by)["number"])
        with suppress(KeyboardInterrupt):  # the row says that it is cancelled
            jobs.run(engine, row, advance)
        return jobs.job(engine, row.pk)


def _watched(data: Any, number: int, advance: Advance) -> dict[str, Any]:
    from leadline.pipeline import control
    from leadline.pipeline.jobs import OVER

    while True:
        try:
            job: dict[str, Any] = control.call(data, "job", {"number": number}, lambda *_: None)
            if job["state"] in OVER:
                return job
            advance(job["done"], job["total"] or 1)
            time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            control.call(data, "job_cancel", {"number": number}, lambda *_: None)


def _result(job: dict[str, Any]) -> dict[str, Any]:
    if job["state"] == "failed":
        raise TerminalError(job["message"])
    if job["state"] != "done":
        errors.print(f"Job {job['number']} was {job['state']}.")
        raise typer.Exit(130)
    return {"job": job["number"], **job["result"]}
