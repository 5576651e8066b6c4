"""`leadline backup` and `restore`, by the real program: an installation goes, comes back, and nobody erased with it.

Bound: five minutes.
"""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.leadline_process import Folder

from leadline.eventstore.database import EventStore
from leadline.eventstore.snapshots import row_counts
from leadline.pipeline.ownership import FolderLock
from leadline.privacy.keys import derive_keys

CANARY = "canary-4711-backup"
PEOPLE = ("ada", "ben", "cleo")
OURS = {"LEADLINE_SECRET_KEYS": ""}
"""These installations make keys of their own, in their folders."""
PASSPHRASE = "correct horse battery"
TRIES = 10


def lives(path: Path) -> Path:
    """A file of events: each of three people, Ada with a canary in whatever a person can say."""
    lines: list[dict[str, object]] = []
    for person in PEOPLE:
        word = CANARY if person == "ada" else person
        said = {"userId": person, "timestamp": "2026-05-04T10:00:00Z"}
        traits = {"email": f"{person}@example.com", "name": f"{person} {word}"}
        lines.append({**said, "type": "identify", "messageId": f"{person}-1", "traits": traits})
        seen = {"page": {"path": f"/{word}/pricing"}}
        lines.append({**said, "type": "page", "messageId": f"{person}-2", "context": seen})
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """An installation and, beside it, its backup `first.age`."""
    place = tmp_path_factory.mktemp("original")
    folder = Folder(place / "data", OURS)
    assert folder.run("import", str(lives(place / "events.ndjson"))).returncode == 0
    done = folder.run("backup", str(place / "first.age"))
    assert done.returncode == 0, done.stderr
    assert f"keep {folder.data / 'secret_keys'} elsewhere" in done.stderr.replace("\n", "")
    return folder


@pytest.fixture
def folder(original: Folder, tmp_path: Path) -> Iterator[Folder]:
    """A copy that a test may change."""
    shutil.copytree(original.data, tmp_path / "data")
    shutil.copy(first(original), tmp_path / "first.age")
    yield Folder(tmp_path / "data", OURS)
    assert not list(tmp_path.glob("data.restoring"))


def first(folder: Folder) -> Path:
    return folder.data.with_name("first.age")


def counts(data: Path) -> dict[str, dict[str, int]]:
    """Every table of both stores, with its number of rows; but of what commands themselves write."""
    with closing(sqlite3.connect(data / "records.sqlite3")) as records:
        names = [name for (name,) in records.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        of_records = {name: records.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608  # its own names
    store = EventStore.open(data, keys_of(data))
    with store.cursor() as cursor:
        of_events = row_counts(cursor)
    store.close()
    own = ("accounts_auditentry", "pipeline_job", "sqlite_sequence")
    return {"records": {name: rows for name, rows in of_records.items() if name not in own}, "events": of_events}


def keys_of(data: Path) -> list[bytes]:
    before = os.environ.pop("LEADLINE_SECRET_KEYS")
    try:
        return derive_keys(data, "event-store")
    finally:
        os.environ["LEADLINE_SECRET_KEYS"] = before


def count_in_events(data: Path, scratch: Path, word: str) -> int:
    """How often a word stands in an uncompressed copy, in clear, of the event store."""
    store = EventStore.open(data, keys_of(data))
    with store.cursor() as cursor:
        cursor.execute("SET force_compression = 'uncompressed'")
        cursor.execute(f"ATTACH '{scratch}' AS plain; COPY FROM DATABASE store TO plain; DETACH plain")
    store.close()
    count = scratch.read_bytes().count(word.encode())
    scratch.unlink()
    return count


def people(folder: Folder) -> set[str]:
    return {lead["user_id"] for lead in folder.json("leads") if lead["user_id"]}


def test_every_table_is_as_it_was(folder: Folder, tmp_path: Path) -> None:
    before = counts(folder.data)
    keys = ("--keys", str(folder.data / "secret_keys"))
    done = folder.run("restore", str(first(folder)), "--to", str(tmp_path / "again"), *keys)
    assert done.returncode == 0, done.stderr
    assert counts(tmp_path / "again") == before
    again = Folder(tmp_path / "again", OURS)
    assert people(again) == set(PEOPLE)
    assert again.json("status")["stored"] == 6
    assert all(check["ok"] for check in again.json("doctor") if check["check"] != "free disk")
    assert (tmp_path / "again").stat().st_mode & 0o777 == 0o700
    names = {path.name for path in (tmp_path / "again").iterdir()}
    assert not {name for name in names if "backup" in name or name.endswith((".zz", ".age"))}
    assert not list(folder.data.glob("backup-*"))
    assert "restore" in {entry["numbers"].get("command") for entry in again.json("audit", "list")}


def test_whoever_was_erased_after_the_backup_does_not_come_back(folder: Folder, tmp_path: Path) -> None:
    assert count_in_events(folder.data, tmp_path / "plain", CANARY) > 0
    assert folder.run("privacy", "erase", "ada@example.com", "--yes").returncode == 0
    done = folder.run("restore", str(first(folder)), "--replace", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["erased_again"] == 1
    assert people(folder) == {"ben", "cleo"}
    assert count_in_events(folder.data, tmp_path / "plain", CANARY) == 0
    assert count_in_events(folder.data, tmp_path / "plain", "/ben/pricing") > 0
    old = Path(told["old_folder"])
    assert old.parent == tmp_path
    assert (old / "records.sqlite3").exists()
    assert folder.run("import", str(lives(tmp_path / "again.ndjson"))).returncode == 0
    assert people(folder) == {"ben", "cleo"}


def test_a_ledger_that_was_kept_elsewhere_counts(folder: Folder, tmp_path: Path) -> None:
    assert folder.run("privacy", "erase", "ada@example.com", "--yes").returncode == 0
    ledger = shutil.copy(folder.data / "erasures.jsonl", tmp_path / "kept.jsonl")
    keys = shutil.copy(folder.data / "secret_keys", tmp_path / "kept-keys")
    shutil.rmtree(folder.data)  # the disk is lost
    done = folder.run("restore", str(first(folder)), "--keys", str(keys), "--erasures", str(ledger))
    assert done.returncode == 0, done.stderr
    assert "erased again: 1." in done.stdout
    assert people(folder) == {"ben", "cleo"}
    lines = (folder.data / "erasures.jsonl").read_text().splitlines()
    assert set(Path(ledger).read_text().splitlines()) <= set(lines)


def test_with_a_passphrase_nothing_else_is_needed(folder: Folder, tmp_path: Path) -> None:
    file = str(tmp_path / "whole.age")
    given = {**OURS, "LEADLINE_BACKUP_PASSPHRASE": PASSPHRASE}
    assert Folder(folder.data, given).run("backup", "--passphrase", file).returncode == 0
    secret = (folder.data / "secret_keys").read_text()
    shutil.rmtree(folder.data)
    wrong = Folder(folder.data, {**given, "LEADLINE_BACKUP_PASSPHRASE": "wrong horse battery"}).run("restore", file)
    assert (wrong.returncode, "passphrase does not open" in wrong.stderr) == (1, True)
    assert not folder.data.exists()
    assert Folder(folder.data, given).run("restore", file).returncode == 0
    assert (folder.data / "secret_keys").read_text() == secret
    assert people(folder) == set(PEOPLE)


def test_a_key_that_lies_elsewhere_opens_it(folder: Folder, tmp_path: Path) -> None:
    pyrage = pytest.importorskip("pyrage")
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(str(identity))
    file = str(tmp_path / "b.age")
    assert folder.run("backup", file, "--recipient", str(identity.to_public())).returncode == 0
    assert folder.run("backup", "verify", file).returncode == 1
    assert folder.json("backup", "verify", file, "--identity", str(tmp_path / "key.txt"))["records"] == "sqlite"


def test_the_printed_key_is_what_age_opens_it_with(folder: Folder) -> None:
    pyrage = pytest.importorskip("pyrage")
    printed = folder.run("backup", "key").stdout.strip()
    plain = pyrage.decrypt(first(folder).read_bytes(), [pyrage.x25519.Identity.from_str(printed)])
    assert b"events.duckdb" in plain


def test_verify_says_what_is_in_it_and_refuses_what_was_changed(folder: Folder) -> None:
    told = folder.json("backup", "verify", str(first(folder)))
    assert told["rows"]["events"]["events"] == 6
    assert {"events.duckdb", "events.key", "lookup.key", "records.sqlite3.zz"} <= set(told["parts"])
    assert "Every byte is as it was written." in folder.run("backup", "verify", str(first(folder))).stdout
    content = bytearray(first(folder).read_bytes())
    content[len(content) // 2] ^= 1
    first(folder).write_bytes(content)
    refused = folder.run("backup", "verify", str(first(folder)))
    assert (refused.returncode, "changed or cut off" in refused.stderr) == (1, True)


def test_a_backup_that_was_changed_changes_nothing(folder: Folder) -> None:
    before = counts(folder.data)
    first(folder).write_bytes(first(folder).read_bytes()[:-1])
    refused = folder.run("restore", str(first(folder)), "--replace", "--yes")
    assert (refused.returncode, "changed or cut off" in refused.stderr) == (1, True)
    assert counts(folder.data) == before


def killed_at(folder: Folder, seen: str) -> bytes:
    """Kill a restore once a file is there that it makes; the key of the event store before it. One that was done before
    it was killed shows nothing: it is done again."""
    left = folder.data.with_name("data.restoring")
    for _ in range(TRIES):
        before = (folder.data / "events.key").read_bytes()
        process = folder.start("restore", str(first(folder)), "--replace", "--yes")
        while process.poll() is None and not (left / seen).exists():
            time.sleep(0.001)
        process.kill()
        process.wait()
        if left.exists():
            return before
    raise AssertionError(f"each of {TRIES} restores was done before it was killed")


@pytest.mark.parametrize("seen", ["events.key", "lookup.key", "records.sqlite3", "records.sqlite3-wal"])
def test_a_restore_that_is_killed_leaves_the_old_folder_and_is_in_nobodys_way(folder: Folder, seen: str) -> None:
    before = killed_at(folder, seen)
    assert (folder.data / "events.key").read_bytes() == before
    done = folder.run("restore", str(first(folder)), "--replace", "--yes")
    assert done.returncode == 0, done.stderr
    assert (folder.data / "events.key").read_bytes() != before
    assert people(folder) == set(PEOPLE)


def test_a_folder_that_somebody_serves_is_left_alone(folder: Folder) -> None:
    with FolderLock(folder.data):
        refused = folder.run("restore", str(first(folder)), "--replace", "--yes")
    assert (refused.returncode, "has" in refused.stderr, "open already" in refused.stderr) == (1, True, True)


def test_nothing_is_replaced_without_a_yes(folder: Folder) -> None:
    before = (folder.data / "events.key").read_bytes()
    assert folder.run("restore", str(first(folder)), "--replace", stdin="n\n").returncode == 1
    assert (folder.data / "events.key").read_bytes() == before
