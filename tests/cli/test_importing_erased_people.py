"""A file that names people who were erased: they do not come back, and the import says how many events it left out, and
never whose."""

import json
from pathlib import Path

import pytest
from event_files import DAY, lines, message, write
from tests.leadline_process import Folder, Server

from leadline.pipeline.imports import dry_run
from leadline.pipeline.privacy import erasing
from leadline.tracking.models import EventSource

LEFT_OUT = "2 events left out: the people they name were erased, and no import brings them back."
ADA = "ada@example.com"


def of_ada(number: int) -> str:
    return json.dumps(message(number, userId="user-ada", timestamp=f"{DAY}T09:00:00Z"))


def gone(place: Folder, tmp_path: Path) -> None:
    """Ada came and was erased."""
    known = {"type": "identify", "userId": "user-ada", "messageId": "i-1", "traits": {"email": ADA}}
    place.json("import", str(write(tmp_path / "ada.ndjson", [json.dumps(known)])))
    assert place.run("privacy", "erase", "user-ada", "--yes").returncode == 0


@pytest.fixture
def erased(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The record store's files are not made anew: these tests run inside a transaction."""
    monkeypatch.setattr(erasing, "sweep", lambda *_: None)
    gone(folder, tmp_path)
    return folder


def test_how_many_were_left_out_is_told_and_never_whose(erased: Folder, tmp_path: Path) -> None:
    file = str(write(tmp_path / "events.ndjson", [*lines(3), of_ada(50), of_ada(51)]))
    forecast = erased.run("import", file, "--dry-run").stdout
    assert "3 events of 3 people would be stored." in forecast
    assert "2 events would be left out: the people they name were erased" in forecast
    told = erased.run("import", file).stdout
    assert "5 lines read, 3 events stored." in told
    assert LEFT_OUT in " ".join(told.split())
    assert "ada" not in told + forecast.replace("user-ada", "")
    again = erased.run("import", file).stdout
    assert "0 events stored. 5 were imported before." in again
    assert "left out" not in again


def test_what_was_left_out_is_counted_beside_what_was_accepted(erased: Folder, tmp_path: Path) -> None:
    before = erased.json("status")
    assert before["suppressed"] == 0
    assert "Left out" not in erased.run("status").stdout
    report = erased.json("import", str(write(tmp_path / "events.ndjson", [*lines(3), of_ada(50), of_ada(51)])))
    assert (report["lines"], report["stored"], report["suppressed"]) == (5, 3, 2)
    after = erased.json("status")
    assert (after["accepted"] - before["accepted"], after["suppressed"]) == (3, 2)
    assert after["accepted"] == sum(after[name] for name in ("stored", "duplicates", "quarantined"))
    assert "2 that name people who were erased" in erased.run("status").stdout


def test_a_source_tells_of_its_own(erased: Folder, tmp_path: Path) -> None:
    erased.json("import", str(write(tmp_path / "one.ndjson", [of_ada(50), of_ada(51)])), "--source", "one")
    other = erased.json("import", str(write(tmp_path / "two.ndjson", [of_ada(52)])), "--source", "two")
    assert other["suppressed"] == 1
    EventSource.objects.create(name="trial", test=True)
    file = str(write(tmp_path / "three.ndjson", [of_ada(53)]))
    assert erased.json("import", file, "--source", "trial", "--dry-run")["suppressed"] == 0
    trial = erased.json("import", file, "--source", "trial")
    assert (trial["test"], trial["suppressed"]) == (True, 0)
    assert erased.json("status")["suppressed"] == 3


def test_a_dry_run_names_the_line_whatever_was_left_out_before_it(
    erased: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "SEGMENT_BYTES", 1)
    bad = json.dumps(message(60, timestamp="yesterday"))
    file = write(tmp_path / "events.ndjson", [of_ada(50), *lines(1200), of_ada(51), bad])
    forecast = erased.json("import", str(file), "--dry-run")
    assert [each["line"] for each in forecast["examples"]["bad_timestamp"]] == [1203]


def test_beside_a_server_it_is_told_too(served: Server, tmp_path: Path) -> None:
    gone(served.folder, tmp_path)
    file = write(tmp_path / "events.ndjson", [*lines(3), of_ada(50), of_ada(51)])
    report = served.folder.json("import", str(file))
    assert (report["stored"], report["suppressed"]) == (3, 2)
    assert served.folder.json("status")["suppressed"] == 2
