"""A visitor who was silent for too long is gone from every file: their bytes are there before, and nowhere afterwards.

Searched as in `test_erasing_people_for_good.py`: sealed values of the record store byte by byte in every file of the
data folder, and an uncompressed copy in clear of the event store. Each search finds them before.
"""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.test_erasing_people_for_good import SEALED_START, count_in_events, found_in_files
from tests.leadline_process import Folder

CANARY, STAYS = "canary-4711", "somebody-else"


def visit(name: str, days_ago: float) -> str:
    """A page with the name in its path, as a line of an import."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    seen = {"page": {"path": f"/{name}/pricing"}}
    told = {"type": "page", "anonymousId": f"browser-{name}", "messageId": name, "context": seen}
    return json.dumps({**told, "timestamp": at.isoformat()})


def sealed_names(data: Path) -> dict[str, bytes]:
    """The beginning of each sealed name, as it lies on the disk, by its row."""
    with sqlite3.connect(data / "records.sqlite3") as records:
        rows = records.execute("SELECT rowid, value FROM tracking_identity").fetchall()
    return {str(number): bytes(value)[:SEALED_START] for number, value in rows}


def test_nothing_of_a_visitor_who_went_by_their_age_is_left_in_any_file(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "visits.ndjson"
    path.write_text("\n".join((visit(CANARY, 200), visit(STAYS, 1))))
    assert folder.run("import", str(path), seconds=300).returncode == 0
    path.unlink()
    before = sealed_names(folder.data)
    assert len(before) == 2
    assert found_in_files(folder.data, before) == set(before)
    assert count_in_events(folder.data, tmp_path, CANARY) >= 1
    assert folder.json("privacy", "retention", "run", "--yes", seconds=300)["state"] == "done"
    kept = sealed_names(folder.data)
    assert len(kept) == 1
    assert found_in_files(folder.data, before) == set(kept)
    assert count_in_events(folder.data, tmp_path, CANARY) == 0
    assert count_in_events(folder.data, tmp_path, STAYS) >= 1
    assert [each.name for each in folder.data.glob("*.duckdb")] == ["events.2.duckdb"]
    assert not [each for each in folder.data.rglob("*") if each.is_file() and CANARY.encode() in each.read_bytes()]
