"""`leadline quarantine` and `leadline plan`: finding, repairing and replaying; checking and making a plan."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.leadline_process import Folder


@pytest.fixture
def held(folder: Folder, tmp_path: Path) -> Folder:
    """An installation with three messages in quarantine, two of which a cast repairs."""
    file = tmp_path / "quotes.ndjson"
    quotes = [{"quote_id": f"q{seats}", "seats": seats} for seats in ("4", "12", "many")]
    rows = [{"type": "track", "event": "Quote Requested", "userId": "u1", "properties": quote} for quote in quotes]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    folder.json("import", str(file), "--source", "crm")
    return folder


def said(folder: Folder, *arguments: str) -> str:
    done = folder.run(*arguments)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


CAST = ("--reason", "Datatype-Mismatch", "--cast", "properties.seats:integer")


def test_find_try_replay(held: Folder) -> None:
    rows: list[dict[str, Any]] = held.json("quarantine", "list", "--source", "crm")
    assert [row["code"] for row in rows] == ["Datatype-Mismatch"] * 3
    shown = held.json("quarantine", "show", str(rows[-1]["id"]))
    assert shown["body"]["properties"] == {"quote_id": "q4", "seats": "4"}
    tried = held.json("quarantine", "replay", *CAST, "--dry-run")
    assert (tried["messages"], tried["valid"], tried["replayed"]) == (3, 2, 0)
    assert "2 of 3 messages would be replayed." in said(held, "quarantine", "replay", *CAST, "--dry-run")
    done = held.json("quarantine", "replay", *CAST)
    assert (done["replayed"], done["refused"]) == (2, {"steps_do_not_fit": 1})
    status = held.json("status")
    assert (status["accepted"], status["stored"], status["quarantined"]) == (3, 2, 1)
    again = held.json("quarantine", "replay", "--id", str(rows[-1]["id"]), "--cast", "properties.seats:integer")
    assert again["replayed"] == 1
    assert (held.json("status")["stored"], held.json("status")["duplicates"]) == (2, 1)
    assert len(held.json("quarantine", "list", "--replayed", "yes")) == 2


def test_tables_for_people(held: Folder) -> None:
    assert "seats is string, planned is integer" in said(held, "quarantine", "list")
    number = str(held.json("quarantine", "list")[0]["id"])
    shown = said(held, "quarantine", "show", number)
    assert "Quote Requested of crm, seats is string, planned is integer" in shown
    assert "Now: seats is string, planned is integer" in shown
    done = said(held, "quarantine", "replay", "--set", "properties.seats=7", "--remove", "properties.note")
    assert "3 of 3 messages replayed." in done
    assert "No message is held." in said(held, "quarantine", "list")


def test_mistakes_are_told(held: Folder) -> None:
    wrong = {
        ("replay", "--cast", "properties.seats"): "needs a :",
        ("replay", "--cast", "properties.seats:text"): "'text' is no type to cast to. Use one of string",
        ("replay", "--rename", "properties.seats="): "is no path",
        ("list", "--source", "nowhere"): "There is no source 'nowhere'.",
        ("show", "999"): "There is no message 999 in quarantine.",
    }
    for arguments, told in wrong.items():
        done = held.run("quarantine", *arguments)
        assert done.returncode in {1, 2}
        assert told in done.stderr.replace("\n", " ")


def test_a_plan_is_checked(folder: Folder, tmp_path: Path) -> None:
    report = folder.json("plan", "validate", "offshore-staffing")
    assert (report["name"], report["version"], report["includes"]) == ("offshore-staffing", "2", ["learning"])
    assert "is valid" in said(folder, "plan", "validate", "learning")
    file = tmp_path / "plan.yaml"
    file.write_text("name: x\nevents: {A: {properties: {a: {type: text}}}}")
    refused = folder.run("plan", "validate", str(file))
    assert refused.returncode == 1
    assert "The tracking plan is invalid" in refused.stderr


def test_a_first_plan_is_made_and_is_valid(filled: Folder, tmp_path: Path) -> None:
    file = tmp_path / "made.yaml"
    assert "events, from" in said(filled, "plan", "infer", "-o", str(file), "--days", "60")
    assert filled.json("plan", "validate", str(file))["events"] > 10
    assert filled.json("plan", "infer", "--source", "crm", "--days", "60")["names"] < 10
    assert filled.run("plan", "infer", "--source", "website").stdout.startswith("# Inferred from ")


def test_what_breaks_the_plan_is_listed(held: Folder, filled: Folder) -> None:
    (row,) = held.json("plan", "violations")
    assert (row["source"], row["kind"], row["property"], row["week"], row["blocked"]) == (
        "crm", "Datatype-Mismatch", "seats", 3, 3,
    )  # fmt: skip
    assert "seats is string" in said(held, "plan", "violations", "--source", "crm")
    assert filled.json("plan", "violations", "--source", "website") == []
    assert "No event broke the plan" in said(filled, "plan", "violations", "--source", "website")
