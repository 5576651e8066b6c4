"""Jobs wait, run one at a time, report, and are done, failed or cancelled; what was interrupted waits again."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pipeline_cast import Installation

from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.pipeline import jobs
from leadline.pipeline.commands import dispatch
from leadline.pipeline.engine import Engine
from leadline.pipeline.models import Job

Report = Callable[[int, int], None]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of jobs that are easy to watch."""

    def count(engine: Engine, arguments: Mapping[str, Any], report: Report) -> dict[str, int]:  # noqa: ARG001  # a Work
        for done in range(1, 4):
            report(done, 3)
        return {"counted": arguments["to"]}

    def fail(engine: Engine, arguments: Mapping[str, Any], report: Report) -> None:  # noqa: ARG001  # a Work
        raise TerminalError("It can't be done.", advice="Do something else.")

    def break_down(engine: Engine, arguments: Mapping[str, Any], report: Report) -> None:  # noqa: ARG001  # a Work
        raise ZeroDivisionError("by zero")

    def cancel_itself(engine: Engine, arguments: Mapping[str, Any], report: Report) -> None:  # noqa: ARG001  # a Work
        jobs.cancel(Job.objects.get(state="running").pk)
        report(1, 2)

    made = {"count": count, "fail": fail, "break_down": break_down, "cancel_itself": cancel_itself}
    for name, work in made.items():
        monkeypatch.setitem(jobs.KINDS, name, work)


def test_a_job_keeps_its_result_and_who_wanted_it(place: Installation) -> None:
    jobs.start("count", {"to": 3}, "cli:ada")
    done = jobs.run_next(place.engine)
    assert done is not None
    assert (done.state, done.result, done.done, done.total) == ("done", {"counted": 3}, 3, 3)
    assert (done.created_by, done.finished_at is not None) == ("cli:ada", True)
    assert jobs.run_next(place.engine) is None


def test_the_oldest_goes_first(place: Installation) -> None:
    first, second = jobs.start("count", {"to": 1}), jobs.start("count", {"to": 2})
    assert [jobs.run_next(place.engine), jobs.run_next(place.engine)] == [first, second]


@pytest.mark.parametrize(
    ("kind", "said"), [("fail", "It can't be done. Do something else."), ("break_down", "ZeroDivisionError")]
)
def test_a_job_that_fails_says_why_and_the_next_one_runs(place: Installation, kind: str, said: str) -> None:
    jobs.start(kind, {})
    jobs.start("count", {"to": 1})
    failed, done = jobs.run_next(place.engine), jobs.run_next(place.engine)
    assert failed is not None
    assert done is not None
    assert (failed.state, failed.message, failed.result) == ("failed", said, None)
    assert done.state == "done"


def test_a_waiting_job_is_cancelled_at_once(place: Installation) -> None:
    job = jobs.start("count", {"to": 1})
    assert jobs.cancel(job.pk).state == "cancelled"
    assert jobs.run_next(place.engine) is None


def test_a_running_job_stops_at_its_next_step(place: Installation) -> None:
    jobs.start("cancel_itself", {})
    stopped = jobs.run_next(place.engine)
    assert stopped is not None
    assert (stopped.state, stopped.result) == ("cancelled", None)


def test_a_job_that_is_over_can_not_be_cancelled(place: Installation) -> None:
    job = jobs.start("count", {"to": 1})
    jobs.run_next(place.engine)
    assert jobs.cancel(job.pk).state == "done"


def test_a_process_that_ends_lets_its_job_wait_again(place: Installation) -> None:
    job = jobs.start("count", {"to": 1})
    jobs.run_next(place.engine, stopping=lambda: True)
    assert jobs.find(job.pk).state == "waiting"


def test_what_a_dead_process_left_is_taken_up(place: Installation) -> None:
    running, leaving = jobs.start("count", {"to": 1}), jobs.start("count", {"to": 2})
    Job.objects.filter(pk=running.pk).update(state="running", done=2, total=3)
    Job.objects.filter(pk=leaving.pk).update(state="cancelling")
    jobs.take_up()
    assert jobs.find(running.pk).state == "waiting"
    assert jobs.find(leaving.pk).state == "cancelled"
    assert jobs.run_next(place.engine) == running


def test_ctrl_c_cancels_the_job_that_runs_here(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(jobs.KINDS, "count", interrupted)
    job = jobs.start("count", {})
    with pytest.raises(KeyboardInterrupt):
        jobs.run(place.engine, job)
    assert jobs.find(job.pk).state == "cancelled"


def test_progress_is_written_at_most_twice_a_second(
    place: Installation, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(jobs.time, "monotonic", lambda: 1000.0)
    jobs.start("count", {"to": 1})
    job = jobs.find(Job.objects.get().pk)
    Job.objects.update(state="running")
    told: list[tuple[int, int]] = []
    progress = jobs.Progress(job.pk, lambda done, total: told.append((done, total)), lambda: False)
    with django_assert_max_num_queries(1):
        for done in range(100):
            progress(done, 100)
    assert len(told) == 100
    assert place.engine


def test_commands_start_show_list_and_cancel(place: Installation) -> None:
    def ask(command: str, **arguments: Any) -> Any:
        return dispatch(place.engine, command, arguments, lambda *_: None)

    number = ask("job_start", kind="count", arguments={"to": 5}, by="api:1")["number"]
    assert ask("job", number=number)["state"] == "waiting"
    jobs.run_next(place.engine)
    assert ask("job", number=number)["result"] == {"counted": 5}
    assert [row["number"] for row in ask("jobs", kind="count")] == [number]
    assert ask("jobs", kind="backtest") == []
    assert ask("job_cancel", number=number)["state"] == "done"
    with pytest.raises(NotFoundError):
        ask("job", number=10**6)
    with pytest.raises(NotFoundError):
        ask("job_start", kind="nonsense", arguments={})


def test_a_job_that_is_cancelled_after_its_last_step_is_cancelled(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled_at_the_end(*_: object) -> dict[str, int]:
        jobs.cancel(Job.objects.get(state="running").pk)
        return {"counted": 1}

    monkeypatch.setitem(jobs.KINDS, "count", cancelled_at_the_end)
    jobs.start("count", {})
    stopped = jobs.run_next(place.engine)
    assert stopped is not None
    assert (stopped.state, stopped.result) == ("cancelled", None)


def test_a_result_that_cannot_be_kept_fails_the_job(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.KINDS, "count", lambda *_: {"counted": object()})
    jobs.start("count", {})
    failed = jobs.run_next(place.engine)
    assert failed is not None
    assert failed.state == "failed"
    assert failed.message == "TypeError", "its words may quote what could not be kept"


def test_a_store_that_is_closed_under_a_job_does_not_fail_it(place: Installation) -> None:
    job = jobs.start("break_down", {})
    jobs.run_next(place.engine, stopping=lambda: True)
    assert jobs.find(job.pk).state == "waiting"


class Rows:
    """Jobs that need no database, for a thread that has none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting, self.taken_up = ["first", "second"], 0
        self.ran: list[str] = []
        self.all_ran = threading.Event()
        monkeypatch.setattr(jobs, "take_up", self.take_up)
        monkeypatch.setattr(jobs, "run_next", self.run_next)
        monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0.01)

    def take_up(self) -> None:
        self.taken_up += 1
        if self.taken_up == 1:
            raise ConnectionError("The record store does not answer yet.")

    def run_next(self, engine: Engine, stopping: Callable[[], bool]) -> str | None:  # noqa: ARG002  # as the real one
        assert not stopping()
        if not self.waiting:
            self.all_ran.set()
            return None
        self.ran.append(self.waiting.pop(0))
        return self.ran[-1]


def test_the_runner_tries_again_takes_up_once_runs_all_and_stops(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, runner = Rows(monkeypatch), jobs.JobRunner(place.engine)
    runner.start()
    assert rows.all_ran.wait(10)
    runner.stop()
    assert (rows.ran, rows.taken_up) == (["first", "second"], 2)
    assert not runner._thread.is_alive()
