"""The live feed: a ring that a thread fills and coroutines wait at."""

import asyncio
import threading
import time

import pytest

from leadline.pipeline.live import KEPT, LiveFeed, Outcome, Result


def outcome(name: str) -> Outcome:
    return Outcome("website", "track", name, "u…", 1, 2, {}, Result.STORED)


def names(feed: LiveFeed, number: int) -> list[str]:
    return [each.name for each in feed.since(number)]


def test_outcomes_are_numbered_in_their_order() -> None:
    feed = LiveFeed(first=10)
    feed.publish([outcome("a"), outcome("b")])
    assert [(each.number, each.name) for each in feed.since(0)] == [(11, "a"), (12, "b")]
    assert names(feed, 11) == ["b"]
    assert names(feed, feed.last) == []


def test_the_ring_keeps_the_newest() -> None:
    feed = LiveFeed(first=0)
    feed.publish(outcome(str(number)) for number in range(KEPT + 3))
    assert names(feed, 0)[0] == "3"
    assert len(feed.since(0)) == KEPT


def test_a_later_process_numbers_higher() -> None:
    earlier = LiveFeed()
    earlier.publish([outcome("a")])
    time.sleep(0.001)
    assert LiveFeed().last > earlier.last


def test_a_segment_is_told_once() -> None:
    feed = LiveFeed()
    assert [feed.is_new(name) for name in ("a", "b", "a")] == [True, True, False]


@pytest.mark.parametrize("act", ["publish", "close"])
def test_who_waits_is_woken_from_another_thread(act: str) -> None:
    feed = LiveFeed(first=0)

    def soon() -> None:
        feed.publish([outcome("a")]) if act == "publish" else feed.close()

    async def wait() -> float:
        timer = threading.Timer(0.05, soon)
        began = time.monotonic()
        timer.start()
        assert await feed.wait(0, seconds=10)
        timer.join()
        return time.monotonic() - began

    assert asyncio.run(wait()) < 5
    assert not feed._waiters


def test_waiting_ends_at_once_when_there_is_something_and_in_time_when_there_is_not() -> None:
    feed = LiveFeed(first=0)
    assert asyncio.run(feed.wait(0, seconds=0.01)) is False
    feed.publish([outcome("a")])
    assert asyncio.run(feed.wait(0, seconds=10)) is True
    assert asyncio.run(feed.wait(1, seconds=0.01)) is False
    assert not feed._waiters


def test_a_reader_whose_loop_has_ended_does_not_stop_the_pipeline() -> None:
    feed = LiveFeed(first=0)
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(feed.wait(0, seconds=60))
    loop.run_until_complete(asyncio.sleep(0.01))
    waiters = set(feed._waiters)
    waiting.cancel()
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
    feed._waiters = waiters
    feed.publish([outcome("a")])
    assert names(feed, 0) == ["a"]
