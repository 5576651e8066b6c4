"""The state file: totals of all workers that survive restarts."""

from pathlib import Path

import msgspec
import pytest

from leadline.tracking.collector.state import FILE_NAME, CollectorState, StateKeeper, Totals, read_state
from leadline.tracking.spool import SpoolWriter

KEY = b"k" * 32


def test_nothing_is_known_before_the_first_start(tmp_path: Path) -> None:
    assert read_state(tmp_path) == CollectorState()


def test_differences_of_several_workers_add_up_and_survive_restarts(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path / "spool", KEY) as writer:
        first, second = (StateKeeper(writer, tmp_path) for _ in range(2))
        first.counters.accept(5)
        first.save()
        second.counters.accept(2)
        second.counters.refuse("busy")
        second.save()
        first.save()
        assert read_state(tmp_path).totals == Totals(7, 2, {"busy": 1})
        second.counters.accept(1)
        assert second.totals() == Totals(8, 3, {"busy": 1})
        assert StateKeeper(writer, tmp_path).totals() == Totals()


def test_a_worker_tells_its_trouble_and_leaves_the_list_when_it_stops(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path / "spool", KEY) as writer:
        keeper = StateKeeper(writer, tmp_path)
        keeper.start()
        writer.trouble = "full"
        keeper.save()
        assert read_state(tmp_path).trouble == "full"
        keeper.stop()
        assert read_state(tmp_path).workers == {}


def test_what_cannot_be_written_goes_with_the_next_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SpoolWriter(tmp_path / "spool", KEY) as writer:
        keeper = StateKeeper(writer, tmp_path / "absent")
        keeper.counters.accept(1)
        keeper.save()
        assert "can't be written" in caplog.text
        (tmp_path / "absent").mkdir()
        keeper.save()
    assert read_state(tmp_path / "absent").totals == Totals(1, 1, {})


def test_a_damaged_file_starts_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"")
    assert read_state(tmp_path) == CollectorState()
    assert "starts anew" in caplog.text


def test_the_file_is_plain_json(tmp_path: Path) -> None:
    with SpoolWriter(tmp_path / "spool", KEY) as writer:
        keeper = StateKeeper(writer, tmp_path)
        keeper.counters.accept(3)
        keeper.save()
    content = msgspec.json.decode((tmp_path / FILE_NAME).read_bytes())
    assert content["totals"] == {"accepted_events": 3, "accepted_requests": 1, "refused": {}}
