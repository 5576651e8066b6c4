"""Several processes write the audit trail at once, on SQLite and on PostgreSQL; PostgreSQL refuses changes too.

Bound: one minute.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.leadline_process import Folder

WRITERS, ENTRIES = 4, 25
WRITE = f"""
import django; django.setup()
from leadline.accounts.audit import Via, What, Who, record
from leadline.kernel.clock import utc_now
for number in range({ENTRIES}):
    record(Who(1, Via.PAGE), "lead.seen", What("lead", number), {{"status": 200}}, utc_now())
"""
TAMPER = """
import django; django.setup()
from django.db import connection, transaction
refused = 0
for statement in (
    "UPDATE accounts_auditentry SET verb = 'changed' WHERE number = 3",
    "DELETE FROM accounts_auditentry WHERE number = 3",
    "TRUNCATE accounts_auditentry",
):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Exception as error:
        refused += "append-only" in str(error)
print(refused)
"""


def python(folder: Folder, program: str, output: int | None = None) -> "subprocess.Popen[str]":
    environment = {**folder.environment, "DJANGO_SETTINGS_MODULE": "leadline.project.settings"}
    return subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=output, text=True)


def write_at_once(folder: Folder) -> None:
    """Several processes append entries; each has to succeed."""
    assert folder.run("users", "create", "ada@works.example").returncode == 0  # makes the tables, and one entry
    writers = [python(folder, WRITE) for _ in range(WRITERS)]
    assert [writer.wait(120) for writer in writers] == [0] * WRITERS


def test_the_chain_holds_with_several_writers_on_sqlite(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    write_at_once(folder)
    found = folder.json("audit", "verify")
    assert (found["whole"], found["guarded"], found["entries"]) == (True, True, WRITERS * ENTRIES + 1)


@pytest.mark.postgres
def test_the_chain_and_its_guards_hold_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql})
    write_at_once(folder)
    found = folder.json("audit", "verify")
    assert (found["whole"], found["guarded"], found["entries"]) == (True, True, WRITERS * ENTRIES + 1)
    assert python(folder, TAMPER, subprocess.PIPE).communicate(timeout=60)[0].strip() == "3"
    assert folder.json("audit", "trim", "--before", "2999-01-01", "--yes")["removed"] == WRITERS * ENTRIES + 1
    found = folder.json("audit", "verify")
    assert (found["whole"], found["entries"], found["first"]) == (True, 1, WRITERS * ENTRIES + 2)
