"""`leadline privacy requests` and `leadline privacy request`: written down, checked, carried out, proved."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.leadline_process import Folder

from leadline.accounts.models import AuditEntry
from leadline.pipeline.privacy import erasing
from leadline.tracking.models import Identity, Lead

EMAIL = "ada@example.com"


@pytest.fixture
def ada(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Ada came in. The record store's files are not made anew: these tests run inside a transaction."""
    monkeypatch.setattr(erasing, "sweep", lambda *_: None)
    file = tmp_path / "people.jsonl"
    traits = {"email": EMAIL, "name": "Adda"}
    file.write_text(json.dumps({"type": "identify", "userId": "user-ada", "messageId": "i-1", "traits": traits}))
    done = folder.run("import", str(file), "--source", "import")
    assert done.returncode == 0, done.stderr
    return folder


def told(folder: Folder, *arguments: str) -> dict[str, Any]:
    """What a command says of a request."""
    done = folder.run("privacy", "request", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_request_is_written_down_checked_carried_out_and_listed(ada: Folder) -> None:
    new = told(ada, "new", "rectification", EMAIL, "--text", "My name is Ada")
    number, lead = str(new["request"]), new["lead"]
    assert (new["state"], new["asked"]["text"]) == ("received", "My name is Ada")
    early = ada.run("privacy", "request", "carry-out", number, "--set", "name=Ada")
    assert early.returncode != 0
    assert "not checked" in early.stderr
    assert told(ada, "verify", number, "--how", "called back")["state"] == "verified"
    assert told(ada, "extend", number, "--because", "many")["due_at"] > new["due_at"]
    done = told(ada, "carry-out", number, "--set", "name=Ada", "--set", "phone=")
    assert (done["state"], done["proof"]) == ("done", {"corrected": ["name", "phone"]})
    assert Lead.objects.get(pk=lead).card["name"] == "Ada"
    assert json.loads(ada.run("privacy", "requests", "--json").stdout) == []
    [row] = json.loads(ada.run("privacy", "requests", "--state", "all", "--json").stdout)
    assert row["request"] == new["request"]
    assert "asked" not in row
    table = ada.run("privacy", "requests", "--state", "done").stdout
    assert "rectification" in table
    assert EMAIL not in table
    assert EMAIL in ada.run("privacy", "request", "show", number).stdout
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"request.changed", "request.seen"} <= verbs
    assert "ada" not in json.dumps(list(AuditEntry.objects.values_list("numbers", flat=True))).lower()


def test_an_archive_is_made_ready_written_to_a_file_and_handed_over(ada: Folder, tmp_path: Path) -> None:
    new = told(ada, "new", "access", EMAIL)
    number, file = str(new["request"]), tmp_path / "ada.zip"
    early = ada.run("privacy", "request", "archive", number, "--out", str(file))
    assert early.returncode != 0
    assert "no archive to hand over" in early.stderr
    told(ada, "verify", number, "--how", "called back")
    ready = ada.run("privacy", "request", "carry-out", number).stdout
    for words in ("access: ready, due", "They do not have it yet", f"request archive {number}", f"hand-over {number}"):
        assert words in ready
    [row] = json.loads(ada.run("privacy", "requests", "--json").stdout)
    assert (row["state"], row["finished_at"]) == ("ready", None)
    assert "hand-over" in ada.run("privacy", "request", "archive", number, "--out", str(file)).stdout
    assert zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o077 == 0
    assert told(ada, "show", number)["state"] == "ready"
    done = told(ada, "hand-over", number, "--how", "registered letter")
    assert (done["state"], done["asked"]["handed_over"]) == ("done", "registered letter")
    assert (done["proof"]["handed_over"]["how"], done["proof"]["handed_over"]["via"]) == ("by_hand", "cli")
    made = AuditEntry.objects.get(verb="archive.made")
    assert (made.about_number, made.numbers["subject_request"]) == (new["lead"], new["request"])
    entry = AuditEntry.objects.filter(verb="request.changed").latest("number")
    assert (entry.about, entry.about_number) == ("request", new["request"])
    assert entry.numbers["command"] == "privacy.request.hand-over"


def test_that_nothing_is_held_is_to_be_told_too(ada: Folder) -> None:
    number = str(told(ada, "new", "access", "nobody@example.com")["request"])
    told(ada, "verify", number, "--how", "called back")
    assert "Nothing is held about them. Tell them so" in ada.run("privacy", "request", "carry-out", number).stdout
    assert told(ada, "hand-over", number, "--how", "by telephone")["state"] == "done"


def test_an_erasure_returns_when_nothing_is_left(ada: Folder) -> None:
    number = str(told(ada, "new", "erasure", EMAIL)["request"])
    told(ada, "verify", number, "--how", "called back")
    asked = ada.run("privacy", "request", "carry-out", number, stdin="n\n")
    assert asked.returncode != 0
    assert Identity.objects.exists()
    done = told(ada, "carry-out", number, "--yes")
    assert (done["state"], done["asked"], done["people"]) == ("done", None, [])
    assert not any(done["proof"]["left"].values())
    assert not Identity.objects.exists()


def test_a_refusal_has_a_reason_and_mistakes_are_told(ada: Folder) -> None:
    number = str(told(ada, "new", "objection", EMAIL)["request"])
    assert told(ada, "refuse", number, "--because", "not them")["state"] == "refused"
    for arguments, said in (
        (("show", "987"), "There is no request 987"),
        (("new", "forget", EMAIL), "is no kind of request"),
        (("new", "access", "nobody"), "no e-mail address"),
        (("carry-out", number, "--set", "name"), "is no correction"),
        (("carry-out", number), "is refused"),
    ):
        done = ada.run("privacy", "request", *arguments)
        assert done.returncode != 0
        assert said in done.stderr
    assert "no state" in ada.run("privacy", "requests", "--state", "lost").stderr
