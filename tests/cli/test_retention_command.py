"""`leadline privacy retention`: periods, preview, run and report, from the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.leadline_process import Folder

from leadline.pipeline.privacy import retaining

AGO = datetime.now(UTC) - timedelta(days=200)


@pytest.fixture
def visited(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Somebody was here 200 days ago, and somebody yesterday. The record store's files are not made anew: these tests
    run inside a transaction; the acceptance test does it."""
    monkeypatch.setattr(retaining, "sweep", lambda *_: None)
    moments = {"old": AGO, "new": datetime.now(UTC) - timedelta(days=1)}
    path = tmp_path / "events.ndjson"
    path.write_text(
        "\n".join(
            json.dumps({"type": "page", "anonymousId": name, "messageId": name, "timestamp": at.isoformat()})
            for name, at in moments.items()
        )
    )
    assert folder.run("import", str(path)).returncode == 0
    return folder


def test_what_is_due_is_shown_taken_and_reported(visited: Folder) -> None:
    due = visited.json("privacy", "retention", "preview")
    assert [(row["rule"], row["count"]) for row in due] == [("visitors", 1)]
    assert visited.run("privacy", "retention", "run", stdin="n\n").returncode == 1
    assert visited.json("events", "count")["count"] == 2
    done = visited.json("privacy", "retention", "run", "--yes")
    assert (done["state"], done["taken"][0]["count"]) == ("done", 1)
    assert visited.json("events", "count")["count"] == 1
    assert visited.json("privacy", "retention", "preview") == []
    assert "Nothing is due" in visited.run("privacy", "retention", "preview").stdout
    assert visited.json("privacy", "retention", "report")[0]["taken"] == due_as_reported(due, done)
    assert "1 visitor" in visited.run("privacy", "retention", "report").stdout


def due_as_reported(due: list[dict[str, object]], done: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    """What the preview said, as the report has it."""
    oldest = done["taken"][0]["oldest"]
    return [{"rule": row["rule"], "source": row["source"], "count": row["count"], "oldest": oldest} for row in due]


def test_periods_are_set_by_source_and_set_back(visited: Folder) -> None:
    assert "180 days after their last visit" in visited.run("privacy", "retention").stdout
    source = visited.json("privacy", "retention", "preview")[0]["source"]
    visited.json("privacy", "retention", "set", "visitors", "forever", "--source", source)
    assert visited.json("privacy", "retention", "preview") == []
    periods = visited.json("privacy", "retention", "set", "visitors", "default", "--source", source)
    assert [(row["rule"], row["days"]) for row in periods][:2] == [("visitors", 180), ("known", 730)]
    refused = visited.run("privacy", "retention", "set", "visitors", "soon")
    assert refused.returncode == 1
    assert "is no period" in refused.stderr
