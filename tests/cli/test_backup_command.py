"""What `leadline backup` and `restore` refuse, and in which words. What they do: tests/acceptance."""

from pathlib import Path

import pytest
from tests.leadline_process import Folder

from leadline.pipeline.backups import packing, sealing
from leadline.pipeline.backups.packing import Seal
from leadline.pipeline.backups.staging import Staged
from leadline.privacy.keys import parse_keys

KEY = "5a" * 32
"""What LEADLINE_SECRET_KEYS gives in tests (`tests/environment.py`)."""


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A file that is whole, and in which there is no installation."""
    (tmp_path / "staged" / "spool").mkdir(parents=True)
    (tmp_path / "staged" / "events.key").write_bytes(b"k" * 77)
    rows = {"records": {"tracking_lead": 3}, "events": {"events": 7}}
    staged = Staged(str(tmp_path / "staged"), "2026-11-23T02:00:00+00:00", "0.1.0", "sqlite", rows, 900)
    (master,) = parse_keys([KEY])
    seal = Seal(sealing.identity_of(master).to_public(), master)
    packing.pack(staged, tmp_path / "first.age", seal, lambda *_: None)
    return tmp_path / "first.age"


def test_verify_says_what_is_in_it(folder: Folder, backup: Path) -> None:
    told = folder.json("backup", "verify", str(backup))
    assert (told["records"], told["rows"]["events"], told["parts"]["events.key"]["size"]) == (
        "sqlite",
        {"events": 7},
        77,
    )
    shown = folder.run("backup", "verify", str(backup)).stdout
    assert "10 rows in 2 tables, 7 events." in shown
    assert "Every byte is as it was written." in shown


def test_mistakes_are_explained(folder: Folder, backup: Path, tmp_path: Path) -> None:
    letter, spoilt = tmp_path / "letter.txt", tmp_path / "spoilt.age"
    letter.write_text("Dear Ada,\n")
    spoilt.write_bytes(backup.read_bytes()[:-1])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "records.sqlite3").touch()
    for words, complaint in (
        (("restore", str(backup), "--to", str(tmp_path / "full")), "has data. Name another folder with --to"),
        (("restore", str(tmp_path / "nothing.age")), "There is no file"),
        (("restore", str(letter)), "is no backup of Leadline"),
        (("restore", str(backup), "--to", str(tmp_path / "a" / "b")), "There is no folder"),
        (("restore", str(backup), "--to", str(letter)), "is no folder"),
        (("restore", str(backup), "--to", "/proc"), "a disk is mounted"),
        (("restore", str(backup), "--erasures", str(tmp_path / "none")), "There is no file"),
        (("backup", "verify", str(spoilt)), "was changed or cut off. Use another copy"),
        (("backup", "verify", str(backup), "--identity", str(letter)), "is no file of age keys"),
        (("backup", str(backup)), "is there already"),
        (("backup", str(tmp_path / "no" / "b.age")), "There is no folder"),
        (("backup", str(folder.data / "b.age")), "inside the data folder is lost with it"),
        (("backup", str(tmp_path / "b.age"), "--recipient", "me"), "That is no recipient. It begins with age1"),
    ):
        refused = folder.run(*words)
        assert (refused.returncode, complaint in refused.stderr) == (1, True), (words, refused.stderr)
        assert "Traceback" not in refused.stderr
    assert not (tmp_path / "data.restoring").exists()


def test_other_keys_are_told_which_ones_open_it(folder: Folder, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADLINE_SECRET_KEYS")
    without = folder.run("backup", "verify", str(backup))
    assert (without.returncode, "--keys FILE" in without.stderr) == (1, True)
    folder.data.mkdir()
    (folder.data / "secret_keys").write_text("ab" * 32)
    other = folder.run("backup", "verify", str(backup))
    assert (other.returncode, "None of the keys at hand opens" in other.stderr) == (1, True)
    (folder.data / "kept").write_text(KEY)
    assert folder.run("backup", "verify", str(backup), "--keys", str(folder.data / "kept")).returncode == 0


@pytest.mark.parametrize(("given", "words"), [("short", "too short"), ("", "no terminal to ask")])
def test_a_passphrase_is_long_and_comes_from_somewhere(
    given: str, words: str, folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_BACKUP_PASSPHRASE", given)
    refused = folder.run("backup", "--passphrase", str(tmp_path / "b.age"))
    assert (refused.returncode, words in refused.stderr) == (1, True)
    assert not (tmp_path / "b.age").exists()
    both = folder.run("backup", "--passphrase", "--recipient", "age1x", str(tmp_path / "b.age"))
    assert (both.returncode, "not both" in both.stderr) == (2, True)
