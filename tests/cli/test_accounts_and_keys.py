"""Write keys and sign-ins are made on the command line; secrets are shown once."""

import json
import stat

from tests.leadline_process import Folder


def test_a_write_key_is_shown_once_and_revoked_by_its_ending(folder: Folder) -> None:
    made = folder.json("keys", "create", "website")
    assert set(made) == {"source", "write_key"}
    assert made["source"] == "website"
    listed = folder.json("keys", "list")
    assert [(row["source"], row["ending"], row["revoked_at"]) for row in listed] == [
        ("website", made["write_key"][-4:], None)
    ]
    keyring = folder.data / "keyring.json"
    assert made["write_key"] not in keyring.read_text()
    assert len(json.loads(keyring.read_text())["keys"]) == 1
    assert folder.run("keys", "revoke", made["write_key"][-4:]).returncode == 0
    assert json.loads(keyring.read_text())["keys"] == {}
    assert stat.S_IMODE(keyring.stat().st_mode) == 0o600


def test_an_account_is_made_with_a_password_of_ones_own_or_a_made_up_one(folder: Folder) -> None:
    made_up = folder.json("users", "create", "Kim@works.example", "--role", "administrator")
    assert made_up["role"] == "administrator"
    assert len(made_up["password"]) >= 16
    own = folder.run("users", "create", "lee@works.example", "--password-stdin", stdin="correct horse battery\n")
    assert own.returncode == 0
    assert "correct horse" not in own.stdout
    twice = folder.run("users", "create", "kim@works.example")
    assert (twice.returncode, "has an account already" in twice.stderr) == (1, True)
    weak = folder.run("users", "create", "bo@works.example", "--password-stdin", stdin="short\n")
    assert (weak.returncode, "too short" in weak.stderr) == (1, True)
