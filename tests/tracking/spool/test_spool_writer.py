"""The writer: acknowledged means synced, one sync for many, and a failing disk is told, survived and recovered from."""

import asyncio
import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.kernel.errors import SpoolUnavailableError
from leadline.tracking.spool import SpoolRecord, SpoolWriter, closed_segments, encode_record, read_segment
from leadline.tracking.spool import disk as disk_module

KEY = b"k" * 32


def payload(number: int = 0, size: int = 10) -> bytes:
    return encode_record(SpoolRecord(1, number, "track", b"x" * size))


def stored(folder: Path) -> list[int]:
    found = [one for path in closed_segments(folder) for one in read_segment(path, [KEY])]
    assert all(isinstance(one, SpoolRecord) for one in found)
    return [one.received_micros for one in found if isinstance(one, SpoolRecord)]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


async def append_many(writer: SpoolWriter, count: int) -> list[BaseException | None]:
    return await asyncio.gather(*(writer.append(payload(n)) for n in range(count)), return_exceptions=True)


def test_many_appends_share_few_syncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(os, "fdatasync", syncs.append)
    with SpoolWriter(tmp_path, KEY, segment_seconds=60) as writer:
        assert asyncio.run(append_many(writer, 500)) == [None] * 500
        assert 1 <= len(syncs) <= 5
        assert writer.commits == len(syncs)
    assert stored(tmp_path) == list(range(500))


def test_an_append_returns_only_after_the_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, reached = threading.Event(), threading.Event()

    def slow_sync(_handle: int) -> None:
        reached.set()
        gate.wait()

    async def scenario() -> None:
        task = asyncio.ensure_future(writer.append(payload()))
        while not reached.is_set():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert not task.done()
        gate.set()
        await task

    monkeypatch.setattr(os, "fdatasync", slow_sync)
    with SpoolWriter(tmp_path, KEY) as writer:
        asyncio.run(scenario())


def test_a_cancelled_append_takes_nothing_from_its_neighbours(tmp_path: Path) -> None:
    async def scenario() -> None:
        first, second = (asyncio.ensure_future(writer.append(payload(n))) for n in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first

    with SpoolWriter(tmp_path, KEY) as writer:
        asyncio.run(scenario())
    assert stored(tmp_path) == [0, 1]


def test_a_segment_closes_by_age_without_further_traffic(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, KEY, segment_seconds=0.05) as writer:
        writer.append_all([payload()])
        wait_until(lambda: list(tmp_path.glob("*.seg")))
        assert not list(tmp_path.glob("*.open"))


def test_a_segment_closes_by_size(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, KEY, segment_bytes=1000, segment_seconds=60) as writer:
        for number in range(3):
            writer.append_all([payload(number, size=2000)])
        wait_until(lambda: len(list(tmp_path.glob("*.seg"))) == 3)
    assert stored(tmp_path) == [0, 1, 2]


def test_rotate_makes_everything_before_it_loadable(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, KEY, segment_seconds=60) as writer:
        writer.append_all([payload(4)])
        assert closed_segments(tmp_path) == []
        writer.rotate()
        assert stored(tmp_path) == [4]
        writer.rotate()
        assert len(closed_segments(tmp_path)) == 1


def test_append_all_takes_many_chunks(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, KEY, backlog_records=2_500) as writer:
        assert writer.append_all(payload(n) for n in range(7_001)) == 7_001
    assert stored(tmp_path) == list(range(7_001))


def test_a_closed_writer_refuses_and_may_be_closed_again(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, KEY)
    writer.close()
    writer.close()
    with pytest.raises(SpoolUnavailableError, match="closed"):
        writer.append_all([payload()])
    with pytest.raises(SpoolUnavailableError, match="closed"):
        asyncio.run(writer.append(payload()))


class FailingCall:
    """A stand-in for an `os` function that fails while `failing`, after doing the real thing to a part."""

    def __init__(self, real: Callable[..., int | None], code: int) -> None:
        self.real, self.code, self.failing = real, code, True

    def __call__(self, handle: int, *arguments: object) -> int | None:
        if not self.failing:
            return self.real(handle, *arguments)
        if arguments:
            content, offset = arguments
            self.real(handle, bytes(content)[:7], offset)
        raise OSError(self.code, os.strerror(self.code))


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [("pwrite", errno.ENOSPC, "No space left on device"), ("fdatasync", errno.EIO, "Input/output error")],
)
def test_a_failing_disk_refuses_and_loses_nothing_that_was_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int, text: str
) -> None:
    call = FailingCall(getattr(os, name), code)
    call.failing = False
    monkeypatch.setattr(os, name, call)
    with SpoolWriter(tmp_path, KEY, segment_seconds=60) as writer:
        writer.append_all([payload(1)])
        call.failing = True
        with pytest.raises(SpoolUnavailableError, match=text) as caught:
            writer.append_all([payload(2)])
        assert "Free disk space" in caught.value.advice
        assert text in writer.trouble
        assert all(isinstance(error, SpoolUnavailableError) for error in asyncio.run(append_many(writer, 3)))
        call.failing = False
        writer.append_all([payload(3)])
        assert writer.trouble == ""
    assert stored(tmp_path) == [1, 3]


def test_a_real_file_size_limit_is_survived(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with SpoolWriter(tmp_path, KEY, segment_seconds=60) as writer:
        writer.append_all([payload(1)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        try:
            with pytest.raises(SpoolUnavailableError, match="File too large"):
                writer.append_all([payload(2, size=50_000)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        writer.append_all([payload(3)])
    assert stored(tmp_path) == [1, 3]


def test_trouble_ends_by_itself_when_the_disk_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = FailingCall(os.pwrite, errno.ENOSPC)
    monkeypatch.setattr(os, "pwrite", call)
    with SpoolWriter(tmp_path, KEY, segment_seconds=0.01) as writer:
        with pytest.raises(SpoolUnavailableError):
            writer.append_all([payload()])
        wait_until(lambda: writer.trouble == "")


def test_too_little_free_disk_refuses_at_once_and_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_module, "CHECK_SECONDS", 0.0)
    with SpoolWriter(tmp_path, KEY, free_bytes=1 << 60) as writer:
        for _ in range(2):
            with pytest.raises(SpoolUnavailableError, match="MB free"):
                asyncio.run(writer.append(payload()))
        assert "MB free" in writer.trouble
        writer.disk._minimum = 0
        wait_until(lambda: writer.trouble == "" and writer.disk.shortage == "")
        asyncio.run(writer.append(payload(9)))
    assert stored(tmp_path) == [9]


@pytest.mark.parametrize("limits", [{"backlog_bytes": 300}, {"backlog_records": 2}])
def test_a_full_backlog_refuses_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda _handle: gate.wait())

    async def scenario() -> None:
        tasks = [asyncio.ensure_future(writer.append(payload(n, size=100))) for n in range(2)]
        await asyncio.sleep(0.01)
        for n in (2, 3):
            with pytest.raises(SpoolUnavailableError, match="backlog is full"):
                await writer.append(payload(n, size=100))
        gate.set()
        await asyncio.gather(*tasks)

    with SpoolWriter(tmp_path, KEY, segment_seconds=60, **limits) as writer:
        asyncio.run(scenario())
    assert stored(tmp_path) == [0, 1]


def test_a_sequence_is_never_used_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = FailingCall(os.pwrite, errno.ENOSPC)
    monkeypatch.setattr(os, "pwrite", call)
    with SpoolWriter(tmp_path, KEY, segment_seconds=60) as writer:
        with pytest.raises(SpoolUnavailableError):
            writer.append_all([payload(1)])
        call.failing = False
        writer.append_all([payload(2)])
        assert writer._segment is not None
        assert writer._segment._sealer.sequence == 2
    assert stored(tmp_path) == [2]
