"""Event sources on the command line: made, set, listed, with keys that rotate."""

import json
from typing import Any

from tests.leadline_process import Folder


def entries(folder: Folder) -> list[Any]:
    return list(json.loads((folder.data / "keyring.json").read_text())["keys"].values())


def test_without_any_the_next_step_is_told(folder: Folder) -> None:
    assert "leadline sources create website" in folder.run("sources", "list").stdout
    assert "leadline keys create website" in folder.run("keys", "list").stdout
    assert folder.json("sources", "list") == folder.json("keys", "list") == []


def test_a_source_is_made_set_and_listed(folder: Folder) -> None:
    made = folder.json("sources", "create", "website")
    assert made == {
        "name": "website",
        "mode": "block",
        "test": False,
        "origins": [],
        "rate": 0,
        "keys": 0,
        "last_event_at": None,
    }
    options = (
        "--mode",
        "warn",
        "--test",
        "--origin",
        "https://A.example",
        "--origin",
        "https://*.a.example",
        "--rate",
        "20",
    )
    changed = folder.json("sources", "set", "website", *options)
    assert changed["origins"] == ["https://a.example", "https://*.a.example"]
    assert (changed["mode"], changed["test"], changed["rate"]) == ("warn", True, 20)
    assert folder.json("sources", "list") == [changed]
    shown = folder.run("sources", "list").stdout
    assert "https://*.a.example" in shown
    assert "website" in shown


def test_what_is_not_given_stays(folder: Folder) -> None:
    folder.run("sources", "create", "website")
    folder.run("sources", "set", "website", "--origin", "https://a.example", "--test")
    kept = folder.json("sources", "set", "website", "--rate", "5")
    assert (kept["origins"], kept["test"], kept["rate"]) == (["https://a.example"], True, 5)
    cleared = folder.json("sources", "set", "website", "--origin", "", "--no-test", "--rate", "0")
    assert (cleared["origins"], cleared["test"], cleared["rate"]) == ([], False, 0)


def test_settings_reach_the_keyring(folder: Folder) -> None:
    folder.run("keys", "create", "website")
    folder.run("sources", "set", "website", "--origin", "https://a.example", "--rate", "7")
    (entry,) = entries(folder)
    assert (entry["name"], entry["origins"], entry["rate"]) == ("website", ["https://a.example"], 7)


def test_keys_rotate(folder: Folder) -> None:
    old = folder.json("keys", "create", "website")["write_key"]
    new = folder.json("keys", "create", "website")["write_key"]
    assert (len(entries(folder)), folder.json("sources", "list")[0]["keys"]) == (2, 2)
    assert folder.json("keys", "revoke", old[-4:]) == {"ending": old[-4:], "revoked": 1}
    assert (len(entries(folder)), folder.json("sources", "list")[0]["keys"]) == (1, 1)
    assert f"…{new[-4:]}" in folder.run("keys", "list").stdout


def test_mistakes_are_told_in_a_line(folder: Folder) -> None:
    folder.run("sources", "create", "website")
    for arguments, fault in (
        (("sources", "create", "website"), "already"),
        (("sources", "create", "my shop"), "cannot name an event source"),
        (("sources", "set", "shop", "--rate", "5"), "no event source 'shop'"),
        (("sources", "set", "website", "--origin", "a.example"), "no web origin"),
        (("sources", "set", "website", "--rate", "-1"), "not between"),
    ):
        refused = folder.run(*arguments)
        assert (refused.returncode, fault in refused.stderr) == (1, True), refused.stderr
    assert folder.run("sources", "set", "website", "--mode", "strict").returncode == 2
