"""`leadline notify`: channels, rules, what was sent, from the command line."""

import json

import pytest
from tests.leadline_process import Folder

pytestmark = pytest.mark.django_db

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#sales"


def test_a_channel_is_made_from_standard_input_and_its_address_is_never_told(folder: Folder) -> None:
    given = ("--quiet", "22-7", "--zone", "Asia/Manila", "--digest", "8,17", "--json")
    made = json.loads(folder.run("notify", "add-channel", "Sales", *given, stdin=f"{SLACK}\n").stdout)
    assert (made["service"], made["quiet_from"], made["digest_hours"]) == ("Slack", 22, [8, 17])
    changed = folder.json(
        "notify", "change-channel", str(made["number"]), "--quiet", "none", "--digest", "none", "--off"
    )
    assert (changed["quiet_from"], changed["digest_hours"], changed["enabled"]) == (None, [], False)
    said = folder.run("notify", "channels").stdout + folder.run("notify", "channels", "--json").stdout + str(made)
    assert "Sales" in said
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in said
    refused = folder.run("notify", "add-channel", "Other", "nosuch://TIiajkdnlazkcOXrIdevi7FQ/x")
    assert refused.returncode == 1
    assert "TIiaj" not in refused.stderr
    assert "Removed channel" in folder.run("notify", "remove-channel", str(made["number"])).stdout


def test_a_test_says_what_came_of_it(folder: Folder) -> None:
    log = folder.json("notify", "add-channel", "Trial", "log")
    assert "Trial: sent" in folder.run("notify", "test", str(log["number"])).stdout
    mail = folder.json("notify", "add-channel", "Mail", "team@leadline.test")
    failed = folder.run("notify", "test", str(mail["number"]))
    assert failed.returncode == 1
    assert "No mail server is set up" in failed.stdout
    (last, first) = folder.json("notify", "log")
    assert (first["state"], last["state"]) == ("sent", "failed")
    assert "waits to be sent to Mail" in folder.run("notify", "resend", str(last["number"])).stdout
    assert folder.json("notify", "log", "--state", "due")[0]["number"] == last["number"]
    assert folder.json("notify", "run") == {"made": 0, "sent": 0}


def test_a_rule_is_made_tried_changed_switched_and_removed(folder: Folder) -> None:
    folder.json("notify", "add-channel", "Trial", "log")
    rule = folder.json(
        "notify", "add-rule", "stage", "--stage", "qualified", "--grade", "A", "--to", "Trial", "--to-owner"
    )
    assert rule["sentence"] == "A lead enters Qualified, with grade A"
    assert rule["goes_to"] == "the lead's owner, Trial"
    number = str(rule["number"])
    assert "told nothing in the last 30 days" in folder.run("notify", "preview", number).stdout
    assert folder.json("notify", "preview", "jump", "--points", "30", "--days", "14")["count"] == 0
    changed = folder.json("notify", "change-rule", number, "--quiet-hours", "48", "--not-to-owner", "--digest")
    assert (changed["quiet_hours"], changed["to_owner"], changed["digest"]) == (48, False, True)
    assert changed["conditions"] == {"stages": ["qualified"], "grades": ["A"]}
    assert folder.json("notify", "disable", number)["enabled"] is False
    assert folder.json("notify", "enable", number)["enabled"] is True
    assert "A lead enters Qualified" in folder.run("notify", "rules").stdout
    assert "Removed rule" in folder.run("notify", "remove-rule", number).stdout
    assert folder.json("notify", "rules") == []


def test_what_makes_no_sense_is_told_in_a_line(folder: Folder) -> None:
    refused = folder.run("notify", "add-rule", "moon")
    assert refused.returncode == 1
    assert "'moon' is no trigger" in refused.stderr
    assert "Which stages?" in folder.run("notify", "add-rule", "stage").stderr
    assert "no condition 'points'" in folder.run("notify", "add-rule", "breach", "--points", "3").stderr
    assert "There is no channel 'None'" in folder.run("notify", "add-rule", "breach", "--to", "None").stderr
