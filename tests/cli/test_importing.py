"""Files of events: what is bad is quarantined and told, what was stopped goes on, what is repeated adds nothing."""

import gzip
import json
import signal
import time
from pathlib import Path

from event_files import BAD, lines, message, write
from tests.leadline_process import Folder, wait_until


def test_a_file_is_imported_once_however_often_it_is_given(folder: Folder, tmp_path: Path) -> None:
    file = write(tmp_path / "events.ndjson", lines(30))
    first = folder.json("import", str(file))
    nothing = {"earlier": 0, "skipped": 0, "duplicates": 0, "suppressed": 0, "test": False}
    assert first == {"lines": 30, "stored": 30, "quarantined": {}, "examples": {}, **nothing}
    again = folder.json("import", str(file))
    assert (again["lines"], again["earlier"], again["stored"], again["duplicates"]) == (30, 30, 0, 0)
    assert "30 lines read, 0 events stored. 30 were imported before." in folder.run("import", str(file)).stdout
    packed = folder.json("import", str(write(tmp_path / "events.ndjson.gz", lines(31))))
    assert (packed["lines"], packed["stored"], packed["duplicates"]) == (31, 1, 30)
    status = folder.json("status")
    assert (status["stored"], status["duplicates"], status["accepted"]) == (31, 30, 61)


def test_malformed_lines_are_quarantined_and_the_report_says_why(folder: Folder, tmp_path: Path) -> None:
    file = write(tmp_path / "events.ndjson", [*lines(5), *BAD, json.dumps(message(90, userId="x" * 40_000))])
    report = folder.json("import", str(file))
    assert report["stored"] == 5
    assert report["quarantined"] == {
        "malformed": 2,
        "Datatype-Mismatch": 1,
        "no_event": 1,
        "no_identity": 1,
        "event_too_large": 1,
    }
    assert "tool is integer, planned is string" in report["examples"]["Datatype-Mismatch"]
    assert folder.json("status")["quarantined"] == 6


def test_people_are_told_as_well(folder: Folder, tmp_path: Path) -> None:
    done = folder.run("import", str(write(tmp_path / "events.ndjson", [*lines(2), *BAD])))
    assert done.returncode == 0
    assert "8 lines read, 2 events stored." in done.stdout
    assert "malformed" in done.stdout
    assert "5 in quarantine" in done.stdout


def test_events_of_a_file_without_ids_are_the_same_events_the_next_time(folder: Folder, tmp_path: Path) -> None:
    nameless = {key: value for key, value in message(1).items() if key != "messageId"}
    folder.json("import", str(write(tmp_path / "a.ndjson", [json.dumps(nameless)])))
    again = folder.json("import", str(write(tmp_path / "b.ndjson", ["", json.dumps(nameless)])))
    assert (again["stored"], again["duplicates"]) == (0, 1)


def test_damaged_compression_costs_nothing_that_came_before_it(folder: Folder, tmp_path: Path) -> None:
    whole = gzip.compress(("\n".join(lines(20_000)) + "\n").encode())
    file = tmp_path / "events.ndjson.gz"
    file.write_bytes(whole[: len(whole) // 2])
    done = folder.run("import", str(file))
    assert done.returncode == 1
    assert "is damaged after line" in done.stderr
    assert "Traceback" not in done.stderr
    file.write_bytes(whole)
    report = folder.json("import", str(file))
    assert report["lines"] == 20_000
    assert folder.json("events", "count") == {"count": 20_000}


def test_a_line_of_any_length_is_survived(folder: Folder, tmp_path: Path) -> None:
    long = json.dumps(message(1, properties={"tool": "x" * 3_000_000, "completed": True}))
    report = folder.json("import", str(write(tmp_path / "events.ndjson", [long, *lines(2)])))
    assert (report["stored"], sum(report["quarantined"].values())) == (2, 1)


def test_an_import_that_was_killed_goes_on_where_it_was(own_process: Folder, tmp_path: Path) -> None:
    folder, count = own_process, 20_000
    file = write(tmp_path / "events.ndjson", lines(count))
    folder.run("status")
    process = folder.start("import", str(file))
    wait_until(lambda: any((folder.data / "spool").glob("*")), 30, "the import has begun")
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    report = folder.json("import", str(file))
    assert report["lines"] == count
    status = folder.json("status")
    assert (status["stored"], status["quarantined"], status["spool_lag_seconds"]) == (count, 0, 0)
    assert status["duplicates"] <= 500
