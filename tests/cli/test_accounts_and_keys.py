"""Write keys and sign-ins are made on the command line; secrets are shown once."""

import json
import stat

from tests.leadline_process import Folder

from leadline.accounts.invitations import invited
from leadline.accounts.models import User


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


def opened_by(link: str) -> User | None:
    number, key = link.removeprefix("http://localhost:8000/invitation/").split("/")
    return invited(int(number), key)


def test_an_account_is_made_with_a_password_or_a_link_to_set_one(folder: Folder) -> None:
    by_link = folder.json("users", "create", "Kim@works.example", "--role", "administrator")
    kim = User.objects.get(email="kim@works.example")
    assert by_link["role"] == "administrator"
    assert opened_by(by_link["link"]) == kim
    assert not kim.has_usable_password()
    shown = folder.run("users", "create", "sam@works.example").stdout
    assert opened_by(next(word for word in shown.split() if "/invitation/" in word)) == User.objects.latest("pk")
    none = folder.run("users", "create", "bo@works.example", "--password-stdin", stdin="\n")
    assert (none.returncode, "too short" in none.stderr) == (1, True)
    own = folder.run("users", "create", "lee@works.example", "--password-stdin", stdin="correct horse battery\n")
    assert own.returncode == 0
    assert "correct horse" not in own.stdout
    twice = folder.run("users", "create", "kim@works.example")
    assert (twice.returncode, "has an account already" in twice.stderr) == (1, True)
    weak = folder.run("users", "create", "bo@works.example", "--password-stdin", stdin="short\n")
    assert (weak.returncode, "too short" in weak.stderr) == (1, True)


def test_whoever_forgot_the_password_gets_a_link_or_a_new_one(folder: Folder) -> None:
    folder.run("users", "create", "kim@works.example", "--password-stdin", stdin="correct horse battery\n")
    shown = folder.run("users", "password", "kim@works.example").stdout
    kim = User.objects.get(email="kim@works.example")
    assert opened_by(next(word for word in shown.split() if "/invitation/" in word)) == kim
    assert kim.check_password("correct horse battery"), "it is good until the link is used"
    folder.run("users", "password", "kim@works.example", "--password-stdin", stdin="battery horse correct\n")
    kim.refresh_from_db()
    assert kim.check_password("battery horse correct")
    folder.json("users", "change", "kim@works.example", "--inactive")
    refused = folder.run("users", "password", "kim@works.example")
    assert (refused.returncode, "may not sign in" in refused.stderr) == (1, True)


def test_a_role_and_which_leads_somebody_sees_can_be_changed(folder: Folder) -> None:
    folder.json("users", "create", "kim@works.example", "--role", "administrator")
    folder.json("users", "create", "sam@works.example", "--sees", "own")
    assert {row["email"]: (row["role"], row["sees"]) for row in folder.json("users", "list")} == {
        "kim@works.example": ("administrator", "all"),
        "sam@works.example": ("sales", "own"),
    }
    changed = folder.json("users", "change", "sam@works.example", "--role", "analyst", "--inactive")
    assert (changed["role"], changed["active"]) == ("analyst", False)
    last = folder.run("users", "change", "kim@works.example", "--role", "auditor")
    assert (last.returncode, "only administrator" in last.stderr) == (1, True)


def test_a_token_is_narrowed_to_scopes_and_a_time(folder: Folder) -> None:
    folder.json("users", "create", "kim@works.example", "--role", "administrator")
    made = folder.json("tokens", "create", "kim@works.example", "--name", "reports", "--scope", "read", "--days", "30")
    assert (made["scopes"], made["expires_at"] is None) == (["read"], False)
    (listed,) = folder.json("tokens", "list")
    assert (listed["scopes"], listed["ending"]) == (["read"], made["token"][-4:])
    unknown = folder.run("tokens", "create", "kim@works.example", "--name", "x", "--scope", "leads:eat")
    assert (unknown.returncode, "leads:read" in unknown.stderr) == (1, True)


def test_lost_factors_are_taken_away_and_somebody_is_signed_out(folder: Folder) -> None:
    folder.json("users", "create", "kim@works.example")
    assert folder.json("users", "forget-factors", "Kim@works.example") == {
        "email": "kim@works.example",
        "forgotten": 0,
        "signed_out": 0,
    }
    assert folder.json("users", "sign-out", "kim@works.example") == {"email": "kim@works.example", "signed_out": 0}
    nobody = folder.run("users", "sign-out", "lee@works.example")
    assert (nobody.returncode, "has no account" in nobody.stderr) == (1, True)
