"""The record store on PostgreSQL: a throwaway cluster on a Unix socket.

Bound: two minutes.
"""

import pytest
from tests.leadline_process import Folder

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def folder(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A demonstration with its records there."""
    made = Folder(tmp_path_factory.mktemp("installation") / "data", {"LEADLINE_RECORDS": postgresql})
    done = made.run("demo", "--leads", "100", "--days", "30", seconds=180)
    assert done.returncode == 0, done.stderr
    return made


def test_the_demonstration_works_with_its_records_on_postgresql(folder: Folder) -> None:
    status = folder.json("status")
    assert status["stored"] > 500
    assert status["accepted"] == status["stored"] + status["duplicates"] + status["quarantined"]
    assert sum(status["by_stage"].values()) == status["leads"] > 50
    lead = folder.json("leads", "--limit", "1")[0]
    assert folder.json("explain", str(lead["id"]))["total"] == lead["total"]
    assert not (folder.data / "records.sqlite3").exists()
    assert next(f for f in folder.json("doctor") if f["check"] == "record store")["text"] == "postgresql"


def test_a_crm_is_synced_and_is_asked_nothing_twice(folder: Folder) -> None:
    folder.json("crm", "connect", "second", "--kind", "sandbox")
    (run,) = folder.json("crm", "sync", "second")
    assert run["state"] == "ok"
    assert run["counts"]["created"] > 0
    (connection,) = folder.json("crm", "status", "second")["connections"]
    assert run["counts"]["created"] == connection["counts"]["linked"]
    (again,) = folder.json("crm", "sync", "second")
    assert (again["counts"].get("created", 0), again["counts"].get("updated", 0)) == (0, 0)
    assert folder.json("crm", "diff", "second")["totals"]["to_create"] == 0


def test_people_are_told_once(folder: Folder) -> None:
    lead = str(folder.json("leads", "--limit", "1")[0]["id"])
    folder.run("leads", "assign", lead)  # nobody's, whoever had it
    folder.json("notify", "add-channel", "Trial", "log")
    folder.json("notify", "add-rule", "assigned", "--to", "Trial")
    assert folder.run("leads", "assign", lead, "mara@leadline.example").returncode == 0
    for _ in range(2):
        folder.json("notify", "run")
    assert [each["state"] for each in folder.json("notify", "log") if each["channel_name"] == "Trial"] == ["sent"]


def test_what_nobody_needs_any_more_goes(folder: Folder) -> None:
    folder.json("privacy", "retention", "set", "visitors", "7")
    due = {each["rule"]: each["count"] for each in folder.json("privacy", "retention", "preview")}
    before = folder.json("status")["leads"]
    assert 0 < due["visitors"] < before
    assert folder.json("privacy", "retention", "run", "--yes", seconds=300)["state"] == "done"
    assert folder.json("status")["leads"] == before - due["visitors"]
    assert sum(each["count"] for each in folder.json("privacy", "retention", "preview")) == 0
