"""`leadline privacy erase`, `erasures`, `reapply`: asked, confirmed, carried out, proved, done again."""

import json
from pathlib import Path

import pytest
from tests.leadline_process import Folder

from leadline.pipeline.privacy import erasing, ledger
from leadline.privacy.models import ErasedName
from leadline.tracking.models import Identity, Lead

EMAIL = "ada@example.com"


@pytest.fixture
def ada(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Ada came in. The record store's files are not made anew: these tests run inside a transaction; the acceptance
    test does it."""
    monkeypatch.setattr(erasing, "sweep", lambda *_: None)
    bring_in(folder, tmp_path)
    return folder


def bring_in(folder: Folder, tmp_path: Path, number: str = "i-1") -> None:
    said = {"userId": "ada", "messageId": number, "timestamp": "2026-05-04T10:00:00Z", "traits": {"email": EMAIL}}
    path = tmp_path / "events.ndjson"
    path.write_text(json.dumps({"type": "identify", **said}))
    assert folder.run("import", str(path)).returncode == 0


def test_a_person_is_erased_and_the_proof_is_shown(ada: Folder) -> None:
    lead = Lead.objects.get().pk
    done = ada.run("privacy", "erase", EMAIL, "--yes")
    assert done.returncode == 0, done.stderr
    assert f"Lead {lead} is erased" in done.stdout
    assert {"Names", "What they did", "Profile"} <= {
        line[1:].split("│")[0].strip() for line in done.stdout.splitlines()
    }
    assert EMAIL not in done.stdout
    assert not Identity.objects.exists()
    (told,) = ada.json("privacy", "erasures")
    assert (told["lead"], told["state"], told["crm"], told["names"]) == (lead, "erased", "delete", 2)
    assert str(lead) in ada.run("privacy", "erasures").stdout
    assert "Names" in ada.run("privacy", "erasures", "--number", str(told["erasure"])).stdout
    again = ada.run("privacy", "erase", str(lead), "--yes")
    assert (again.returncode, "was erased at" in again.stderr) == (1, True)


def test_nothing_is_erased_without_a_yes(ada: Folder) -> None:
    assert ada.run("privacy", "erase", EMAIL, stdin="n\n").returncode != 0
    assert Lead.objects.count() == 1
    assert ada.json("privacy", "erasures") == []
    unknown = ada.run("privacy", "erasures", "--number", "55")
    assert (unknown.returncode, "There is no erasure 55" in unknown.stderr) == (1, True)
    assert ada.run("privacy", "erase", EMAIL, stdin="y\n").returncode == 0
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [(["nobody"], "Nobody is known as"), ([EMAIL, "--crm", "shred"], "Use delete, anonymise, keep.")],
)
def test_mistakes_are_explained(ada: Folder, given: list[str], words: str) -> None:
    refused = ada.run("privacy", "erase", *given, "--yes")
    assert (refused.returncode, words in refused.stderr) == (1, True), refused.stderr


def test_whom_a_backup_brought_back_is_erased_again(ada: Folder, tmp_path: Path) -> None:
    ada.run("privacy", "erase", EMAIL, "--yes")
    kept = tmp_path / "kept.jsonl"
    (ada.data / ledger.FILE_NAME).rename(kept)
    ErasedName.objects.all().delete()
    bring_in(ada, tmp_path, "i-2")
    assert Identity.objects.exists()
    assert ada.json("privacy", "reapply", "--ledger", str(kept), "--yes") == {"learnt": 2, "erasures": 1}
    assert not Identity.objects.exists()
    assert "0 people were erased again" in ada.run("privacy", "reapply", "--yes").stdout
    assert ada.run("privacy", "reapply", "--ledger", str(tmp_path / "nothing"), "--yes").returncode == 1
