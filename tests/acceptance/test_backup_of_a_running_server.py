"""A backup beside a running server: both stores of one instant, and nothing missing that was acknowledged before it.

Bound: four minutes.
"""

import base64
import itertools
import json
import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.leadline_process import Folder, Server, wait_until

from leadline.eventstore.database import EventStore
from leadline.privacy.keys import derive_keys


def identify(number: int) -> dict[str, object]:
    """Somebody new: one identity, one event."""
    traits = {"email": f"p{number}@example.com"}
    return {"type": "identify", "userId": f"person-{number}", "messageId": f"m-{number}", "traits": traits}


def send(server: Server, key: str, number: int) -> None:
    secret = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
    body = json.dumps({"batch": [identify(number)]}).encode()
    request = urllib.request.Request(f"{server.collector}/v1/batch", body, headers)  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # loopback
        assert response.status == 200


@contextmanager
def sending(server: Server, key: str) -> Iterator[list[int]]:
    """People come in all the time, one after the other: who was acknowledged."""
    acknowledged: list[int] = []
    over = threading.Event()

    def run() -> None:
        for number in itertools.count():
            if over.wait(0.005):
                return
            send(server, key, number)
            acknowledged.append(number)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield acknowledged
    finally:
        over.set()
        thread.join()


def agree(data: Path) -> None:
    """Each identity that has events has its row, and each person that came with an event has the event."""
    store = EventStore.open(data, derive_keys(data, "event-store"))
    with store.cursor() as cursor:
        of_events = {number for (number,) in cursor.execute("SELECT DISTINCT identity FROM events").fetchall()}
    store.close()
    with closing(sqlite3.connect(data / "records.sqlite3")) as records:
        of_records = {
            number for (number,) in records.execute("SELECT id FROM tracking_identity WHERE kind = 'user_id'")
        }
    assert of_events == of_records


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Server]:
    with Server(Folder(tmp_path / "data")) as server:
        yield server


def test_what_was_acknowledged_before_is_in_it_and_the_stores_agree(running: Server, tmp_path: Path) -> None:
    key = running.folder.json("keys", "create", "website")["write_key"]
    file = str(tmp_path / "first.age")
    with sending(running, key) as acknowledged:
        wait_until(lambda: len(acknowledged) > 200, 120, "people come in")
        before = len(acknowledged)
        told = running.folder.json("backup", file)
        after = len(acknowledged)
    assert after > before, "nobody came in while the backup was made: this shows nothing"
    assert told["held_micros"] < 5_000_000
    done = running.folder.run("restore", file, "--to", str(tmp_path / "again"))
    assert done.returncode == 0, done.stderr
    again = Folder(tmp_path / "again")
    agree(again.data)
    with Server(again):  # it loads what lay in the spool
        wait_until(lambda: not list((again.data / "spool").iterdir()), 120, "the spool is loaded")
        status = again.json("status")
    agree(again.data)
    assert before <= status["stored"] <= after + 1
    people = {lead["user_id"] for lead in again.json("leads", "--limit", "100000")}
    assert people == {f"person-{number}" for number in range(status["stored"])}  # a prefix, without a gap


def test_a_folder_that_is_served_is_not_replaced(running: Server, tmp_path: Path) -> None:
    file = str(tmp_path / "first.age")
    assert running.folder.run("backup", file).returncode == 0
    refused = running.folder.run("restore", file, "--replace", "--yes")
    assert (refused.returncode, "open already" in refused.stderr) == (1, True)
    assert not list(running.folder.data.glob("backup-*"))


def test_one_is_made_each_night_and_doctor_sees_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    folder = Folder(tmp_path / "data", {"LEADLINE_BACKUPS": str(kept), "LEADLINE_BACKUPS_KEPT": "1"})
    with Server(folder):
        wait_until(lambda: list(kept.glob("leadline-*.age")), 120, "the first one is made")
    (file,) = kept.glob("leadline-*.age")
    assert folder.json("backup", "verify", str(file))["records"] == "sqlite"
    (found,) = [each for each in folder.json("doctor") if each["check"] == "backups"]
    assert (found["ok"], found["text"]) == (True, f"1 kept in {kept}")


@pytest.mark.postgres
def test_records_on_postgresql_come_back_into_an_empty_database(postgresql: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql})
    done = folder.run("demo", "--leads", "30", "--days", "10", seconds=300)
    assert done.returncode == 0, done.stderr
    file = str(tmp_path / "first.age")
    told = folder.json("backup", file)
    assert "records.pgdump" in told["parts"]
    refused = folder.run("restore", file, "--to", str(tmp_path / "again"))
    assert (refused.returncode, "tables" in refused.stderr) == (1, True), refused.stderr
    fresh = another_database(postgresql)
    again = Folder(tmp_path / "again", {"LEADLINE_RECORDS": fresh})
    done = again.run("restore", file)
    assert done.returncode == 0, done.stderr
    assert again.json("leads", "--limit", "5") == folder.json("leads", "--limit", "5")
    assert again.json("status")["by_stage"] == folder.json("status")["by_stage"]
    half = another_database(postgresql)
    run_sql(half, "CREATE TABLE leadline_restore_is_not_finished ()")
    served = Folder(tmp_path / "half", {"LEADLINE_RECORDS": half}).run("status")
    assert (served.returncode, "was not finished" in served.stderr) == (1, True), served.stderr


made = itertools.count(1)


def another_database(url: str) -> str:
    name = f"another{next(made)}"
    run_sql(url, f"CREATE DATABASE {name}")
    return f"{url.rsplit('/', 1)[0]}/{name}"


def run_sql(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
