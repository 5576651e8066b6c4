"""The tracker in one process: batches, retries, losses, shutting down; over a fake network and over sockets."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sdk_cast import KEY, FakeCollector, Losses, listening, tracker_of

from leadline import EventTracker
from leadline.tracking.sdk import (
    DeliveryFailedError,
    DeliveryRefusedError,
    QueueFullError,
    Stats,
    TrackerClosedError,
    retries,
)
from leadline.tracking.sdk.outbox import BATCH_BYTES

UNREACHABLE = httpx.ConnectError("nobody listens")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of no length; their lengths are tested elsewhere."""
    monkeypatch.setattr(retries.RetryPolicy, "delay", lambda *_: 0.01)


def test_messages_arrive_in_order_and_in_batches() -> None:
    collector = FakeCollector()
    with tracker_of(collector, flush_interval=60) as tracker:
        for number in range(250):
            tracker.track("u1", f"E{number}")
    assert collector.names() == [f"E{number}" for number in range(250)]
    assert [len(request["batch"]) for request in collector.requests] == [100, 100, 50]
    assert tracker.stats == Stats(queued=0, sent=250, dropped=0, retried=0)


def test_a_batch_stays_below_the_size_limit() -> None:
    collector = FakeCollector()
    with tracker_of(collector, flush_interval=60) as tracker:
        for _ in range(60):
            tracker.track("u1", "E", {"text": "x" * 30_000})
    sizes = [len(str(request["batch"])) for request in collector.requests]
    assert sum(len(request["batch"]) for request in collector.requests) == 60
    assert max(sizes) <= BATCH_BYTES
    assert len(sizes) == 5


def test_a_few_messages_leave_after_the_interval_without_a_flush() -> None:
    collector = FakeCollector()
    tracker = tracker_of(collector)
    tracker.track("u1", "E")
    assert collector.arrived.wait(10)
    assert tracker.shutdown()


def test_a_request_has_the_key_the_library_and_the_time_of_sending() -> None:
    collector = FakeCollector()
    with tracker_of(collector, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)) as tracker:
        tracker.track("u1", "E", {"text": "x" * 2000})
    (request,), (headers,) = collector.requests, collector.headers
    assert httpx.BasicAuth(KEY, "")._auth_header == headers["authorization"]
    assert headers["content-encoding"] == "gzip"
    assert headers["user-agent"].startswith("leadline-python/")
    assert request["sentAt"] == "2026-03-01T00:00:00+00:00"
    assert request["context"]["library"]["name"] == "leadline-python"


def test_small_requests_and_those_of_who_does_not_want_it_are_not_compressed() -> None:
    for options, size in (({}, 10), ({"gzip": False}, 5000)):
        collector = FakeCollector()
        with tracker_of(collector, **options) as tracker:
            tracker.track("u1", "E", {"text": "x" * size})
        assert "content-encoding" not in collector.headers[0]


@pytest.mark.parametrize("trouble", [(503, {}), (429, {"Retry-After": "1"}), (500, {}), (202, {}), UNREACHABLE])
def test_trouble_is_retried_with_the_same_ids_and_a_fresh_time(trouble: Any) -> None:
    collector = FakeCollector(replies=[trouble, trouble])
    moments = iter(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=number) for number in range(99))
    with tracker_of(collector, clock=lambda: next(moments)) as tracker:
        tracker.track("u1", "E", message_id="m-1")
    assert [request["batch"][0]["messageId"] for request in collector.requests] == ["m-1"] * 3
    assert len({request["sentAt"] for request in collector.requests}) == 3
    assert tracker.stats == Stats(sent=1, retried=2)


def test_a_stranger_that_says_200_has_not_taken_anything() -> None:
    answers = iter(["<html>Welcome</html>", '{"success": true}'])
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=next(answers)))
    with EventTracker(KEY, "http://a.example", transport=transport, flush_interval=0.01) as tracker:
        tracker.track("u1", "E")
    assert tracker.stats == Stats(sent=1, retried=1)


@pytest.mark.parametrize("status", [400, 401, 307])
def test_a_refusal_is_not_retried_but_reported_and_logged_once(status: int, caplog: pytest.LogCaptureFixture) -> None:
    collector, losses = FakeCollector(replies=[(status, {"Location": "http://a.example/"})] * 3), Losses()
    with caplog.at_level(logging.INFO, "leadline.sdk"), tracker_of(collector, on_error=losses) as tracker:
        for number in range(3):
            tracker.track("u1", f"E{number}")
            assert not tracker.flush(10)
        tracker.track("u1", "E3")
        assert tracker.flush(10)
    assert losses.names == ["E0", "E1", "E2"]
    assert {(error.code, getattr(error, "status", 0)) for error, _ in losses.told} == {("delivery_refused", status)}
    assert collector.names() == ["E3"]
    assert tracker.stats == Stats(sent=1, dropped=3)
    assert len(caplog.records) == 1
    assert KEY not in caplog.text


def test_trouble_is_logged_once_and_not_for_every_attempt(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.INFO, "leadline.sdk"),
        tracker_of(FakeCollector(replies=[UNREACHABLE] * 20)) as tracker,
    ):
        tracker.track("u1", "E")
    (line,) = caplog.records
    assert (line.levelname, "nobody listens" in line.getMessage()) == ("WARNING", True)


def test_what_is_given_up_is_reported() -> None:
    losses = Losses()
    with tracker_of(FakeCollector(replies=[UNREACHABLE] * 2), max_retries=1, on_error=losses) as tracker:
        tracker.track("u1", "E")
        tracker.flush(10)
        tracker.track("u1", "F")
    assert (losses.kinds, losses.names) == (["delivery_failed"], ["E"])
    assert tracker.stats == Stats(sent=1, dropped=1, retried=1)


def test_an_on_error_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("mine")

    with tracker_of(FakeCollector(replies=[(400, {})]), on_error=fail) as tracker:
        tracker.track("u1", "E")
        tracker.flush(10)
        tracker.track("u1", "F")
    assert tracker.stats == Stats(sent=1, dropped=1)
    assert "on_error" in caplog.text


def test_an_on_error_that_flushes_or_shuts_down_does_not_wait_for_itself() -> None:
    told: list[bool] = []
    tracker = tracker_of(
        FakeCollector(replies=[(400, {})]), on_error=lambda *_: told.extend([tracker.flush(), tracker.shutdown()])
    )
    tracker.track("u1", "E")
    assert not tracker.flush(10)
    assert told == [False, False]


def test_a_fault_of_the_transport_costs_its_batch_and_not_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    losses = Losses()
    with tracker_of(FakeCollector(replies=[ValueError("a bug")]), on_error=losses) as tracker:
        tracker.track("u1", "E")
        tracker.flush(10)
        tracker.track("u1", "F")
    assert (losses.names, tracker.stats.sent) == (["E"], 1)
    assert "a bug" in caplog.text


def test_while_the_server_does_not_answer_calls_return_and_the_queue_is_bounded() -> None:
    """By structure: all calls below return although the server answers nothing until the gate opens."""
    collector, losses = FakeCollector(gate=threading.Event()), Losses()
    assert collector.gate is not None
    with tracker_of(collector, max_queue=10, flush_at=4, on_error=losses) as tracker:
        for number in range(4):
            tracker.track("u1", f"E{number}")
        assert collector.arrived.wait(10)
        for number in range(4, 30):
            tracker.track("u1", f"E{number}")
        assert tracker.stats == Stats(queued=10, dropped=20)
        assert not tracker.flush(0.01)
        collector.gate.set()
        assert tracker.flush(10)
        tracker.track("u1", "later")
    assert collector.names() == [*(f"E{number}" for number in range(10)), "later"]
    assert losses.names == [f"E{number}" for number in range(10, 30)]
    assert {type(error) for error, _ in losses.told} == {QueueFullError}


def test_the_queue_is_bounded_in_bytes_too() -> None:
    collector = FakeCollector(gate=threading.Event())
    assert collector.gate is not None
    with tracker_of(collector, max_queue_bytes=50_000) as tracker:
        for _ in range(10):
            tracker.track("u1", "E", {"text": "x" * 10_000})
        assert (tracker.stats.queued, tracker.stats.dropped) == (4, 6)
        collector.gate.set()


def test_a_signal_that_tracks_while_its_thread_holds_the_queue_does_not_wait_for_itself() -> None:
    collector = FakeCollector()
    tracker = tracker_of(collector)
    outbox = tracker._delivery._outbox
    with outbox._changed:  # where a signal may interrupt
        tracker.track("u1", "E")
    assert tracker.shutdown()
    assert collector.names() == ["E"]


def test_many_threads_lose_and_repeat_nothing() -> None:
    collector = FakeCollector()

    def work(thread: int) -> None:
        for number in range(200):
            tracker.track(f"u{thread}", f"{thread}-{number}")

    with tracker_of(collector) as tracker:
        threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert tracker.flush(30)
    assert sorted(collector.names()) == sorted(f"{thread}-{number}" for thread in range(8) for number in range(200))


def test_flush_sends_without_waiting_for_the_interval() -> None:
    collector = FakeCollector()
    tracker = tracker_of(collector, flush_interval=3600)
    tracker.track("u1", "E")
    assert tracker.flush(10)
    assert collector.names() == ["E"]
    assert tracker.flush(0)
    tracker.shutdown()


def test_flush_tells_once_of_what_was_lost_before_it_was_called() -> None:
    collector, heard = FakeCollector(replies=[(400, {})]), threading.Event()
    with tracker_of(collector, on_error=lambda *_: heard.set()) as tracker:
        tracker.track("u1", "E")
        assert heard.wait(10)
        assert not tracker.flush(10)
        assert tracker.flush(10)


def test_shutting_down_sends_the_rest_and_ends_the_thread() -> None:
    collector, losses = FakeCollector(), Losses()
    tracker = tracker_of(collector, flush_interval=3600, on_error=losses)
    tracker.track("u1", "E")
    assert tracker.shutdown()
    assert tracker.close()
    assert collector.names() == ["E"]
    assert "leadline-sender" not in {thread.name for thread in threading.enumerate()}
    tracker.track("u1", "late")
    assert [type(error) for error, _ in losses.told] == [TrackerClosedError]
    assert tracker.stats == Stats(sent=1, dropped=1)


def test_shutting_down_gives_up_in_time_and_says_what_was_lost() -> None:
    collector, losses = FakeCollector(gate=threading.Event()), Losses()
    assert collector.gate is not None
    tracker = tracker_of(collector, on_error=losses, flush_at=1)
    tracker.track("u1", "on the way")
    assert collector.arrived.wait(10)
    tracker.track("u1", "waiting")
    assert not tracker.shutdown(0.05)
    assert losses.names == ["on the way", "waiting"]
    assert tracker.stats == Stats(dropped=2)
    collector.gate.set()  # the server took it after all; that is no second count
    (sender,) = [thread for thread in threading.enumerate() if thread.name == "leadline-sender"]
    sender.join(10)
    assert tracker.stats == Stats(dropped=2)


def test_shutting_down_ends_a_wait_between_two_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.RetryPolicy, "delay", lambda *_: 3600.0)
    collector = FakeCollector(replies=[(429, {"Retry-After": "300"})])
    tracker = tracker_of(collector, give_up_after=9999)
    tracker.track("u1", "E")
    assert collector.arrived.wait(10)
    assert tracker.shutdown(10)
    assert collector.names() == ["E"]


def test_a_wait_that_begins_while_it_shuts_down_leaves_time_for_another_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries.RetryPolicy, "delay", lambda *_: 3600.0)
    collector = FakeCollector(replies=[(429, {})], gate=threading.Event())
    assert collector.gate is not None
    tracker = tracker_of(collector, give_up_after=9999)
    tracker.track("u1", "E")
    assert collector.arrived.wait(10)
    tracker._delivery._outbox.close(1.0)
    collector.gate.set()
    assert tracker.shutdown(1.0)
    assert collector.names() == ["E"]


def test_without_a_thread_shutting_down_sends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    collector = FakeCollector()
    tracker = tracker_of(collector)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more)
        tracker.track("u1", "E")
    assert tracker.stats.queued == 1
    assert tracker.shutdown(10)
    assert collector.names() == ["E"]


def test_a_synchronous_call_returns_when_the_server_has_it() -> None:
    collector = FakeCollector(replies=[(503, {}), UNREACHABLE])
    tracker = tracker_of(collector, sync=True)
    tracker.track("u1", "E")
    assert collector.names() == ["E"]
    assert (tracker.stats, tracker.flush()) == (Stats(sent=1, retried=2), True)
    tracker.shutdown()
    with pytest.raises(TrackerClosedError):
        tracker.track("u1", "late")


def test_a_synchronous_call_raises_what_became_of_it() -> None:
    with tracker_of(FakeCollector(replies=[UNREACHABLE] * 9), sync=True, max_retries=2) as tracker:
        with pytest.raises(DeliveryFailedError) as failed:
            tracker.track("u1", "E")
        assert failed.value.transient
    with tracker_of(FakeCollector(replies=[(401, {})]), sync=True) as tracker, pytest.raises(DeliveryRefusedError):
        tracker.track("u1", "E")
    assert tracker.stats == Stats(dropped=1)


@pytest.mark.parametrize("sync", [False, True])
def test_over_a_socket(sync: bool) -> None:
    collector = FakeCollector(replies=[(503, {}), (429, {"Retry-After": "0"})])
    with listening(collector) as address, EventTracker(KEY, address, sync=sync, flush_interval=0.01) as tracker:
        for number in range(5):
            tracker.track("u1", f"E{number}", {"text": "x" * 600})
    assert collector.names() == [f"E{number}" for number in range(5)]
    assert tracker.stats == Stats(sent=5, retried=2)


def test_a_server_that_goes_away_and_comes_back_gets_everything() -> None:
    collector = FakeCollector()
    with listening(collector) as address:
        tracker = EventTracker(KEY, address, flush_interval=0.01, timeout=1)
        tracker.track("u1", "before")
        assert tracker.flush(10)
        port = int(address.rsplit(":", 1)[1])
    tracker.track("u1", "between")
    while not tracker.stats.retried:
        tracker.flush(0.02)
    with listening(collector, port):
        assert tracker.shutdown(20)
    assert collector.names() == ["before", "between"]
