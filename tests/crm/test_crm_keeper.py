"""The keeper runs what is due, each connection by itself, and stops cleanly."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from crm_cast import MONDAY

from leadline.crm.models import Connection, SyncRun
from leadline.kernel.errors import TerminalError
from leadline.pipeline.crm.keeper import CRMKeeper

SECONDS = 10.0


def connect(name: str, **more: Any) -> Connection:
    return Connection.objects.create(name=name, kind="memory", mapping="", **more)


def keeper(run: Callable[..., SyncRun]) -> CRMKeeper:
    return CRMKeeper(None, lambda: MONDAY, run)  # type: ignore[arg-type]  # the run here needs no engine


def ended(_: object, row: Connection, stopping: Callable[[], bool]) -> SyncRun:
    return SyncRun(connection=row, state="ok" if not stopping() else "cancelled")


@pytest.mark.usefixtures("transactional_db")
def test_what_is_due_runs_and_the_rest_does_not() -> None:
    ran: list[str] = []

    def run(engine: object, row: Connection, stopping: Callable[[], bool]) -> SyncRun:
        ran.append(row.name)
        return ended(engine, row, stopping)

    connect("due")
    connect("off", enabled=False)
    connect("stopped", stopped="The key was refused.")
    connect("later", last_run_at=MONDAY)
    for thread in keeper(run).begin_due():
        thread.join(SECONDS)
    assert ran == ["due"]


@pytest.mark.usefixtures("transactional_db")
def test_one_that_hangs_or_fails_holds_none_of_the_others_up_and_stopping_waits_for_it() -> None:
    hanging, seen = threading.Event(), list[str]()

    def run(engine: object, row: Connection, stopping: Callable[[], bool]) -> SyncRun:
        seen.append(row.name)
        if row.name == "fails":
            raise TerminalError("The mapping is broken.", advice="Mend it.")
        if row.name == "hangs":
            hanging.wait(SECONDS)
            seen.append(f"told to stop: {stopping()}")
        return ended(engine, row, stopping)

    for name in ("hangs", "fails", "works"):
        connect(name)
    at_work = keeper(run)
    begun = {thread.name: thread for thread in at_work.begin_due()}
    begun["crm-works"].join(SECONDS)
    begun["crm-fails"].join(SECONDS)
    assert begun["crm-hangs"].is_alive()
    assert Connection.objects.get(name="fails").trouble == "The mapping is broken. Mend it."
    assert [thread.name for thread in at_work.begin_due()] == ["crm-works"], "what hangs is not begun twice"
    threading.Timer(0.2, hanging.set).start()
    at_work.stop(SECONDS)
    assert not begun["crm-hangs"].is_alive()
    assert "told to stop: True" in seen


@pytest.mark.usefixtures("transactional_db")
def test_a_started_keeper_frees_what_a_killed_process_held_and_stops() -> None:
    connect("held", lease="somebody", leased_until=MONDAY.replace(year=2030))
    ran = threading.Event()

    def run(engine: object, row: Connection, stopping: Callable[[], bool]) -> SyncRun:
        ran.set()
        return ended(engine, row, stopping)

    at_work = keeper(run)
    at_work.start()
    assert ran.wait(SECONDS)
    at_work.stop(SECONDS)
    assert not any(thread.name.startswith("crm") for thread in threading.enumerate())
