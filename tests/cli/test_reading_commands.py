"""What is in an installation: as JSON in the shapes that scripts rely on, and as tables for people."""

import pytest
from tests.leadline_process import Folder

LEAD = {
    "id",
    "user_id",
    "engagement",
    "readiness",
    "conversion",
    "total",
    "grade",
    "fit",
    "stage",
    "scored_at",
    "ruleset",
}
COUNTS = {"accepted", "stored", "duplicates", "quarantined", "suppressed"}
STATUS = COUNTS | {"crm", "noise", "spool_lag_seconds", "leads", "by_stage"}


def test_status_tells_what_became_of_every_accepted_message(filled: Folder) -> None:
    report = filled.json("status")
    assert set(report) == STATUS
    assert report["accepted"] == report["stored"] + report["duplicates"] + report["quarantined"] > 100
    assert list(report["by_stage"])[:4] == [
        "initial_engagement",
        "profile_development",
        "conversion_signals",
        "qualified",
    ]
    assert sum(report["by_stage"].values()) == report["leads"]
    assert report["spool_lag_seconds"] == 0
    assert filled.json("events", "count") == {"count": report["stored"]}


def test_leads_come_with_the_highest_total_first(filled: Folder) -> None:
    rows = filled.json("leads", "--limit", "5")
    assert len(rows) == 5
    assert {frozenset(row) for row in rows} == {frozenset(LEAD)}
    totals = [row["total"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert all(0 <= row[name] <= 100 for row in rows for name in ("engagement", "readiness", "conversion", "total"))


def test_an_explanation_adds_up_to_the_stored_total(filled: Folder) -> None:
    row = filled.json("leads", "--limit", "1")[0]
    told = filled.json("explain", str(row["id"]))
    assert set(told) >= {"lead", "as_of", "ruleset", "total", "ledger"}
    assert (told["lead"], told["ruleset"], told["total"]) == (row["id"], row["ruleset"], row["total"])
    assert set(told["ledger"][0]) >= {"dimension", "factor", "metric", "raw", "score", "points"}
    assert sum(line["points"] for line in told["ledger"]) == pytest.approx(told["total"], abs=1e-6)


def test_a_lead_is_found_by_its_user_id_as_well(filled: Folder) -> None:
    row = next(row for row in filled.json("leads", "--limit", "40") if row["user_id"])
    assert filled.json("explain", row["user_id"])["lead"] == row["id"]


def test_people_get_tables(filled: Folder) -> None:
    for arguments, words in [
        (["status"], ["Accepted", "Spool lag", "initial engagement"]),
        (["leads", "--limit", "3"], ["Total", "Grade"]),
        (["events", "count"], [" events"]),
        (["doctor"], ["record store", "event store encryption"]),
        (["keys", "list"], ["leadline keys create"]),
    ]:
        done = filled.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert all(word in done.stdout for word in words), done.stdout


def test_a_rescore_of_another_day_changes_scores_and_no_stages(filled: Folder) -> None:
    before = filled.json("status")["by_stage"]
    later = filled.json("rescore", "--as-of", "2031-01-01")
    assert later["as_of"].startswith("2031-01-01")
    assert filled.json("leads", "--limit", "1")[0]["total"] < 30
    assert filled.json("status")["by_stage"] == before
    again = filled.json("rescore")
    assert again["leads"] == later["leads"]
    assert filled.json("leads", "--limit", "1")[0]["total"] > 30
    assert filled.json("status")["by_stage"] == before


def test_the_doctor_finds_a_new_installation_sound(filled: Folder) -> None:
    findings = filled.json("doctor")
    assert {finding["check"] for finding in findings} >= {"data folder", "secret keys", "spool", "collector"}
    assert all(finding["ok"] for finding in findings)


def test_a_demonstration_started_again_adds_nothing_twice(filled: Folder) -> None:
    before = filled.json("status")
    assert filled.run("demo").returncode == 0
    after = filled.json("status")
    assert after["duplicates"] == before["duplicates"]
    assert after["stored"] - before["stored"] < 60


def test_a_demonstration_does_not_mix_with_somebodys_events(folder: Folder, tmp_path: object) -> None:
    from pathlib import Path

    from event_files import lines, write

    folder.run("import", str(write(Path(str(tmp_path)) / "one.ndjson", lines(1))))
    done = folder.run("demo", "--leads", "5")
    assert done.returncode == 1
    assert "holds events already" in done.stderr
