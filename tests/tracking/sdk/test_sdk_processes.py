"""Forks, pools and exits: each message arrives once, from the process that tracked it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from sdk_cast import KEY, FakeCollector, listening

from leadline import EventTracker
from leadline.tracking.sdk import Stats

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
SOURCE = Path(__file__).parents[3] / "src"
FORK = multiprocessing.get_context("fork")
shared: EventTracker


def in_child(work: Callable[[], object]) -> int:
    """Run something in a forked child that ends at once, without atexit; its exit status."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.alarm(30)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def script(text: str, address: str) -> subprocess.CompletedProcess[str]:
    """A program of its own, that ends as programs do."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(text), address, KEY],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip


@pytest.mark.parametrize("sync", [False, True])
def test_parent_and_child_both_deliver_and_each_message_arrives_once(sync: bool) -> None:
    collector = FakeCollector()
    with listening(collector) as address, EventTracker(KEY, address, sync=sync, flush_interval=0.05) as tracker:
        tracker.track("u1", "before")
        assert tracker.flush(10)  # a thread runs and a connection is open

        def child() -> None:
            tracker.track("u1", "of the child")
            assert tracker.flush(20)
            assert tracker.stats.sent == 1

        tracker.track("u1", "waiting at the fork")
        assert in_child(child) == 0
        tracker.track("u1", "after")
    assert Counter(collector.names()) == Counter(["before", "waiting at the fork", "of the child", "after"])


def test_a_fork_while_a_request_is_on_its_way_and_the_queue_is_locked() -> None:
    collector = FakeCollector(gate=threading.Event())
    assert collector.gate is not None
    with listening(collector) as address, EventTracker(KEY, address, flush_at=1) as tracker:
        tracker.track("u1", "on its way")
        assert collector.arrived.wait(10)
        tracker.track("u1", "waiting")
        held, release = threading.Event(), threading.Event()
        holder = threading.Thread(target=hold, args=[tracker, held, release])
        holder.start()
        assert held.wait(10)

        def child() -> None:
            assert tracker.stats == Stats()
            tracker.track("u1", "of the child")
            assert tracker.stats.queued == 1
            assert not tracker.flush(0.05)  # the server holds everybody up

        assert in_child(child) == 0
        release.set()
        holder.join()
        collector.gate.set()
        assert tracker.flush(20)
        assert tracker.stats.sent == 2
    assert Counter(name for name in collector.names() if name != "of the child") == {"on its way": 1, "waiting": 1}


def hold(tracker: EventTracker, held: threading.Event, release: threading.Event) -> None:
    """Keep the queue's lock, as a thread that is in the middle of a call does."""
    with tracker._delivery._outbox._changed:
        held.set()
        release.wait(10)


def test_grandchildren_deliver_too() -> None:
    collector = FakeCollector()

    def child() -> None:
        tracker.track("u1", "child")
        assert in_child(grandchild) == 0
        assert tracker.flush(20)

    def grandchild() -> None:
        tracker.track("u1", "grandchild")
        assert tracker.flush(20)

    with listening(collector) as address, EventTracker(KEY, address, flush_interval=5) as tracker:
        tracker.track("u1", "parent")
        assert in_child(child) == 0
    assert Counter(collector.names()) == Counter(["parent", "child", "grandchild"])


def test_a_child_of_a_closed_tracker_reports_what_it_loses() -> None:
    collector = FakeCollector()
    with listening(collector) as address:
        tracker = EventTracker(KEY, address)
        tracker.shutdown()

        def child() -> None:
            tracker.track("u1", "late")
            assert tracker.stats == Stats(dropped=1)

        assert in_child(child) == 0
    assert collector.names() == []


def work(number: int) -> str:
    """A task of a worker; nothing is flushed."""
    return shared.track("u1", f"E{number}")


def test_a_pool_of_forked_workers_as_celerys_loses_nothing_although_nobody_flushes() -> None:
    global shared  # workers inherit it, as they do a module's tracker
    collector = FakeCollector()
    with listening(collector) as address, EventTracker(KEY, address, flush_interval=30, exit_timeout=20) as shared:
        shared.track("u1", "parent")
        with ProcessPoolExecutor(3, mp_context=FORK) as pool:
            ids = list(pool.map(work, range(60)))
        assert shared.flush(20)
    assert Counter(collector.names()) == Counter(["parent", *(f"E{number}" for number in range(60))])
    assert Counter(message["messageId"] for message in collector.stored if message["event"] != "parent") == Counter(ids)


def test_celerys_children_send_what_waits_when_celery_says_that_they_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a stand-in for Celery's signal; docs/how-to/python-sdk.md was tried with the real one."""
    leaving: list[Callable[..., object]] = []
    signals = ModuleType("celery.signals")
    signals.worker_process_shutdown = SimpleNamespace(connect=lambda receiver, **_: leaving.append(receiver))
    monkeypatch.setitem(sys.modules, "celery.signals", signals)
    collector = FakeCollector()

    def child() -> None:
        leaving.clear()
        tracker.track("u1", "of the child")
        (receiver,) = leaving
        receiver(sender=None, pid=os.getpid(), exitcode=0)

    with listening(collector) as address, EventTracker(KEY, address, flush_interval=60) as tracker:
        assert in_child(child) == 0
        assert collector.names() == ["of the child"]


def test_a_process_that_ends_sends_what_waits() -> None:
    collector = FakeCollector()
    with listening(collector) as address:
        done = script(
            """
            import sys
            from leadline import EventTracker
            tracker = EventTracker(sys.argv[2], sys.argv[1], flush_interval=60)
            for number in range(250):
                tracker.track("u1", f"E{number}")
            """,
            address,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert collector.names() == [f"E{number}" for number in range(250)]


def test_a_forked_child_that_ends_by_itself_sends_what_waits() -> None:
    collector = FakeCollector()
    with listening(collector) as address:
        done = script(
            """
            import os, sys
            from leadline import EventTracker
            tracker = EventTracker(sys.argv[2], sys.argv[1], flush_interval=60)
            tracker.track("u1", "parent")
            pid = os.fork()
            if pid == 0:
                tracker.track("u1", "child")
            else:
                os.waitpid(pid, 0)
            """,
            address,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert Counter(collector.names()) == Counter(["parent", "child"])


def test_the_end_of_a_process_waits_no_longer_than_it_may_and_says_what_was_lost() -> None:
    collector = FakeCollector(gate=threading.Event())
    assert collector.gate is not None
    with listening(collector) as address:
        done = script(
            """
            import sys
            from leadline import EventTracker
            tracker = EventTracker(sys.argv[2], sys.argv[1], exit_timeout=0.2)
            tracker.track("u1", "E")
            """,
            address,
        )
        collector.gate.set()
    assert done.returncode == 0
    assert "1 messages lost: The tracker was shut down before all was sent." in done.stderr


def test_what_is_imported_is_light() -> None:
    done = script(
        """
        import sys, time
        began = time.process_time()
        from leadline import EventTracker
        print(time.process_time() - began < 0.3)  # seconds of the processor; 0.07 on the machine it was written on
        names = {name.partition(".")[0] for name in sys.modules}
        print(sorted(names & {"django", "duckdb", "ibis", "pyarrow", "pydantic", "cryptography", "yaml", "httpx"}))
        print(sorted(name for name in sys.modules if name.startswith("leadline") and ".sdk" not in name))
        EventTracker("key", "http://127.0.0.1:9")
        names = {name.partition(".")[0] for name in sys.modules}
        print(sorted(names & {"django", "duckdb", "ibis", "pyarrow", "pydantic", "cryptography", "yaml"}))
        """,
        "",
    )
    quick, before, ours, after = done.stdout.splitlines()
    assert (quick, before, after) == ("True", "[]", "[]")
    assert ours == str(
        "leadline leadline.kernel leadline.kernel.clock leadline.kernel.errors leadline.tracking leadline.tracking.ids "
        "leadline.tracking.moments".split()
    )
