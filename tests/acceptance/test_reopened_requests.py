"""An installation from before answers were handed over is brought up to date, on SQLite and on PostgreSQL: what was
called done and nobody had is open again, in the list and in `leadline doctor`; and the other way round.

Bound: one minute.
"""

import json
from pathlib import Path

import pytest
from tests.leadline_process import Folder

BEFORE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "privacy", "0003", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("privacy", "0003_retention")]).apps
from leadline.kernel.clock import utc_now
rows, now = apps.get_model("privacy", "SubjectRequest").objects, utc_now()
moments = {"received_at": now, "due_at": now, "finished_at": now}
for number, steps in enumerate(([], [{"what": "mailed", "letter": "done", "at": now.isoformat(), "via": "server"}])):
    rows.create(kind="access", state="done", status_digest=str(number), steps=steps, proof={"records": 1}, **moments)
"""
BACK = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "privacy", "0003", verbosity=0)
call_command("migrate", "tracking", "0006", verbosity=0)
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT state FROM privacy_subjectrequest ORDER BY id")
    print([state for state, in cursor.fetchall()])
"""


def updated(folder: Folder) -> None:
    assert folder.run("users", "create", "ada@works.example").returncode == 0  # makes the keys and the tables
    folder.python(BEFORE)
    rows = json.loads(folder.run("privacy", "requests", "--state", "all", "--json").stdout)
    assert sorted((row["request"], row["state"], row["overdue"]) for row in rows) == [
        (1, "ready", True),
        (2, "done", False),
    ]
    found = " ".join(folder.run("doctor").stdout.split())
    assert "1 overdue" in found
    assert folder.json("status")["suppressed"] == 0
    assert folder.python(BACK).strip() == "['done', 'done']"


def test_what_nobody_had_is_open_again_on_sqlite(tmp_path: Path) -> None:
    updated(Folder(tmp_path / "data"))


@pytest.mark.postgres
def test_what_nobody_had_is_open_again_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    updated(Folder(tmp_path / "data", {"LEADLINE_RECORDS": postgresql}))
