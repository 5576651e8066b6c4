"""`leadline identities` and `leadline traffic`: previews, questions, and what programs get."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.leadline_process import Folder

BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def identify(user: str, number: int, email: str) -> dict[str, Any]:
    named = {
        "type": "identify",
        "userId": user,
        "messageId": f"i-{number}",
        "timestamp": f"2026-05-04T10:00:{number:02}Z",
    }
    return {**named, "traits": {"email": email}}


@pytest.fixture
def people(folder: Folder, tmp_path: Path) -> Folder:
    """Two accounts with one address, a third person, and a robot's event."""
    events = [
        identify("ada", 1, "ada@works.example"),
        identify("ada2", 2, "ada@works.example"),
        identify("bo", 3, "bo@ours.example"),
        {**identify("bo", 4, "bo@ours.example"), "context": {"userAgent": BOT}},
    ]
    path = tmp_path / "events.ndjson"
    path.write_text("\n".join(map(json.dumps, events)))
    assert folder.run("import", str(path)).returncode == 0
    return folder


def test_a_refused_merge_is_listed_merged_and_taken_back(people: Folder) -> None:
    (warning,) = people.json("identities", "warnings")
    assert (warning["identity"], warning["owner"], warning["dismissed"]) == ("ada2", "ada", False)
    assert "same e-mail address" in people.run("identities", "warnings").stdout
    shown = people.run("identities", "merge", "ada2", "ada", "--dry-run")
    assert "As it would be" in shown.stdout
    preview = people.json("identities", "merge", "ada2", "ada", "--dry-run")
    assert [len(preview["before"]), len(preview["after"])] == [2, 1]
    assert len(people.json("identities", "list", "ada")) == 2
    asked = people.run("identities", "merge", "ada2", "ada", stdin="n\n")
    assert "Do it?" in asked.stdout
    assert len(people.json("identities", "list", "ada")) == 2
    done = people.run("identities", "merge", "ada2", "ada", stdin="y\n")
    assert "both are scored again" in done.stdout
    names = {row["value"]: row["by_hand"] for row in people.json("identities", "list", "ada")}
    assert names == {"ada": False, "ada2": True, "ada@works.example": False}
    assert "by hand" in people.run("identities", "list", "ada").stdout
    assert people.json("identities", "warnings") == []
    assert "No merge was refused" in people.run("identities", "warnings").stdout
    assert people.json("identities", "warnings", "--all")[0]["dismissed"]
    back = people.json("identities", "unmerge", "ada2", "ada")
    assert len(back["moved"]) == 1
    assert len(people.json("identities", "list", "ada")) == 2


def test_a_merge_that_cannot_be_is_told_in_a_line(people: Folder) -> None:
    for arguments, words in (
        (("ada", "ada"), "cannot be merged into itself"),
        (("ada", "nobody"), "Nobody is known as 'nobody'"),
    ):
        done = people.run("identities", "merge", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert words in done.stderr


def test_rules_about_our_own_people(people: Folder) -> None:
    assert "There is no rule" in people.run("traffic", "list").stdout
    assert people.json("status")["noise"] == {"bot": 1, "internal": 0}
    assert people.json("status")["leads"] == 3
    added = people.json("traffic", "add", "email-domain", "ours.example", "--note", "staff")
    assert (added["kind"], added["value"], added["people"]) == ("email-domain", "ours.example", 1)
    assert people.json("status")["leads"] == 2
    assert "1 of the stored" in people.run("status").stdout
    assert people.json("explain", "bo@ours.example")["noise"] == "internal"
    assert "nothing they do counts" in people.run("explain", "bo@ours.example").stdout
    assert "staff" in people.run("traffic", "list").stdout
    assert [rule["value"] for rule in people.json("traffic", "list")] == ["ours.example"]
    removed = people.run("traffic", "remove", "email-domain", "ours.example")
    assert "counted again: 1 person" in removed.stdout
    assert people.json("status")["leads"] == 3
    assert (
        "Internal from now on: host staging.example.com"
        in people.run("traffic", "add", "host", "staging.example.com").stdout
    )
    for arguments in (("add", "network", "office"), ("remove", "host", "a.example"), ("add", "colour", "blue")):
        assert people.run("traffic", *arguments).returncode == 1
