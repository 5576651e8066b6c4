"""Segments on disk: order, adoption of what a dead writer left, reading around damage, removal."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.kernel.clock import EPOCH
from leadline.kernel.errors import ConfigurationError
from leadline.tracking.spool import (
    CorruptFrame,
    SpoolRecord,
    SpoolWriter,
    closed_segments,
    encode_record,
    oldest_waiting,
    read_segment,
    remove_segment,
    segment_bytes_waiting,
)
from leadline.tracking.spool.frames import FRAME_HEADER_BYTES, SEGMENT_HEADER_BYTES, FrameSealer, frame_spans

KEY = b"k" * 32
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def record(number: int) -> SpoolRecord:
    return SpoolRecord(7, number, "track", b'{"n": %d}' % number, {"user-agent": "test"})


def write(folder: Path, count: int) -> Path:
    with SpoolWriter(folder, KEY) as writer:
        writer.append_all(encode_record(record(number)) for number in range(count))
    return closed_segments(folder)[-1]


def test_records_come_back_in_order(tmp_path: Path) -> None:
    assert list(read_segment(write(tmp_path, 5), [KEY])) == [record(number) for number in range(5)]


def test_an_older_key_still_reads(tmp_path: Path) -> None:
    assert len(list(read_segment(write(tmp_path, 2), [b"n" * 32, KEY]))) == 2
    with pytest.raises(ConfigurationError):
        list(read_segment(closed_segments(tmp_path)[0], [b"n" * 32]))


def test_a_flipped_byte_is_reported_in_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    content = bytearray(path.read_bytes())
    second = list(frame_spans(bytes(content)))[1]
    content[second.offset + FRAME_HEADER_BYTES + 3] ^= 1
    path.write_bytes(content)
    raw = bytes(content[second.offset : second.end])
    expected = [record(0), CorruptFrame(1, second.offset, "does not decrypt", raw), record(2)]
    assert list(read_segment(path, [KEY])) == expected


def test_reading_resumes_at_the_next_valid_header(tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    content = bytearray(path.read_bytes())
    second = list(frame_spans(bytes(content)))[1]
    content[second.offset + 5] ^= 1
    path.write_bytes(content)
    found = list(read_segment(path, [KEY]))
    assert found[0] == record(0)
    assert found[2] == record(2)
    assert isinstance(found[1], CorruptFrame)
    assert (found[1].sequence, found[1].reason) == (-1, "damaged header")


def test_a_damaged_segment_header_reports_every_frame(tmp_path: Path) -> None:
    path = write(tmp_path, 2)
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    found = list(read_segment(path, [KEY]))
    assert [one.reason for one in found if isinstance(one, CorruptFrame)] == [
        "The segment's header is damaged.",
        "damaged segment header",
        "damaged segment header",
    ]


def test_what_decrypts_but_is_no_record_is_reported(tmp_path: Path) -> None:
    sealer = FrameSealer(KEY)
    path = tmp_path / "0000000000000001-1-1.seg"
    path.write_bytes(sealer.header + b"".join(sealer.seal(b"nonsense")))
    [found] = read_segment(path, [KEY])
    assert isinstance(found, CorruptFrame)
    assert found.reason == "not a spool record"


def test_a_torn_tail_is_cut_at_every_offset(tmp_path: Path) -> None:
    content = write(tmp_path, 2).read_bytes()
    ends = [SEGMENT_HEADER_BYTES, *(span.end for span in frame_spans(content))]
    for cut in range(len(content) + 1):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / "0000000000000001-1-1.open").write_bytes(content[:cut])
        whole = sum(end <= cut for end in ends[1:])
        found = [one for path in closed_segments(folder) for one in read_segment(path, [KEY])]
        assert found == [record(number) for number in range(whole)]
        assert len(list(folder.iterdir())) == (1 if whole else 0)


KILLED = """
import os, sys, time
from pathlib import Path
from leadline.tracking.spool import SpoolRecord, SpoolWriter, encode_record
writer = SpoolWriter(Path(sys.argv[1]), b"k" * 32, segment_seconds=60)
writer.append_all([encode_record(SpoolRecord(7, 0, "track", b'{"n": 0}', {"user-agent": "test"}))])
print("written", flush=True)
time.sleep(60)
"""


def test_the_segment_of_a_killed_writer_is_adopted_and_a_living_ones_is_not(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == b"written\n"
        assert closed_segments(tmp_path) == []
        process.send_signal(signal.SIGKILL)
        process.wait()
    [path] = closed_segments(tmp_path)
    assert list(read_segment(path, [KEY])) == [record(0)]


def test_stale_nascent_files_go_and_young_ones_stay(tmp_path: Path) -> None:
    stale, young = tmp_path / "a.new", tmp_path / "b.new"
    stale.touch()
    young.touch()
    os.utime(stale, (0, 0))
    assert closed_segments(tmp_path) == []
    assert list(tmp_path.iterdir()) == [young]


def test_the_lag_is_told_by_bytes_and_by_the_oldest_segment(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    assert (segment_bytes_waiting(folder), oldest_waiting(folder), closed_segments(folder)) == (0, None, [])
    with SpoolWriter(folder, KEY, clock=lambda: NOON, segment_seconds=60) as writer:
        writer.append_all([encode_record(record(0))])
        assert oldest_waiting(folder) == NOON
        assert segment_bytes_waiting(folder) == writer.bytes_written > 0
    [path] = closed_segments(folder)
    assert path.name.startswith(f"{(NOON - EPOCH).total_seconds() * 1e6:016.0f}-{os.getpid()}-")
    remove_segment(path)
    assert segment_bytes_waiting(folder) == 0


def test_a_power_failure_that_takes_the_latest_name_back_loses_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    path.rename(path.with_suffix(".new"))  # the name the file was durable under before its first record
    assert [list(read_segment(found, [KEY])) for found in closed_segments(tmp_path)] == [[record(n) for n in range(3)]]


def test_an_empty_spare_is_left_to_its_writer_and_removed_when_that_is_gone(tmp_path: Path) -> None:
    spare = tmp_path / "0000000000000001-1-1.new"
    spare.touch()
    closed_segments(tmp_path)
    assert spare.exists(), "its writer may be about to lock it"
    os.utime(spare, (1, 1))
    closed_segments(tmp_path)
    assert not spare.exists()


def test_a_writer_keeps_a_spare_while_it_works_and_leaves_none_behind(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path, KEY) as writer:
        for number in range(3):
            writer.append_all([encode_record(record(number))])
            writer.rotate()
        assert len(closed_segments(tmp_path)) == 3
    assert not list(tmp_path.glob("*.new"))
